"""What a revision changed, in short lines of plain text for lists, feeds and mail."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skills.content.changes import describe_status
from skills.content.names import Names
from skills.models import Obligation, Revision

MAX_LINES = 20


def describe_changes(revision: Revision, names: Names) -> list[str]:
    """Return what a revision changed, a line each, at most `MAX_LINES` and one that says how many more.

    `names` are those of its framework. Of a new skill only how much it holds is told.
    """
    if revision.number == 1:
        return [_("New skill"), *_describe_size(revision.changes)]
    lines = [_describe_change(change, names) for change in revision.changes]
    more = len(lines) - MAX_LINES
    if more <= 0:
        return lines
    return [*lines[:MAX_LINES], ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}]


def _describe_size(changes: Iterable[Mapping[str, Any]]) -> list[str]:
    count = sum(change["field"] == "requirement" for change in changes)
    if not count:
        return []
    return [ngettext("%(count)s requirement", "%(count)s requirements", count) % {"count": count}]


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
    before, after = change["base"], change["proposed"]
    if change["field"] != "requirement":
        return _FIELD_FORMATTERS[change["field"]](before, after, names)
    place = {"place": f"{names.get_role(change['role']).name}, {names.get_step(change['level']).name}"}
    if before is None:
        return _("New requirement: %(place)s") % place
    if after is None:
        return _("Requirement removed: %(place)s") % place
    if before["obligation"] != after["obligation"]:
        words = {"before": Obligation(before["obligation"]).label, "after": Obligation(after["obligation"]).label}
        return _("Requirement changed: %(place)s, %(before)s → %(after)s") % {**place, **words}
    return _("Requirement changed: %(place)s") % place
