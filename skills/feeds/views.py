"""Atom feeds (RFC 4287): the latest revisions of the whole site, a skill, a role or a domain.

The ETag of a feed is a hash of everything that the feed shows, except the changes of its revisions, which
never change. A request with the current ETag costs two queries and is answered with "304 Not Modified".
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

MAX_ENTRIES = 50  # revisions in one feed
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
TAG_URI_YEAR = "2026"  # a tag URI (RFC 4151) needs a year from which the host name belongs to the site
EMPTY_FEED_UPDATED_AT = datetime(2000, 1, 1, tzinfo=UTC)  # Atom requires <updated> even without entries
# XML 1.0 allows no control characters except tab, LF and CR, and no surrogates, not even as references.
INVALID_XML_CHARACTERS = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

type FeedSubject = Skill | Role | Domain
KINDS: dict[str, type[FeedSubject]] = {"skills": Skill, "roles": Role, "domains": Domain}


@dataclass(frozen=True, slots=True)
class FeedLink:
    """Title and URL of a feed, for the <link> element of a page."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One revision as a feed shows it; `id` is a tag URI, `summary` plain text of several lines."""

    revision: Revision
    id: str
    url: str
    summary: str


def get_feed_link(subject: FeedSubject | None = None) -> FeedLink:
    """Return title and URL of the feed of a subject in the active language.

    Without a subject it is the feed of the whole site. The URL is a path with `?lang=`, without a host.
    """
    return FeedLink(_format_title(subject), f"{_get_path(subject)}?lang={get_language()}")


@require_safe
def site_feed(request: HttpRequest) -> HttpResponse:
    """Show the latest revisions of the whole site."""
    return _respond(request, None)


@require_safe
def subject_feed(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Show the latest revisions of a skill, of the skills that a role needs today, or of those in a domain.

    `kind` is a key of `KINDS`. A former slug is redirected to the current one, with its query string.
    Raises Http404 for an unknown slug and for a skill that is only suggested.
    """
    subject = KINDS[kind]._default_manager.select_related("framework").filter(slug=slug).first()
    if isinstance(subject, Skill) and subject.is_suggested:
        raise Http404(_("There is nothing at this address."))
    if subject is not None:
        return _respond(request, subject)
    target = naming.find_by_former_path(f"{kind}/{slug}")
    if not isinstance(target, Skill | Role | Domain):
        raise Http404(_("There is nothing at this address."))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(_get_path(target) + (f"?{query}" if query else ""))


def _get_path(subject: FeedSubject | None) -> str:
    if subject is None:
        return reverse("feeds:everything")
    # The plural as in `KINDS`: the model name "skill" becomes "skills".
    return reverse("feeds:of_thing", args=[f"{subject._meta.model_name}s", subject.slug])


def _format_title(subject: FeedSubject | None) -> str:
    return _("What changed: %(name)s") % {"name": subject.name} if subject else _("What changed: everything")


def _get_revisions(subject: FeedSubject | None) -> QuerySet[Revision]:
    """Return the latest `MAX_ENTRIES` revisions of a subject, of the whole site without one."""
    revisions = Revision.objects.all()
    if isinstance(subject, Skill):
        revisions = revisions.filter(skill=subject)
    elif isinstance(subject, Role):
        revisions = revisions.filter(skill__in=Requirement.objects.filter(role=subject).values("skill"))
    elif isinstance(subject, Domain):
        revisions = revisions.filter(skill__group__domain=subject)
    return revisions.order_by("-published_at", "-pk")[:MAX_ENTRIES]


def _respond(request: HttpRequest, subject: FeedSubject | None) -> HttpResponse:
    """Return the feed in the language of the parameter `lang`, or 304 if the reader has the current version.

    Raises BadRequest for a language that the site does not have.
    """
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise BadRequest(_("The site does not speak this language."))
    with translation.override(language):
        # Without the two large JSON columns: the ETag does not need them, so a 304 stays cheap.
        revisions = list(
            _get_revisions(subject).select_related("author", "skill__framework").defer("changes", "content")
        )
        updated_at = max((revision.published_at for revision in revisions), default=EMPTY_FEED_UPDATED_AT)
        site_url = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
        etag = _build_etag(site_url, language, subject, revisions)
        not_modified = get_conditional_response(request, etag=etag, last_modified=int(updated_at.timestamp()))
        response = not_modified or _render_feed(site_url, subject, revisions, updated_at)
    if request.method == "HEAD":
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(updated_at.timestamp())
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-cache"  # browsers may store it, but must revalidate it each time
    return response


def _build_etag(site_url: str, language: str, subject: FeedSubject | None, revisions: Sequence[Revision]) -> str:
    """Return the ETag of a feed. It is weak because compressed and plain feeds share it."""
    parts = [site_url, language, _format_title(subject), _get_path(subject)]
    parts += [
        f"{revision.pk}\n{revision.author_name}\n{revision.skill.slug}\n{revision.skill.name}" for revision in revisions
    ]
    return f'W/"{hashlib.blake2b("\n\n".join(parts).encode(), digest_size=16).hexdigest()}"'


def _render_feed(
    site_url: str, subject: FeedSubject | None, revisions: Sequence[Revision], updated_at: datetime
) -> HttpResponse:
    """Return the feed as XML in the active language."""
    context = {
        "id": _build_tag_uri(
            site_url, f"{subject.framework.slug}/{subject._meta.model_name}s/{subject.key}" if subject else "everything"
        ),
        "title": _format_title(subject),
        "language": get_language(),
        "updated": updated_at,
        "feed_address": f"{site_url}{_get_path(subject)}?lang={get_language()}",
        "page_address": site_url + (subject.get_absolute_url() if subject else reverse("skills:home")),
        "entries": _build_entries(site_url, revisions),
    }
    body = render_to_string("skills/feeds/feed.xml", context)
    return HttpResponse(INVALID_XML_CHARACTERS.sub("", body), content_type=CONTENT_TYPE)


def _build_entries(site_url: str, revisions: Sequence[Revision]) -> list[FeedEntry]:
    """Return a feed entry for each revision; reads their changes, which were deferred, in one query."""
    primary_keys = [revision.pk for revision in revisions]
    changes = dict(Revision.objects.filter(pk__in=primary_keys).values_list("pk", "changes"))
    names = load_names_by_framework({revision.skill.framework_id for revision in revisions})
    entries = []
    for revision in revisions:
        revision.changes = changes[revision.pk]  # assigned, or each deferred field would cost a query
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
    """Return a tag URI (RFC 4151), for example "tag:example.org,2026:framework/skills/key".

    `specific` is made of keys, so the URI stays the same when names and addresses change.
    """
    # RFC 4151 allows a host name only, so the port is cut off.
    host = re.sub(r":\d+$", "", site_url.partition("://")[2])
    return f"tag:{host},{TAG_URI_YEAR}:{specific}"
