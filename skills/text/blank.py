"""Texts that display nothing: where a text is required, they count as empty."""

from html import unescape

from django.utils.html import strip_tags

from skills.text.markup.markdown import render_once
from skills.text.names import has_ink

RENDERED_MAX_LENGTH = 10_000  # characters; no Markdown text on this site may be longer
# Signs of lists, quotations, headings and emphasis, which may precede the first letter of a text.
_LEADING_SIGNS = " \t\n\r-*+>#"


def is_blank(text: str) -> bool:
    """Return whether a plain text displays nothing: spaces, hidden characters such as U+200B, marks without a letter.

    Hangul fillers and the Braille blank are letters and symbols by their name only, and count as hidden.
    """
    return not has_ink(text)


def displays_nothing(markdown: str) -> bool:
    """Return whether a Markdown text displays nothing, such as "[](https://example.org)" or "[note]: /address".

    Only a text whose first letter may belong to such a construct is rendered: most texts cost nothing. A text of more
    than `RENDERED_MAX_LENGTH` characters is refused anyway, and counts as displayed.
    """
    if is_blank(markdown):
        return True
    if len(markdown) > RENDERED_MAX_LENGTH:
        return False
    first = markdown.lstrip(_LEADING_SIGNS)[:1]
    if first.isalpha() and has_ink(first):
        return False
    return is_blank(unescape(strip_tags(render_once(markdown))))
