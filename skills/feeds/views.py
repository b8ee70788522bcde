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
from skills.content.names import names_in
from skills.feeds.words import lines_of
from skills.models import Domain, Requirement, Revision, Role, Skill

ENTRIES = 50
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
SINCE = "2026"  # the year from which the host's name is taken for ours, as a tag URI (RFC 4151) wants one
NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

type FeedSubject = Skill | Role | Domain
KINDS: dict[str, type[FeedSubject]] = {"skills": Skill, "roles": Role, "domains": Domain}


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a page says of its feed."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One revision as a feed shows it."""

    revision: Revision
    id: str
    address: str
    summary: str


def announced(thing: FeedSubject | None = None) -> Announcement:
    """Return the feed of a thing, or of everything, in the present language."""
    return Announcement(_title(thing), f"{_path(thing)}?lang={get_language()}")


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """What was published last, anywhere."""
    return _answer(request, None)


@require_safe
def of_thing(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """List what was published last of a skill, of the skills a role needs today, or of those in a domain.

    A former slug is redirected; raises Http404 for an unknown one.
    """
    thing = KINDS[kind]._default_manager.select_related("framework").filter(slug=slug).first()
    if isinstance(thing, Skill) and thing.is_suggested:
        raise Http404(_("There is nothing at this address."))
    if thing is not None:
        return _answer(request, thing)
    target = naming.resolve(f"{kind}/{slug}")
    if not isinstance(target, Skill | Role | Domain):
        raise Http404(_("There is nothing at this address."))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(_path(target) + (f"?{query}" if query else ""))


def _path(thing: FeedSubject | None) -> str:
    if thing is None:
        return reverse("feeds:everything")
    return reverse("feeds:of_thing", args=[f"{thing._meta.model_name}s", thing.slug])


def _title(thing: FeedSubject | None) -> str:
    return _("What changed: %(name)s") % {"name": thing.name} if thing else _("What changed: everything")


def _revisions(thing: FeedSubject | None) -> QuerySet[Revision]:
    found = Revision.objects.all()
    if isinstance(thing, Skill):
        found = found.filter(skill=thing)
    elif isinstance(thing, Role):
        found = found.filter(skill__in=Requirement.objects.filter(role=thing).values("skill"))
    elif isinstance(thing, Domain):
        found = found.filter(skill__group__domain=thing)
    return found.order_by("-published_at", "-pk")[:ENTRIES]


def _answer(request: HttpRequest, thing: FeedSubject | None) -> HttpResponse:
    """Read `lang`; answer 304 where the reader has the feed as it is."""
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise BadRequest(_("The site does not speak this language."))
    with translation.override(language):
        revisions = list(_revisions(thing).select_related("author", "skill__framework").defer("changes", "content"))
        updated = max((revision.published_at for revision in revisions), default=NOTHING_YET)
        address = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
        etag = _tag(address, language, thing, revisions)
        known = get_conditional_response(request, etag=etag, last_modified=int(updated.timestamp()))
        response = known or _feed(address, thing, revisions, updated)
    if request.method == "HEAD":
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(updated.timestamp())
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-cache"  # to be kept, and asked for each time
    return response


def _tag(address: str, language: str, thing: FeedSubject | None, revisions: Sequence[Revision]) -> str:
    """Weak, as one tag stands for the feed packed and unpacked."""
    parts = [address, language, _title(thing), _path(thing)]
    parts += [
        f"{revision.pk}\n{revision.author_name}\n{revision.skill.slug}\n{revision.skill.name}" for revision in revisions
    ]
    return f'W/"{hashlib.blake2b("\n\n".join(parts).encode(), digest_size=16).hexdigest()}"'


def _feed(address: str, thing: FeedSubject | None, revisions: Sequence[Revision], updated: datetime) -> HttpResponse:
    context = {
        "id": _id(address, f"{thing.framework.slug}/{thing._meta.model_name}s/{thing.key}" if thing else "everything"),
        "title": _title(thing),
        "language": get_language(),
        "updated": updated,
        "feed_address": f"{address}{_path(thing)}?lang={get_language()}",
        "page_address": address + (thing.get_absolute_url() if thing else reverse("skills:home")),
        "entries": _entries(address, revisions),
    }
    body = render_to_string("skills/feeds/feed.xml", context)
    return HttpResponse(NOT_IN_XML.sub("", body), content_type=CONTENT_TYPE)


def _entries(address: str, revisions: Sequence[Revision]) -> list[FeedEntry]:
    primary_keys = [revision.pk for revision in revisions]
    changes = dict(Revision.objects.filter(pk__in=primary_keys).values_list("pk", "changes"))
    names = names_in({revision.skill.framework_id for revision in revisions})
    entries = []
    for revision in revisions:
        revision.changes = changes[revision.pk]
        lines = [revision.summary, *lines_of(revision, names[revision.skill.framework_id])]
        skill = revision.skill
        entries.append(
            FeedEntry(
                revision,
                _id(address, f"{skill.framework.slug}/{skill.key}/{revision.number}"),
                address + reverse("skills:revision", args=[skill.slug, revision.number]),
                "\n".join(line for line in lines if line),
            )
        )
    return entries


def _id(address: str, specific: str) -> str:
    """Return a tag URI. It stays when names and addresses change, as keys do; the host has no port in it."""
    host = re.sub(r":\d+$", "", address.partition("://")[2])
    return f"tag:{host},{SINCE}:{specific}"
