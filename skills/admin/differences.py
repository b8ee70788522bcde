"""How a change of a revision or a suggestion stands in Django admin."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from skills.models import Obligation
from skills.text.difference_html import word_difference


def describe_place(change: Mapping[str, Any]) -> str:
    """Return what of the skill a change touches, by the keys that revisions hold."""
    return " · ".join(part for part in (change["field"], change["role"], change["level"]) if part)


def render_difference(before: Any, after: Any) -> SafeString:
    """Return two values, as a change keeps them in JSON, as one text with its differences marked."""
    return word_difference(_format_value(before), _format_value(after))


def _format_value(value: str | dict[str, str] | None) -> str:
    if not isinstance(value, dict):
        return value or ""
    obligation = str(Obligation(value["obligation"]).label)
    return " · ".join(part for part in (obligation, value["proficiency"], value["description"]) if part)
