"""Find out which revision gave each text of a skill its current wording ("blame")."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skills.content.changes import FIELD_LABELS, Field, SkillContent
from skills.content.ladder import LadderStep
from skills.content.matrix import Place
from skills.content.names import Names
from skills.history.entries import FieldKey, HistoryEntry, find_sources, format_field_text, select_for_list
from skills.models import Revision, Role, Skill
from skills.revisions import get_content

CHUNK_SIZE = 100  # revisions read at a time; their changes may hold long texts

BLAMED_FIELDS = (Field.NAME, Field.SUMMARY, Field.TAG_LINE, Field.GROUP)
"""The fields of a skill, besides its requirements, for which the page shows their latest revision."""


@dataclass(frozen=True)
class BlameLine:
    """One text of the current profile and the revision that gave it its wording.

    `role` and `step` are those of a requirement, None for a field of the skill, as in `ShownChange`.
    """

    field: Field
    role: Role | None
    step: LadderStep | None
    text: str
    entry: HistoryEntry

    @property
    def label(self) -> str:
        """The name of the field in the reader's language."""
        return str(FIELD_LABELS[self.field])


def build_blame_lines(skill: Skill, names: Names) -> list[BlameLine]:
    """Return each current text with the revision that gave it its wording, in three queries.

    `skill` has its group and domain loaded. Fields of the skill come first, then requirements from the lowest
    level up. A revision that changed only the obligation does not count: it left the wording as it was.
    """
    texts = _collect_texts(get_content(skill))
    numbers = _find_revision_numbers(skill, set(texts))
    revisions = select_for_list(skill.revisions.filter(number__in=set(numbers.values()))).defer("changes")
    entries = {entry.revision.number: entry for entry in _build_plain_entries(list(revisions))}
    lines = [_build_line(key, text, entries[numbers[key]], names) for key, text in texts.items() if key in numbers]
    # (-1, "") sorts before every requirement; `sorted` is stable, so the fields keep their order.
    return sorted(
        lines, key=lambda line: names.get_sort_key(line.role, line.step) if line.role and line.step else (-1, "")
    )


def _find_revision_numbers(skill: Skill, pending_keys: set[FieldKey]) -> dict[FieldKey, int]:
    """Return the number of the latest revision that changed the text of each field; empties `pending_keys`."""
    numbers: dict[FieldKey, int] = {}
    rows = skill.revisions.order_by("-number").values_list("number", "changes")
    for number, changes in rows.iterator(chunk_size=CHUNK_SIZE):
        for change in changes:
            key = (change["field"], change["role"], change["level"])
            # The proposed text is the current one: no later revision changed it, or its key would be gone already.
            if key in pending_keys and _get_text(change["base"]) != _get_text(change["proposed"]):
                numbers[key] = number
                pending_keys.remove(key)
        if not pending_keys:
            break  # every text is explained: the older revisions need not be read
    return numbers


def _build_plain_entries(revisions: Sequence[Revision]) -> list[HistoryEntry]:
    """Return history entries without changes, for which a blame line has no use."""
    sources = find_sources(revisions)
    return [HistoryEntry(revision, (), sources.get(revision.pk)) for revision in revisions]


def _collect_texts(content: SkillContent) -> dict[FieldKey, str]:
    """Return every text of a skill that is not empty."""
    fields = {(field.value, "", ""): str(getattr(content, field.value)) for field in BLAMED_FIELDS}
    cells = {(Field.REQUIREMENT.value, *place): cell.description for place, cell in content.matrix.cells.items()}
    return {key: text for key, text in (fields | cells).items() if text}


def _get_text(value: Any) -> str:
    """Return the text of a stored value: a cell's description, or the value itself, '' for None."""
    return str(value["description"] if isinstance(value, dict) else value or "")


def _build_line(key: FieldKey, text: str, entry: HistoryEntry, names: Names) -> BlameLine:
    field, place = Field(key[0]), Place(*key[1:])
    if field is Field.REQUIREMENT:
        return BlameLine(field, names.get_role(place.role), names.get_step(place.level), text, entry)
    return BlameLine(field, None, None, format_field_text(field, text, names), entry)
