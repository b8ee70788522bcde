"""The difference of two texts as readers see it."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from skills.word_difference import Kind, Piece, compare

register = template.Library()


@register.simple_tag
def word_difference(before: str | None, after: str | None) -> SafeString:
    """Return both texts as one, what went away struck through and what came underlined; read aloud in words."""
    return format_html_join("", "{}", ((_piece(piece),) for piece in compare(before or "", after or "")))


def _piece(piece: Piece) -> SafeString:
    if piece.kind is Kind.SAME:
        return format_html("{}", piece.text)
    element, style = ("ins", "added") if piece.kind is Kind.ADDED else ("del", "removed")
    word = gettext("added:") if piece.kind is Kind.ADDED else gettext("removed:")
    return format_html(
        '<{} class="{}"><span class="visually-hidden">{} </span>{}</{}>', element, style, word, piece.text, element
    )
