"""What search engines read: /robots.txt and /sitemap.xml."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from config.context import Site
from skills.models import Domain, Framework, Group, Requirement, Revision, Role, Skill
from skills.web.cache import cached_page

LISTS = ("skills:home", "skills:skills", "skills:roles", "skills:domains", "skills:frameworks")
DEFAULT_LANGUAGE = "en"  # for readers of any other language, as in the head of each page


type Dates = dict[int, datetime]
type Dated = Skill | Role | Group | Domain | Framework | str  # a string is the name of a list's address


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in one language, with its addresses in all languages and when its content last changed."""

    address: str
    twins: dict[str, str]
    default: str
    changed: datetime | None


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let everybody read everything but the administration."""
    return render(request, "robots.txt", {"address": Site(request).address}, content_type="text/plain; charset=utf-8")


@require_safe
@cached_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every page in every language; so many queries, however large the catalogue is."""
    entries = list(_entries(Site(request).address))
    return render(request, "sitemap.xml", {"entries": entries}, content_type="application/xml; charset=utf-8")


def _entries(address: str) -> Iterable[Entry]:
    pages = list(_pages())
    codes = [code for code, _name in settings.LANGUAGES]
    paths = {code: _paths(code, [page for page, _changed in pages]) for code in codes}
    for number, (_page, changed) in enumerate(pages):
        twins = {code: address + paths[code][number] for code in codes}
        for code in codes:
            yield Entry(twins[code], twins, twins[DEFAULT_LANGUAGE], changed)


def _paths(language: str, pages: Iterable[Dated]) -> list[str]:
    with translation.override(language):
        return [reverse(page) if isinstance(page, str) else page.get_absolute_url() for page in pages]


def _pages() -> Iterable[tuple[Dated, datetime | None]]:
    """Return every page with the date of the latest revision of any skill on it."""
    skills = list(Skill.objects.current().select_related("group"))
    dates: Dates = dict(Revision.objects.order_by().values_list("skill").annotate(Max("published_at")))
    of_roles = _latest(dates, Requirement.objects.order_by().values_list("role", "skill").distinct())
    of_groups = _latest(dates, ((skill.group_id, skill.pk) for skill in skills))
    of_domains = _latest(dates, ((skill.group.domain_id, skill.pk) for skill in skills))
    of_frameworks = _latest(dates, ((skill.framework_id, skill.pk) for skill in skills))
    for name in LISTS:
        yield name, max(dates.values(), default=None)
    yield from ((framework, of_frameworks.get(framework.pk)) for framework in Framework.objects.all())
    yield from ((domain, of_domains.get(domain.pk)) for domain in Domain.objects.all())
    yield from ((group, of_groups.get(group.pk)) for group in Group.objects.select_related("domain"))
    yield from ((role, of_roles.get(role.pk)) for role in Role.objects.all())
    yield from ((skill, dates.get(skill.pk)) for skill in skills)


def _latest(dates: Dates, skills_of: Iterable[tuple[int, int]]) -> Dates:
    """Return for each owner the latest date of its skills; `skills_of` pairs owner and skill."""
    latest: Dates = {}
    for owner, skill in skills_of:
        if skill in dates:
            latest[owner] = max(dates[skill], latest.get(owner, dates[skill]))
    return latest
