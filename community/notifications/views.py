"""Pages of notices: the list, opening a notice, marking as read."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, require_sign_in
from community.models import Kind
from community.notifications import inbox
from community.notifications.forms import SeenForm
from community.notifications.slots import render_bell
from community.posting.fields import read_form
from skills.web.addresses import redirect_to_list
from skills.web.paging import build_page_links, get_page_or_404


@require_safe
@require_sign_in
def notification_list(request: MemberRequest) -> HttpResponse:
    """Show the user's notices: all or only the unread ones, of every kind or of one."""
    return _render_notices(request)


def _render_notices(request: MemberRequest) -> HttpResponse:
    """Render the list as a page; for htmx only the list, with the bell of the header."""
    kind = request.GET.get("kind", "") if request.GET.get("kind") in Kind.values else ""
    only_unread = request.GET.get("unread") == "1"
    notices = inbox.list_notices(request.user, kind, only_unread=only_unread)
    page = get_page_or_404(request, Paginator(notices, inbox.PAGE_SIZE))
    page.object_list = _add_notice_urls(page.object_list)
    context = {
        "page": page,
        "page_links": build_page_links(request, page),
        "kind": kind,
        "kinds": inbox.list_notice_kinds(request.user),
        "only_unread": only_unread,
        # Sent along with "mark all as read", so that notices that come later stay unread.
        "newest_event": max((notice.event_id for notice in page), default=0),
    }
    if not request.htmx:
        return render(request, "community/notifications/list.html", context)
    part = render(request, "community/notifications/list.html#list", context)
    part.write(render_bell(request, request.user, is_swapped=True))
    return part


@require_POST
@require_sign_in
def read_all(request: MemberRequest) -> HttpResponse:
    """Mark all notices as read that existed when the list was shown."""
    inbox.mark_all_read(request.user, read_form(SeenForm(request.POST))["event"])
    return _answer_mark_read(request)


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def notification(request: MemberRequest, pk: int) -> HttpResponse:
    """Redirect to what a notice is about; a POST marks it as read and redirects only with the field `open`.

    `pk` is the primary key of a notice of the user. Raises Http404 for any other, and for a notice that is hidden.
    """
    notice = get_object_or_404(inbox.list_notices(request.user), pk=pk)
    if request.method != "POST":
        return redirect(inbox.get_notice_url(notice))
    data = read_form(SeenForm(request.POST))
    inbox.mark_read(request.user, pk, data["event"])
    if data["open"]:
        return redirect(inbox.get_notice_url(notice))
    return _answer_mark_read(request)


def _answer_mark_read(request: MemberRequest) -> HttpResponse:
    """Show the updated list: for htmx in the response, otherwise by a redirect to it."""
    if not request.htmx:
        return redirect_to_list(request, "community:notifications")
    return _render_notices(request)


def _add_notice_urls(notices: Any) -> list[Any]:
    """Return the notices as a list, each with the URL that it opens as `address` for the template."""
    rows = list(notices)
    for notice in rows:
        notice.address = inbox.get_notice_url(notice)
    return rows
