"""Which changes mend a slip of the pen and nothing else."""

from difflib import SequenceMatcher

from skills.content.changes import Change, ChangeValue, Field
from skills.content.matrix import Cell
from skills.text.word_difference import PieceKind, compare

MAX_PLACES = 3
TYPO_MAX_LENGTH = 100
"""Characters of one place; comparing letters takes time that grows with the cube of their number."""
MIN_SIMILARITY = 0.6
"""From this likeness of letters on, one word is another one written right."""


def is_tiny(change: Change) -> bool:
    """Return whether a change only mends words or signs in at most three places; adding a word is more than that."""
    before, after = _get_text(change.base), _get_text(change.proposed)
    if (
        change.field is Field.GROUP
        or not before
        or not after
        or _get_other_parts(change.base) != _get_other_parts(change.proposed)
    ):
        return False
    places, removed = 0, ""
    for piece in compare(before, after):
        if piece.kind is PieceKind.REMOVED:
            places, removed = places + 1, piece.text
            if not _has_words(removed):
                removed = ""
        elif piece.kind is PieceKind.ADDED:
            places += 0 if removed else 1
            if _has_words(piece.text) and not _is_typo(removed, piece.text):
                return False
            removed = ""
        elif removed:
            return False
    return not removed and 0 < places <= MAX_PLACES


def _is_typo(removed: str, added: str) -> bool:
    if max(len(removed), len(added)) > TYPO_MAX_LENGTH:
        return False
    return SequenceMatcher(None, removed, added, autojunk=False).ratio() >= MIN_SIMILARITY


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _get_text(value: ChangeValue) -> str:
    return value.description if isinstance(value, Cell) else value or ""


def _get_other_parts(value: ChangeValue) -> tuple[str, str] | None:
    return (value.obligation, value.proficiency) if isinstance(value, Cell) else None
