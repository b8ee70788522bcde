"""The start page of a signed-in member."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import membership
from accounts.access import MemberRequest, require_sign_in
from community.moderation import listing
from community.notifications import inbox
from community.notifications.views import _add_notice_urls
from community.suggestions import listing as suggestion_listing
from community.suggestions.whole_skills import attach_retirements
from community.watching import watches as watching

LATEST_NOTICES = 5
LATEST_WATCHES = 10
LATEST_DRAFTS = 5


@require_safe
@require_sign_in
def me(request: MemberRequest) -> HttpResponse:
    """Show the reader's latest notices, watches and drafts, and what waits for moderators."""
    watches = watching.list_watches(request.user)
    context = {
        "notices": _add_notice_urls(inbox.list_notices(request.user)[:LATEST_NOTICES]),
        "watches": watching.attach_retirements(watches.order_by("-created_at", "-pk")[:LATEST_WATCHES]),
        "watch_count": watches.count(),
        "is_reviewer": membership.is_reviewer(request.user),
        "drafts": attach_retirements(suggestion_listing.list_drafts(request.user)[:LATEST_DRAFTS]),
        "is_moderator": membership.is_moderator(request.user),
        # A callable: the template counts only for moderators.
        "waiting_for_moderators": partial(listing.count_waiting, request.user),
    }
    return render(request, "community/me/me.html", context)
