"""The difference of two texts as readers see it."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from skills.word_difference import Kind, Piece, compare

register = template.Library()

_MARKS = {
    Kind.SAME: "{}",
    Kind.REMOVED: '<del class="removed">{}</del>',
    Kind.ADDED: '<ins class="added">{}</ins>',
}


@register.simple_tag
def word_difference(before: str | None, after: str | None) -> SafeString:
    """Return one text turned into another, word by word: what goes in <del>, what comes in <ins>, all escaped."""
    return format_html_join("", "{}", ((_marked(piece),) for piece in compare(before or "", after or "")))


def _marked(piece: Piece) -> SafeString:
    return format_html(_MARKS[piece.kind], piece.text)
