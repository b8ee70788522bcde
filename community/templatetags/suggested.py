"""Small pieces of suggestions."""

from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from community.models import State

register = template.Library()

_STATE_CLASSES = {
    State.DRAFT: "draft",
    State.OPEN: "open",
    State.CHANGES_REQUESTED: "open",
    State.ACCEPTED: "yes",
    State.ACCEPTED_WITH_CHANGES: "yes",
    State.DECLINED: "no",
    State.WITHDRAWN: "draft",
    State.OUTDATED: "draft",
}


@register.simple_tag
def state_pill(state: str) -> SafeString:
    """Return a state as a pill: colour and word."""
    return format_html('<span class="pill state-{}">{}</span>', _STATE_CLASSES[State(state)], State(state).label)


@register.filter
def source_link(source: str) -> SafeString:
    """Return a source as a link that passes nothing on, where it is one address of the web, else as plain words."""
    if not _is_web_url(source):
        return format_html("{}", source)
    return format_html('<a href="{}" rel="nofollow ugc noopener noreferrer">{}</a>', source, source)


@register.filter
def signed(value: int) -> str:
    """Return a sum of votes as people write it: +3, 0, −1."""
    return f"−{-value}" if value < 0 else f"+{value}" if value else "0"


def _is_web_url(text: str) -> bool:
    if any(char.isspace() for char in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
