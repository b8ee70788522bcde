"""Pages of notices: the list, one notice, marking as read."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, for_members
from community.models import Kind
from community.notifications import inbox
from community.notifications.forms import SeenForm
from community.notifications.slots import bell_of
from community.posting.fields import read_form
from skills.web.addresses import _back_to
from skills.web.paging import links_of, page_of


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
        return render(request, "community/notifications/list.html", context)
    part = render(request, "community/notifications/list.html#list", context)
    part.write(bell_of(request, request.user, is_swapped=True))
    return part


@require_POST
@for_members
def read_all(request: MemberRequest) -> HttpResponse:
    """Mark all notices read that there were when the list was shown."""
    inbox.mark_all_read(request.user, read_form(SeenForm(request.POST))["event"])
    return _answer_reading(request)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def notification(request: MemberRequest, pk: int) -> HttpResponse:
    """Lead to what a notice is about; a POST marks it read, and leads there only if asked to ("open")."""
    notice = get_object_or_404(inbox.notices_of(request.user), pk=pk)
    if request.method != "POST":
        return redirect(inbox.address_of(notice))
    typed = read_form(SeenForm(request.POST))
    inbox.mark_read(request.user, pk, typed["event"])
    if typed["open"]:
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
