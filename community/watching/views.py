"""Pages of watching: the list of a person's watches, and the page behind the watch buttons."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, redirect_to_sign_in, require_sign_in
from accounts.models import User
from community.models import Watch
from community.models.watching import WatchTarget, get_framework
from community.posting.fields import read_form
from community.posting.guard import require_not_suspended
from community.posting.refusal_pages import handle_refusals
from community.posting.refusals import ChangedElsewhere
from community.watching import watches
from community.watching.forms import WatchForm, WatchListForm
from community.watching.slots import render_watch_buttons
from skills.content.retirement import find_retirement
from skills.models import Skill
from skills.web.addresses import redirect_to_list
from skills.web.paging import build_page_links, get_page_or_404
from skills.web.requests import wants_fragment

WATCHES_PAGE_SIZE = 100

PENDING_WATCH_KEY = "watch-wish"
"""The key in the session for what a visitor wanted to watch before signing in, as "<kind>/<pk>"."""


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def watch_list(request: MemberRequest) -> HttpResponse:
    """Show everything that a person watches or mutes. A POST changes one row or all ticked rows."""
    if request.method == "POST":
        return _change_watches(request)
    page = get_page_or_404(request, Paginator(watches.list_ordered_watches(request.user), WATCHES_PAGE_SIZE))
    page.object_list = watches.attach_retirements(page.object_list)
    return render(
        request, "community/watching/watch_list.html", {"page": page, "page_links": build_page_links(request, page)}
    )


def _change_watches(request: MemberRequest) -> HttpResponse:
    data = read_form(WatchListForm(request.POST))
    # The button of a row wins over the ticked rows.
    watch_ids, level = data["row"] or (data["chosen"], data["level"])
    # The page offers no more, so only a program sends more.
    if len(watch_ids) > WATCHES_PAGE_SIZE:
        raise BadRequest(_("More was chosen than one page holds."))
    count, kept_count = watches.set_levels(request.user, watch_ids, level, data["displayed"])
    if kept_count:
        message = ngettext(
            "%(count)d entry was changed in another window and stays as it is now. Choose again to change it.",
            "%(count)d entries were changed in another window and stay as they are now. Choose again to change them.",
            kept_count,
        )
        messages.warning(request, message % {"count": kept_count})
    elif count:
        messages.success(request, _("Saved."))
    else:
        messages.warning(request, _("Nothing was chosen, so nothing was changed."))
    return redirect_to_list(request, "community:watch_list")


@require_http_methods(["GET", "HEAD", "POST"])
@handle_refusals
def watch(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show the page of one watch; a POST starts or ends it. `kind` and `pk` name the target.

    1. Raise `Http404` for a target that does not exist or is only a suggestion.
    2. Send a visitor to the sign-in page. Remember in the session that they want to watch the target.
    3. On a POST, watch, mute or end the watch.
    4. When they come back from signing in (a GET), watch what was remembered, unless they are suspended.

    `NotAllowed` of a suspended person becomes a page. Other GET requests change nothing.
    """
    target = _get_target_or_404(kind, pk)
    data = read_form(WatchForm(request.POST)) if request.method == "POST" else {}
    level = data.get("level")
    if not request.user.is_authenticated:
        # Only a watch is remembered: a visitor has nothing to mute or to end.
        if request.method == "GET" or level == Watch.Level.WATCH:
            request.session[PENDING_WATCH_KEY] = f"{kind}/{pk}"
        return redirect_to_sign_in(request, reverse("community:watch", args=[kind, pk]))
    if request.method == "POST":
        return _set_level(request, request.user, target, level, displayed=data["displayed"])
    if request.method == "GET" and request.session.get(PENDING_WATCH_KEY) == f"{kind}/{pk}":
        # The middleware checks POST requests only, and this GET writes.
        require_not_suspended(request.user)
        del request.session[PENDING_WATCH_KEY]
        return _set_level(request, request.user, target, Watch.Level.WATCH)
    return _render_watch(request, request.user, target)


def _render_watch(
    request: HttpRequest, user: User, target: WatchTarget, status: HTTPStatus = HTTPStatus.OK, fault: str = ""
) -> HttpResponse:
    """Return the page of one watch; `fault` says why it was not changed."""
    context = {
        "target": target,
        "kind": watches.get_target_kind(target),
        "target_language": get_framework(target).language,
        "level": watches.get_watch_level(user, target),
        "by_taking_part": isinstance(target, Skill) and watches.is_by_taking_part(user, target),
        "fault": fault,
        "retirement": find_retirement(target) if isinstance(target, Skill) else None,
    }
    return render(request, "community/watching/watch.html", context, status=status)


def _get_target_or_404(kind: str, pk: int) -> WatchTarget:
    target = watches.find_target(kind, pk)
    if target is None:
        raise Http404(_("There is nothing at this address."))
    return target


def _set_level(
    request: HttpRequest, user: User, target: WatchTarget, level: Watch.Level | None, *, displayed: str | None = None
) -> HttpResponse:
    """Change the watch, then answer htmx with the new buttons and others with a redirect to the target's page.

    If another window has changed it meanwhile, the buttons or the page of the watch say so (409).
    """
    is_htmx = wants_fragment(request)
    try:
        watches.set_level(user, target, level, displayed=displayed)
    except ChangedElsewhere as error:
        if not is_htmx:
            return _render_watch(request, user, target, error.status, str(error))
        buttons = render_watch_buttons(request, watches.get_target_kind(target), target.pk, fault=str(error))
        return HttpResponse(buttons, status=error.status)
    message = {
        Watch.Level.WATCH: _("You now watch “%(name)s”."),
        Watch.Level.MUTE: _("“%(name)s” is muted: you get no notices of it."),
        None: _("You no longer watch “%(name)s”."),
    }[level] % {"name": target.name}
    if is_htmx:
        return HttpResponse(render_watch_buttons(request, watches.get_target_kind(target), target.pk, message))
    messages.success(request, message)
    return HttpResponseRedirect(target.get_absolute_url())
