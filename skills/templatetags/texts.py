"""Template filters for texts that are written in Markdown and shown as plain text."""

from django import template

from skills.text.markup.plain import build_excerpt_line

register = template.Library()


@register.filter
def excerpt(text: str, length: int) -> str:
    """Return the beginning of a Markdown text as plain text in one line, of at most `length` characters.

    For titles, links and descriptions of pages; see `skills.text.markup.plain`.
    """
    return build_excerpt_line(text, length)
