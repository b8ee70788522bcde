"""Template tags and filters for states, sources and votes of suggestions."""

from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from community.models import State

register = template.Library()

# The CSS class of each state, by what it means for the author: accepted, declined, under review or at rest.
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
    """Return a state as a coloured pill with its name.

    `state` is a stored value of `State`. Raises `ValueError` for any other text.
    """
    return format_html('<span class="pill state-{}">{}</span>', _STATE_CLASSES[State(state)], State(state).label)


@register.filter
def source_link(source: str) -> SafeString:
    """Return the source of a suggestion as a link if it is a single web address, otherwise as escaped text.

    The link passes nothing to the other site: no referrer, no window, no credit for search engines.
    """
    if not _is_web_url(source):
        return format_html("{}", source)
    return format_html('<a href="{}" rel="nofollow ugc noopener noreferrer">{}</a>', source, source)


@register.filter
def signed(value: int) -> str:
    """Return a sum of votes as people write it: +3, 0, −1.

    The minus is the typographic character U+2212, not a hyphen.
    """
    return f"−{-value}" if value < 0 else f"+{value}" if value else "0"


def _is_web_url(text: str) -> bool:
    """Return whether the whole text is one http or https address."""
    # A space means more than an address, such as "https://example.org, page 3".
    if any(char.isspace() for char in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:  # such as "https://[", an IPv6 address that does not end
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
