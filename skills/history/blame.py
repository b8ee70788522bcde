"""Since which revision each text of a skill is as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skills.content.changes import FIELD_LABELS, Field, SkillContent
from skills.content.ladder import LadderStep
from skills.content.matrix import Place
from skills.content.names import Names
from skills.history.entries import FieldKey, HistoryEntry, _field_text, listed, sources_of
from skills.models import Revision, Role, Skill
from skills.revisions import content_of

READ_AT_ONCE = 100  # revisions, whose changes may hold long texts


TEXTS = (Field.NAME, Field.SUMMARY, Field.TAG_LINE, Field.GROUP)
"""The fields of a skill of which a reader may ask since when they read as they do."""


@dataclass(frozen=True)
class BlameLine:
    """One text of today's profile and the revision that gave it its words; `role` and `step` as in `ShownChange`."""

    field: Field
    role: Role | None
    step: LadderStep | None
    text: str
    entry: HistoryEntry

    @property
    def label(self) -> str:
        """The name of the field in the reader's language."""
        return str(FIELD_LABELS[self.field])


def blame_lines(skill: Skill, names: Names) -> list[BlameLine]:
    """Return each text of today with the revision that gave it its words, in three queries.

    `skill` comes with its place loaded. A revision that changed only the obligation
    gave no words. Reading stops at the revision that explains the last text.
    """
    texts = _texts(content_of(skill))
    givers = _givers(skill, set(texts))
    revisions = listed(skill.revisions.filter(number__in=set(givers.values()))).defer("changes")
    entries = {entry.revision.number: entry for entry in _without_changes(list(revisions))}
    lines = [_line(key, text, entries[givers[key]], names) for key, text in texts.items() if key in givers]
    return sorted(lines, key=lambda line: names.order(line.role, line.step) if line.role and line.step else (-1, ""))


def _givers(skill: Skill, waiting: set[FieldKey]) -> dict[FieldKey, int]:
    """Return the number of the latest revision that changed the words of each field."""
    found: dict[FieldKey, int] = {}
    rows = skill.revisions.order_by("-number").values_list("number", "changes")
    for number, changes in rows.iterator(chunk_size=READ_AT_ONCE):
        for change in changes:
            key = (change["field"], change["role"], change["level"])
            if key in waiting and _words(change["base"]) != _words(change["proposed"]):
                found[key] = number
                waiting.remove(key)
        if not waiting:
            break
    return found


def _without_changes(revisions: Sequence[Revision]) -> list[HistoryEntry]:
    sources = sources_of(revisions)
    return [HistoryEntry(revision, (), sources.get(revision.pk)) for revision in revisions]


def _texts(content: SkillContent) -> dict[FieldKey, str]:
    fields = {(field.value, "", ""): str(getattr(content, field.value)) for field in TEXTS}
    cells = {(Field.REQUIREMENT.value, *place): cell.description for place, cell in content.matrix.cells.items()}
    return {key: text for key, text in (fields | cells).items() if text}


def _words(value: Any) -> str:
    return str(value["description"] if isinstance(value, dict) else value or "")


def _line(key: FieldKey, text: str, entry: HistoryEntry, names: Names) -> BlameLine:
    field, place = Field(key[0]), Place(*key[1:])
    if field is Field.REQUIREMENT:
        return BlameLine(field, names.role(place.role), names.step(place.level), text, entry)
    return BlameLine(field, None, None, _field_text(field, text, names), entry)
