"""The bell with the number of unread notices, in the header of every page."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.models import User
from community.notifications import inbox


def render_bell(request: HttpRequest, user: User, *, is_swapped: bool = False) -> str:
    """Return the HTML of the bell with the user's number of unread notices.

    With `is_swapped` it is part of an htmx response and replaces the bell in the header (an out-of-band swap).
    """
    # With the request, the template gets the context processors of the page.
    context = {**build_unread_context(user), "is_swapped": is_swapped}
    return render_to_string("community/notifications/includes/bell.html", context, request)


def build_unread_context(user: User) -> dict[str, Any]:
    """Return the template context for the number of unread notices of a user.

    `unread` is the number, counted up to `inbox.MAX_COUNTED`; `shown` is its text, "99+" for more than `most`.
    """
    unread = inbox.count_unread(user)
    most = inbox.MAX_COUNTED - 1
    return {"unread": unread, "most": most, "shown": f"{most}+" if unread > most else str(unread)}
