"""Pages of the signed-in, and the deeds of watching and reading: parse, ask, render."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, for_members, to_sign_in
from accounts.models import User
from community import inbox, moderation_list, rules, suggestion_listing, watching
from community.models import Kind, Watch
from community.models.watch import Target, framework_of
from community.page_slots import bell_of, watch_buttons
from community.refusal_pages import answers_refusals
from community.write_guard import require_not_suspended
from skills.models import Skill
from skills.paging import links_of, page_of
from skills.typed_input import number_in, numbers_in

LATEST_NOTICES = 5
LATEST_WATCHES = 10
LATEST_DRAFTS = 5
WATCHES_PAGE_SIZE = 100
WISH = "watch-wish"  # in the session: what somebody wanted to watch before they signed in


@require_safe
@for_members
def me(request: MemberRequest) -> HttpResponse:
    """What somebody watches and has begun to write, and their latest notices."""
    watches = watching.watches_of(request.user)
    context = {
        "notices": _with_addresses(inbox.notices_of(request.user)[:LATEST_NOTICES]),
        "watches": watches.order_by("-created_at", "-pk")[:LATEST_WATCHES],
        "watch_count": watches.count(),
        "is_reviewer": rules.is_reviewer(request.user),
        "drafts": suggestion_listing.drafts_of(request.user)[:LATEST_DRAFTS],
        "is_moderator": rules.is_moderator(request.user),
        "waiting_for_moderators": partial(moderation_list.waiting_count, request.user),
    }
    return render(request, "community/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def watch_list(request: MemberRequest) -> HttpResponse:
    """Everything somebody watches or mutes, to be changed one by one or many at once."""
    if request.method == "POST":
        return _change_watches(request)
    page = page_of(Paginator(watching.list_of(request.user), WATCHES_PAGE_SIZE), request.GET.get("page", "1"))
    return render(request, "community/watch_list.html", {"page": page, "page_links": links_of(request, page)})


def _change_watches(request: MemberRequest) -> HttpResponse:
    """Read "row" (a button: primary key and level) or "chosen" (boxes) with "level"."""
    row, _colon, level = request.POST.get("row", "").partition(":")
    chosen = [row] if row else request.POST.getlist("chosen")
    if len(chosen) > WATCHES_PAGE_SIZE:
        raise BadRequest(_("More was chosen than one page holds."))
    changed = watching.set_levels(
        request.user, numbers_in(chosen), _level(level if row else request.POST.get("level", ""))
    )
    if changed:
        messages.success(request, _("Saved."))
    else:
        messages.warning(request, _("Nothing was chosen, so nothing was changed."))
    return _back_to(request, "community:watch_list")


@require_http_methods(["GET", "HEAD", "POST"])
@answers_refusals
def watch(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Watch, mute or let go a thing, by POST. A GET only remembers the wish of a stranger until they are signed in."""
    target = _target(kind, pk)
    if not request.user.is_authenticated:
        if request.method == "GET" or request.POST.get("level") == Watch.Level.WATCH:
            request.session[WISH] = f"{kind}/{pk}"
        return to_sign_in(request, reverse("community:watch", args=[kind, pk]))
    if request.method == "POST":
        return _set_level(request, request.user, target, _level(request.POST.get("level", "")))
    if request.method == "GET" and request.session.get(WISH) == f"{kind}/{pk}":
        require_not_suspended(request.user)
        del request.session[WISH]
        return _set_level(request, request.user, target, Watch.Level.WATCH)
    context = {
        "target": target,
        "kind": kind,
        "language": framework_of(target).language,
        "level": watching.level_of(request.user, target),
        "by_taking_part": isinstance(target, Skill) and watching.is_by_taking_part(request.user, target),
    }
    return render(request, "community/watch.html", context)


def _target(kind: str, pk: int) -> Target:
    target = watching.find(kind, pk)
    if target is None:
        raise Http404(_("There is nothing at this address."))
    return target


def _set_level(request: HttpRequest, user: User, target: Target, level: Watch.Level | None) -> HttpResponse:
    watching.set_level(user, target, level)
    said = {
        Watch.Level.WATCH: _("You now watch “%(name)s”."),
        Watch.Level.MUTE: _("“%(name)s” is muted: you are told nothing of it."),
        None: _("You no longer watch “%(name)s”."),
    }[level] % {"name": target.name}
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(watch_buttons(request, watching.kind_of(target), target.pk, said))
    messages.success(request, said)
    return HttpResponseRedirect(target.get_absolute_url())


@require_safe
@for_members
def notification_list(request: MemberRequest) -> HttpResponse:
    """Somebody's notices: all or the unread, of every kind or one."""
    return _notices(request, request.GET)


def _notices(request: MemberRequest, query: QueryDict) -> HttpResponse:
    """Render the list as a page, or for htmx the list alone with the bell of the head."""
    kind = query.get("kind", "") if query.get("kind") in Kind.values else ""
    only_unread = query.get("unread") == "1"
    notices = inbox.notices_of(request.user, kind, only_unread=only_unread)
    page = page_of(Paginator(notices, inbox.PAGE_SIZE), query.get("page", "1"))
    page.object_list = _with_addresses(page.object_list)
    context = {
        "page": page,
        "page_links": links_of(request, page),
        "kind": kind,
        "kinds": inbox.kinds_of(request.user),
        "only_unread": only_unread,
        "newest_event": max((notice.event_id for notice in page), default=0),
    }
    if not request.htmx:
        return render(request, "community/notification_list.html", context)
    part = render(request, "community/notification_list.html#list", context)
    part.write(bell_of(request, request.user, is_swapped=True))
    return part


@require_POST
@for_members
def read_all(request: MemberRequest) -> HttpResponse:
    """Mark all notices read that there were when the list was shown."""
    inbox.mark_all_read(request.user, number_in(request.POST.get("event", "")))
    return _answer_reading(request)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def notification(request: MemberRequest, pk: int) -> HttpResponse:
    """Lead to what a notice is about; a POST marks it read, and leads there only if asked to ("open")."""
    notice = get_object_or_404(inbox.notices_of(request.user), pk=pk)
    if request.method != "POST":
        return redirect(inbox.address_of(notice))
    inbox.mark_read(request.user, pk, number_in(request.POST.get("event", "")))
    if "open" in request.POST:
        return redirect(inbox.address_of(notice))
    return _answer_reading(request)


def _answer_reading(request: MemberRequest) -> HttpResponse:
    """Show the list as it is now: for htmx at once, else by going back to it."""
    if not request.htmx:
        return _back_to(request, "community:notifications")
    query = request.GET.copy()
    query.pop("page", None)  # what was read is no longer where it was
    return _notices(request, query)


def _with_addresses(notices: Any) -> list[Any]:
    """Return notices that know where they lead."""
    found = list(notices)
    for notice in found:
        notice.address = inbox.address_of(notice)
    return found


def _back_to(request: HttpRequest, name: str) -> HttpResponse:
    """Lead back to a list as it was shown; forms carry its query in their own address."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse(name) + (f"?{query}" if query else ""))


def _level(text: str) -> Watch.Level | None:
    if text not in {"", *Watch.Level.values}:
        raise BadRequest(_("A thing is watched or muted, or neither."))
    return Watch.Level(text) if text else None
