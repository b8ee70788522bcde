"""The bell with the number of unread notices, in the head of every page."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.models import User
from community.notifications import inbox


def render_bell(request: HttpRequest, user: User, *, is_swapped: bool = False) -> str:
    """Return the bell with the number of unread notices; `is_swapped` takes the place of the one in the head."""
    context = {**build_unread_context(user), "is_swapped": is_swapped}
    return render_to_string("community/notifications/includes/bell.html", context, request)


def build_unread_context(user: User) -> dict[str, Any]:
    """Return the number of unread notices, and how it is shown: what is not counted to the end is "99+"."""
    unread = inbox.count_unread(user)
    most = inbox.MAX_COUNTED - 1
    return {"unread": unread, "most": most, "shown": f"{most}+" if unread > most else str(unread)}
