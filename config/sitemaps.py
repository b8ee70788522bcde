"""The files that search engines read: /robots.txt and /sitemap.xml."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.context import Site
from skills.models import Domain, Framework, Group, Requirement, Revision, Role, Skill
from skills.web.cache import cached_page

LIST_URL_NAMES = ("skills:home", "skills:skills", "skills:roles", "skills:domains", "skills:frameworks")

type Dates = dict[int, datetime]  # primary key of a skill or of its owner → latest revision


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page of the catalogue. `target` is the object that it shows, or the URL name of a list."""

    target: Skill | Role | Group | Domain | Framework | str
    changed_at: datetime | None


class CatalogueSitemap(Sitemap[ListedPage]):
    """Every page in every language. The number of queries does not depend on the size of the catalogue."""

    i18n = True  # Django calls location() once for each language
    alternates = True  # each entry names the same page in the other languages

    @override
    def items(self) -> list[ListedPage]:
        """Return every page once; Django repeats it for each language."""
        return list(_list_pages())

    @override
    def location(self, item: ListedPage) -> str:
        """Return the path in the language that Django has activated."""
        return reverse(item.target) if isinstance(item.target, str) else item.target.get_absolute_url()

    def lastmod(self, item: ListedPage) -> datetime | None:
        """Return the time of the latest revision of any skill on the page, None if no skill is on it.

        Django's sitemap calls this for each entry of `items`.
        """
        return item.changed_at

    @override
    def get_protocol(self, protocol: str | None = None) -> str:
        """Return the scheme of SITE_URL, else of the request."""
        return urlsplit(settings.SITE_URL).scheme or super().get_protocol(protocol)

    @override
    def get_domain(self, site: Any = None) -> str:
        """Return the host of SITE_URL, else of the request."""
        return urlsplit(settings.SITE_URL).netloc or super().get_domain(site)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Allow robots to read everything except the administration."""
    return render(request, "robots.txt", {"address": Site(request).base_url}, content_type="text/plain; charset=utf-8")


@require_safe
@cached_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every page in every language, with its URLs in all languages and the time its content last changed."""
    sitemaps: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {"catalogue": CatalogueSitemap}
    return sitemap_views.sitemap(request, sitemaps, content_type="application/xml; charset=utf-8")


def _list_pages() -> Iterable[ListedPage]:
    """Yield every page with the time of the latest revision of any skill on it."""
    skills = list(Skill.objects.current().select_related("group"))
    # One query for all dates; the dates of roles, groups, domains and frameworks are computed from them.
    dates: Dates = dict(Revision.objects.order_by().values_list("skill").annotate(Max("published_at")))
    of_roles = _get_latest_dates(dates, Requirement.objects.order_by().values_list("role", "skill").distinct())
    of_groups = _get_latest_dates(dates, ((skill.group_id, skill.pk) for skill in skills))
    of_domains = _get_latest_dates(dates, ((skill.group.domain_id, skill.pk) for skill in skills))
    of_frameworks = _get_latest_dates(dates, ((skill.framework_id, skill.pk) for skill in skills))
    for name in LIST_URL_NAMES:
        yield ListedPage(name, max(dates.values(), default=None))
    yield from (ListedPage(framework, of_frameworks.get(framework.pk)) for framework in Framework.objects.all())
    yield from (ListedPage(domain, of_domains.get(domain.pk)) for domain in Domain.objects.all())
    yield from (ListedPage(group, of_groups.get(group.pk)) for group in Group.objects.select_related("domain"))
    yield from (ListedPage(role, of_roles.get(role.pk)) for role in Role.objects.all())
    yield from (ListedPage(skill, dates.get(skill.pk)) for skill in skills)


def _get_latest_dates(dates: Dates, owner_skill_ids: Iterable[tuple[int, int]]) -> Dates:
    """Return the latest date of the skills of each owner (role, group …), given pairs of owner id and skill id."""
    latest: Dates = {}
    for owner_id, skill_id in owner_skill_ids:
        if skill_id in dates:  # a skill without a revision has no date
            latest[owner_id] = max(dates[skill_id], latest.get(owner_id, dates[skill_id]))
    return latest
