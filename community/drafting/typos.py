"""Tiny changes: those that only correct typing errors. The review queue lists them separately."""

from difflib import SequenceMatcher

from skills.content.changes import Change, ChangeValue, Field
from skills.content.matrix import Cell
from skills.text.characters import split_characters
from skills.text.word_difference import PieceKind, compare

MAX_CORRECTIONS = 3
TYPO_MAX_LENGTH = 100
"""Characters of one place; the time to compare letters grows with the cube of their number."""
MIN_SIMILARITY = 0.6
"""From this similarity of letters on (0 to 1), one word counts as the correct spelling of the other."""


def is_tiny(change: Change) -> bool:
    """Return whether a change only corrects words or punctuation, in at most `MAX_CORRECTIONS` places.

    A place is a piece of text that is replaced, added or removed. An added word must resemble the text that is
    removed in its place; a word that is only added or only removed is not tiny. Nor is a change of the group, of a
    requirement's obligation or proficiency, or to or from an empty text.
    """
    before, after = _get_text(change.base), _get_text(change.proposed)
    if (
        change.field is Field.GROUP
        or not before
        or not after
        or _get_other_parts(change.base) != _get_other_parts(change.proposed)
    ):
        return False
    # `removed` holds the words removed just before; the next piece must be what they are replaced by.
    places, removed = 0, ""
    for piece in compare(before, after):
        if piece.kind is PieceKind.REMOVED:
            places, removed = places + 1, piece.text
            if not _has_words(removed):  # only punctuation or spaces
                removed = ""
        elif piece.kind is PieceKind.ADDED:
            places += 0 if removed else 1
            if _has_words(piece.text) and not _is_typo(removed, piece.text):
                return False
            removed = ""
        elif removed:  # unchanged text follows: the words were removed, not replaced
            return False
    return not removed and 0 < places <= MAX_CORRECTIONS


def _is_typo(removed: str, added: str) -> bool:
    """Return whether the added text looks like the removed one without its typing error."""
    if max(len(removed), len(added)) > TYPO_MAX_LENGTH:
        return False
    # Without autojunk=False, letters that are frequent in a long text would be ignored.
    pair = split_characters(removed), split_characters(added)
    return SequenceMatcher(None, pair[0], pair[1], autojunk=False).ratio() >= MIN_SIMILARITY


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _get_text(value: ChangeValue) -> str:
    return value.description if isinstance(value, Cell) else value or ""


def _get_other_parts(value: ChangeValue) -> tuple[str, str] | None:
    """Return what a requirement has besides its text, None for another field."""
    return (value.obligation, value.proficiency) if isinstance(value, Cell) else None
