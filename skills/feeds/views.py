"""Atom feeds (RFC 4287): what was published last, of everything, a skill, a role or a domain.

A feed's tag is made of all that it shows but the changes, which never change; asked
with it again, a feed costs two queries and says "304 Not Modified".
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from skills.content import naming
from skills.content.names import load_names_by_framework
from skills.feeds.change_lines import describe_changes
from skills.models import Domain, Requirement, Revision, Role, Skill

MAX_ENTRIES = 50
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
TAG_URI_YEAR = "2026"  # the year from which the host's name is taken for ours, as a tag URI (RFC 4151) wants one
EMPTY_FEED_UPDATED_AT = datetime(2000, 1, 1, tzinfo=UTC)
INVALID_XML_CHARACTERS = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

type FeedSubject = Skill | Role | Domain
KINDS: dict[str, type[FeedSubject]] = {"skills": Skill, "roles": Role, "domains": Domain}


@dataclass(frozen=True, slots=True)
class FeedLink:
    """What a page says of its feed."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One revision as a feed shows it."""

    revision: Revision
    id: str
    url: str
    summary: str


def get_feed_link(subject: FeedSubject | None = None) -> FeedLink:
    """Return the feed of a thing, or of everything, in the present language."""
    return FeedLink(_format_title(subject), f"{_get_path(subject)}?lang={get_language()}")


@require_safe
def site_feed(request: HttpRequest) -> HttpResponse:
    """What was published last, anywhere."""
    return _answer(request, None)


@require_safe
def subject_feed(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """List what was published last of a skill, of the skills a role needs today, or of those in a domain.

    A former slug is redirected; raises Http404 for an unknown one.
    """
    thing = KINDS[kind]._default_manager.select_related("framework").filter(slug=slug).first()
    if isinstance(thing, Skill) and thing.is_suggested:
        raise Http404(_("There is nothing at this address."))
    if thing is not None:
        return _answer(request, thing)
    target = naming.find_by_former_path(f"{kind}/{slug}")
    if not isinstance(target, Skill | Role | Domain):
        raise Http404(_("There is nothing at this address."))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(_get_path(target) + (f"?{query}" if query else ""))


def _get_path(subject: FeedSubject | None) -> str:
    if subject is None:
        return reverse("feeds:everything")
    return reverse("feeds:of_thing", args=[f"{subject._meta.model_name}s", subject.slug])


def _format_title(subject: FeedSubject | None) -> str:
    return _("What changed: %(name)s") % {"name": subject.name} if subject else _("What changed: everything")


def _get_revisions(subject: FeedSubject | None) -> QuerySet[Revision]:
    found = Revision.objects.all()
    if isinstance(subject, Skill):
        found = found.filter(skill=subject)
    elif isinstance(subject, Role):
        found = found.filter(skill__in=Requirement.objects.filter(role=subject).values("skill"))
    elif isinstance(subject, Domain):
        found = found.filter(skill__group__domain=subject)
    return found.order_by("-published_at", "-pk")[:MAX_ENTRIES]


def _answer(request: HttpRequest, subject: FeedSubject | None) -> HttpResponse:
    """Read `lang`; answer 304 where the reader has the feed as it is."""
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise BadRequest(_("The site does not speak this language."))
    with translation.override(language):
        revisions = list(
            _get_revisions(subject).select_related("author", "skill__framework").defer("changes", "content")
        )
        updated = max((revision.published_at for revision in revisions), default=EMPTY_FEED_UPDATED_AT)
        address = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
        etag = _build_etag(address, language, subject, revisions)
        known = get_conditional_response(request, etag=etag, last_modified=int(updated.timestamp()))
        response = known or _render_feed(address, subject, revisions, updated)
    if request.method == "HEAD":
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(updated.timestamp())
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-cache"  # to be kept, and asked for each time
    return response


def _build_etag(site_url: str, language: str, subject: FeedSubject | None, revisions: Sequence[Revision]) -> str:
    """Weak, as one tag stands for the feed packed and unpacked."""
    parts = [site_url, language, _format_title(subject), _get_path(subject)]
    parts += [
        f"{revision.pk}\n{revision.author_name}\n{revision.skill.slug}\n{revision.skill.name}" for revision in revisions
    ]
    return f'W/"{hashlib.blake2b("\n\n".join(parts).encode(), digest_size=16).hexdigest()}"'


def _render_feed(
    site_url: str, subject: FeedSubject | None, revisions: Sequence[Revision], updated: datetime
) -> HttpResponse:
    context = {
        "id": _build_tag_uri(
            site_url, f"{subject.framework.slug}/{subject._meta.model_name}s/{subject.key}" if subject else "everything"
        ),
        "title": _format_title(subject),
        "language": get_language(),
        "updated": updated,
        "feed_address": f"{site_url}{_get_path(subject)}?lang={get_language()}",
        "page_address": site_url + (subject.get_absolute_url() if subject else reverse("skills:home")),
        "entries": _build_entries(site_url, revisions),
    }
    body = render_to_string("skills/feeds/feed.xml", context)
    return HttpResponse(INVALID_XML_CHARACTERS.sub("", body), content_type=CONTENT_TYPE)


def _build_entries(site_url: str, revisions: Sequence[Revision]) -> list[FeedEntry]:
    primary_keys = [revision.pk for revision in revisions]
    changes = dict(Revision.objects.filter(pk__in=primary_keys).values_list("pk", "changes"))
    names = load_names_by_framework({revision.skill.framework_id for revision in revisions})
    entries = []
    for revision in revisions:
        revision.changes = changes[revision.pk]
        lines = [revision.summary, *describe_changes(revision, names[revision.skill.framework_id])]
        skill = revision.skill
        entries.append(
            FeedEntry(
                revision,
                _build_tag_uri(site_url, f"{skill.framework.slug}/{skill.key}/{revision.number}"),
                site_url + reverse("skills:revision", args=[skill.slug, revision.number]),
                "\n".join(line for line in lines if line),
            )
        )
    return entries


def _build_tag_uri(site_url: str, specific: str) -> str:
    """Return a tag URI. It stays when names and addresses change, as keys do; the host has no port in it."""
    host = re.sub(r":\d+$", "", site_url.partition("://")[2])
    return f"tag:{host},{TAG_URI_YEAR}:{specific}"
