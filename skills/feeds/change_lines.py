"""Describe what a revision changed, in short lines of plain text for lists, feeds and mail."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skills.content.changes import describe_status
from skills.content.names import Names
from skills.models import Obligation, Revision

MAX_LINES = 20  # of one revision; the rest is only counted


def describe_changes(revision: Revision, names: Names) -> list[str]:
    """Return what a revision changed, one line of plain text for each change, in the active language.

    `names` are the names of the revision's framework. At most `MAX_LINES` changes are listed; a last line
    says how many more there are. For the first revision of a skill, only the number of its requirements is given.
    """
    if revision.number == 1:
        return [_("New skill"), *_describe_size(revision.changes)]
    lines = [_describe_change(change, names) for change in revision.changes]
    more = len(lines) - MAX_LINES
    if more <= 0:
        return lines
    return [*lines[:MAX_LINES], ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}]


def _describe_size(changes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return how many requirements a new skill has as one line, and no line if it has none."""
    count = sum(change["field"] == "requirement" for change in changes)
    if not count:
        return []
    return [ngettext("%(count)s requirement", "%(count)s requirements", count) % {"count": count}]


# One function for each field of a skill except the requirements; the arguments are value before, value after, names.
_FIELD_FORMATTERS: dict[str, Callable[[str, str, Names], str]] = {
    "name": lambda before, after, _names: (
        _("Renamed: “%(before)s” is now “%(after)s”") % {"before": before, "after": after}
    ),
    "summary": lambda _before, _after, _names: _("Summary changed"),
    "tag_line": lambda _before, _after, _names: _("Tag line changed"),
    "group": lambda _before, _after, _names: _("Moved to another group"),
    "status": lambda _before, after, names: (
        _("Status: %(status)s") % {"status": describe_status(after, names.skill_names)}
    ),
}


def _describe_change(change: Mapping[str, Any], names: Names) -> str:
    """Return one change, given as `Change.as_json` stores it, as a line of text."""
    before, after = change["base"], change["proposed"]
    if change["field"] != "requirement":
        return _FIELD_FORMATTERS[change["field"]](before, after, names)
    place = {"place": f"{names.get_role(change['role']).name}, {names.get_step(change['level']).name}"}
    if before is None:
        return _("New requirement: %(place)s") % place
    if after is None:
        return _("Requirement removed: %(place)s") % place
    # A changed obligation matters more to readers than changed text, so the line names it.
    if before["obligation"] != after["obligation"]:
        labels = {"before": Obligation(before["obligation"]).label, "after": Obligation(after["obligation"]).label}
        return _("Requirement changed: %(place)s, %(before)s → %(after)s") % {**place, **labels}
    return _("Requirement changed: %(place)s") % place
