"""Which changes mend a slip of the pen and nothing else."""

from difflib import SequenceMatcher

from skills.content.changes import Change, Field, Value
from skills.content.matrix import Cell
from skills.text.word_difference import PieceKind, compare

MOST_PLACES = 3
LONGEST_SLIP = 100
"""Characters of one place; comparing letters takes time that grows with the cube of their number."""
CLOSE = 0.6
"""From this likeness of letters on, one word is another one written right."""


def is_tiny(change: Change) -> bool:
    """Return whether a change only mends words or signs in at most three places; adding a word is more than that."""
    before, after = _text(change.base), _text(change.proposed)
    if change.field is Field.GROUP or not before or not after or _rest(change.base) != _rest(change.proposed):
        return False
    places, removed = 0, ""
    for piece in compare(before, after):
        if piece.kind is PieceKind.REMOVED:
            places, removed = places + 1, piece.text
            if not _has_words(removed):
                removed = ""
        elif piece.kind is PieceKind.ADDED:
            places += 0 if removed else 1
            if _has_words(piece.text) and not _is_slip(removed, piece.text):
                return False
            removed = ""
        elif removed:
            return False
    return not removed and 0 < places <= MOST_PLACES


def _is_slip(removed: str, added: str) -> bool:
    if max(len(removed), len(added)) > LONGEST_SLIP:
        return False
    return SequenceMatcher(None, removed, added, autojunk=False).ratio() >= CLOSE


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _text(value: Value) -> str:
    return value.description if isinstance(value, Cell) else value or ""


def _rest(value: Value) -> tuple[str, str] | None:
    return (value.obligation, value.proficiency) if isinstance(value, Cell) else None
