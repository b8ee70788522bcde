"""What a revision changed, in short lines of plain text for lists, feeds and mail."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skills.content import status_in_words
from skills.models import Level, Obligation, Revision, Role

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Names:
    """What roles and levels are called, by framework and key; one that is gone is called by its key."""

    roles: Mapping[tuple[int, str], str]
    levels: Mapping[tuple[int, str], str]

    def place(self, framework: int, change: Mapping[str, Any]) -> str:
        """Return "role, level" of a change of a requirement."""
        role, level = change["role"], change["level"]
        return f"{self.roles.get((framework, role), role)}, {self.levels.get((framework, level), level)}"


def names_in(frameworks: Iterable[int]) -> Names:
    """Return the names of these frameworks' roles and levels, in two queries."""
    wanted = set(frameworks)
    roles = Role.objects.filter(framework__in=wanted).values_list("framework_id", "key", "name")
    levels = Level.objects.filter(framework__in=wanted).order_by().values_list("framework_id", "slug", "name")
    return Names(
        {(framework, key): name for framework, key, name in roles},
        {(framework, slug): name for framework, slug, name in levels},
    )


def lines_of(revision: Revision, names: Names) -> list[str]:
    """Return what a revision changed, a line each, at most `MOST_LINES` and one that says how many more.

    Of a new skill only how much it holds is told.
    """
    if revision.number == 1:
        return [_("New skill"), *_size(revision.changes)]
    lines = [_line(change, revision.skill.framework_id, names) for change in revision.changes]
    more = len(lines) - MOST_LINES
    if more <= 0:
        return lines
    return [*lines[:MOST_LINES], ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}]


def _size(changes: Iterable[Mapping[str, Any]]) -> list[str]:
    count = sum(change["field"] == "requirement" for change in changes)
    if not count:
        return []
    return [ngettext("%(count)s requirement", "%(count)s requirements", count) % {"count": count}]


_OF_FIELDS: dict[str, Callable[[str, str], str]] = {
    "name": lambda before, after: _("Renamed: “%(before)s” is now “%(after)s”") % {"before": before, "after": after},
    "summary": lambda _before, _after: _("Summary changed"),
    "tag_line": lambda _before, _after: _("Tag line changed"),
    "group": lambda _before, _after: _("Moved to another group"),
    "status": lambda _before, after: _("Status: %(status)s") % {"status": status_in_words(after, {})},
}


def _line(change: Mapping[str, Any], framework: int, names: Names) -> str:
    before, after = change["base"], change["proposed"]
    if change["field"] != "requirement":
        return _OF_FIELDS[change["field"]](before, after)
    place = {"place": names.place(framework, change)}
    if before is None:
        return _("New requirement: %(place)s") % place
    if after is None:
        return _("Requirement removed: %(place)s") % place
    if before["obligation"] != after["obligation"]:
        words = {"before": Obligation(before["obligation"]).label, "after": Obligation(after["obligation"]).label}
        return _("Requirement changed: %(place)s, %(before)s → %(after)s") % {**place, **words}
    return _("Requirement changed: %(place)s") % place
