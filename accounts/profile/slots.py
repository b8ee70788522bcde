"""What an account changes on every page, see skills/web/slots.py."""

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html

from skills.web.slots import PageSlot, is_for_anonymous


def _render_theme(request: HttpRequest) -> str:
    """Return attributes for the root element of the page: the theme and the shortcuts that the user chose.

    A visitor has none: scripts read their choices from the browser.
    """
    if not request.user.is_authenticated:
        return ""
    theme_name = request.user.theme
    theme_attributes = format_html(' data-bs-theme="{}" data-chosen-theme', theme_name) if theme_name else ""
    return format_html(' data-shortcuts="{}"{}', request.user.shortcuts, theme_attributes)


def _render_messages(request: HttpRequest) -> str:
    """Return the messages that wait for this reader, each shown once, and the notice that they are suspended."""
    # The same HTML serves all anonymous visitors, so it must not hold anyone's messages.
    if is_for_anonymous(request):
        return ""
    pending_messages = list(get_messages(request))
    suspended_user = request.user if request.user.is_authenticated and request.user.is_suspended else None
    if not (pending_messages or suspended_user):
        return ""
    return render_to_string(
        "accounts/profile/includes/messages.html", {"messages": pending_messages, "suspended": suspended_user}
    )


theme = PageSlot(_render_theme)
waiting_messages = PageSlot(_render_messages)
