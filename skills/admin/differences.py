"""How Django admin shows a change of a revision or a suggestion."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from skills.models import Obligation
from skills.text.difference_html import word_difference


def describe_place(change: Mapping[str, Any]) -> str:
    """Return which part of the skill a change touches, as one line of text.

    `change` is JSON as `Change.as_json` writes it. Role and level are named by their keys, as in revisions.
    """
    # "requirement · baker · senior"; role and level of other fields are empty.
    return " · ".join(part for part in (change["field"], change["role"], change["level"]) if part)


def render_difference(before: Any, after: Any) -> SafeString:
    """Return HTML: one text with the differences between two values marked.

    Both are values as a change stores them in JSON: a text, a cell as a dict, or None (no requirement).
    """
    return word_difference(_format_value(before), _format_value(after))


def _format_value(value: str | dict[str, str] | None) -> str:
    if not isinstance(value, dict):
        return value or ""
    # A cell: obligation, proficiency and description become one text, so that one difference shows all three.
    obligation = str(Obligation(value["obligation"]).label)
    return " · ".join(part for part in (obligation, value["proficiency"], value["description"]) if part)
