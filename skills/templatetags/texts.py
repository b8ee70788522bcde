"""Template filters that show a text as one line of plain text."""

from django import template

from skills.text.markup.plain import build_excerpt_line, shorten_at_word

register = template.Library()


@register.filter
def excerpt(text: str, length: int) -> str:
    """Return the beginning of a Markdown text as plain text in one line, of at most `length` characters.

    For titles, links and descriptions of pages; see `skills.text.markup.plain`.
    """
    return build_excerpt_line(text, length)


@register.filter
def one_line(text: str, length: int) -> str:
    """Return the beginning of a plain text in one line, of at most `length` characters, cut at the end of a word.

    For texts that their own pages show as typed, such as reasons: what looks like a mark of Markdown stays.
    """
    return shorten_at_word(" ".join(text.split()), length)
