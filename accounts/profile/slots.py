"""What an account changes on every page, see skills/web/slots.py."""

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html

from skills.web.slots import PageSlot, is_for_anonymous


def _render_theme(request: HttpRequest) -> str:
    chosen = request.user.theme if request.user.is_authenticated else ""
    return format_html(' data-bs-theme="{}" data-chosen-theme', chosen) if chosen else ""


def _render_messages(request: HttpRequest) -> str:
    """Return the messages that wait for this reader, which showing takes away, and that they are suspended."""
    if is_for_anonymous(request):
        return ""
    waiting = list(get_messages(request))
    person = request.user if request.user.is_authenticated and request.user.is_suspended else None
    if not (waiting or person):
        return ""
    return render_to_string("accounts/profile/includes/messages.html", {"messages": waiting, "suspended": person})


theme = PageSlot(_render_theme)
waiting_messages = PageSlot(_render_messages)
