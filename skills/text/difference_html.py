"""The difference of two texts, word by word, as HTML."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from skills.text.word_difference import Piece, PieceKind, compare


def word_difference(before: str | None, after: str | None, *, whole: bool = False) -> SafeString:
    """Return both texts as one, as HTML with <del> and <ins>; screen readers get "added:" and "removed:".

    None counts as an empty text. `whole` shows one text after the other without comparing their words, as for
    values that are chosen from a list.
    """
    if whole:
        sides = ((PieceKind.REMOVED, before), (PieceKind.ADDED, after))
        return format_html_join(" ", "{}", ((_render_piece(Piece(kind, text)),) for kind, text in sides if text))
    return format_html_join("", "{}", ((_render_piece(piece),) for piece in compare(before or "", after or "")))


def _render_piece(piece: Piece) -> SafeString:
    """Return a piece as escaped HTML, with a label for screen readers unless it is the same in both texts."""
    if piece.kind is PieceKind.SAME:
        return format_html("{}", piece.text)
    element, style = ("ins", "added") if piece.kind is PieceKind.ADDED else ("del", "removed")
    label = gettext("added:") if piece.kind is PieceKind.ADDED else gettext("removed:")
    return format_html(
        '<{} class="{}"><span class="visually-hidden">{} </span>{}</{}>', element, style, label, piece.text, element
    )
