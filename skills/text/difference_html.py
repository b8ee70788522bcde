"""The difference of two texts, word by word, as HTML. Invisible characters are replaced by their names."""

from collections.abc import Iterator
from itertools import count

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from skills.text.invisible import Invisible, Use, find_invisible, format_number, get_character_name
from skills.text.word_difference import Piece, PieceKind, compare

MAX_NAMED_MARKS = 200
"""Behind so many marks in a difference, further ones have the number only."""
MAX_MARKS = 1000
"""Behind so many, there are no marks: needed characters stay as they are, and the others are left out."""


def word_difference(before: str | None, after: str | None, *, whole: bool = False) -> SafeString:
    """Return both texts as one, as HTML with <del> and <ins>; screen readers get "added:" and "removed:".

    None counts as an empty text. `whole` shows one text after the other without comparing their words, as for
    values that are chosen from a list.
    """
    marks = count(1)
    if whole:
        sides = ((PieceKind.REMOVED, before), (PieceKind.ADDED, after))
        return format_html_join(" ", "{}", ((_render_piece(Piece(kind, text), marks),) for kind, text in sides if text))
    return format_html_join("", "{}", ((_render_piece(piece, marks),) for piece in compare(before or "", after or "")))


def _render_piece(piece: Piece, marks: Iterator[int]) -> SafeString:
    """Return a piece as escaped HTML, with a label for screen readers unless it is the same in both texts.

    `marks` counts the marks of the whole difference.
    """
    text = format_html_join("", "{}", ((part,) for part in _name_invisible(piece, marks)))
    if piece.kind is PieceKind.SAME:
        return text
    element, style = ("ins", "added") if piece.kind is PieceKind.ADDED else ("del", "removed")
    label = gettext("added:") if piece.kind is PieceKind.ADDED else gettext("removed:")
    return format_html(
        '<{} class="{}"><span class="visually-hidden">{} </span>{}</{}>', element, style, label, text, element
    )


def _name_invisible(piece: Piece, marks: Iterator[int]) -> Iterator[str]:
    """Yield the text of a piece in parts: text as it is, and a mark for each invisible character.

    What is the same in both texts has marks only for characters that no reader needs; a change may be nothing but a
    no-break space or a soft hyphen, so there these are marked too. Emoji stay whole.
    """
    is_same, position = piece.kind is PieceKind.SAME, 0
    for found in find_invisible(piece.text):
        is_suspicious = found.use is Use.SUSPICIOUS
        if not is_suspicious and (is_same or found.use is Use.EMOJI):
            continue
        number = next(marks)
        if number > MAX_MARKS and not is_suspicious:
            continue
        yield piece.text[position : found.place]
        if number <= MAX_MARKS:
            yield _render_mark(found, is_named=number <= MAX_NAMED_MARKS)
        position = found.end
    yield piece.text[position:]


def _render_mark(found: Invisible, *, is_named: bool) -> SafeString:
    """Return the number of an invisible character as HTML, with its name for screen readers and on hovering.

    The character itself is left out, because it could turn the direction of what follows. Equal characters that follow
    each other have one mark, which says how many they are.
    """
    number = format_number(found)
    if not is_named:
        return format_html('<mark class="invisible-character" dir="ltr">{}</mark>', number)
    name = get_character_name(found.character)
    return format_html(
        '<mark class="invisible-character" dir="ltr" title="{}">{}<span class="visually-hidden"> {} </span></mark>',
        name,
        number,
        name,
    )
