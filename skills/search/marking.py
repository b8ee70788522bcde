"""Showing where the searched words stand: a cut of a text, and marks round the words in it."""

import re
from collections.abc import Iterable, Iterator

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from skills.search.text import WORD, fold_word, may_contain

EXCERPT_LENGTH = 200

_LINE_MARKERS = re.compile(r"^\s*(?:(?:[-*+]|\d{1,9}[.)]|>|\#{1,6})\s+)+", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"(?<![\w\\])[*_]{1,3}(?=\S)|(?<=[^\s\\])[*_]{1,3}(?!\w)|`+")
_MARKUP_CHARACTERS = re.compile(r"[*_`\[\\]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def mark(text: str, wanted: Iterable[str]) -> SafeString:
    """Return a text as safe HTML with `<mark>` round each word that begins with one of the folded words."""
    pieces, position = [], 0
    for begin, end in _find_matches(text, wanted):
        pieces.append((text[position:begin], text[begin:end]))
        position = end
    return format_html_join("", "{}<mark>{}</mark>", pieces) + escape(text[position:])


def build_excerpt(text: str, wanted: Iterable[str], length: int = EXCERPT_LENGTH) -> str:
    """Return about `length` characters of a Markdown text, without its signs, round the first word found.

    Without a find the beginning is returned. An ellipsis stands where something was left out.
    """
    plain = strip_markdown(text)
    if len(plain) <= length:
        return plain
    first = next((begin for begin, _end in _find_matches(plain, wanted)), 0)
    begin = _find_cut_start(plain, first, length)
    end = begin + length
    if end < len(plain):
        space = plain.rfind(" ", first + 1, end + 1)
        end = space if space > 0 else end
    cut = plain[begin:end].strip()
    return f"{'… ' if begin else ''}{cut}{' …' if end < len(plain) else ''}"


def strip_markdown(text: str) -> str:
    """Return a Markdown text in one line without list signs, emphasis, code signs and addresses of links."""
    text = _LINE_MARKERS.sub("", text)
    if _MARKUP_CHARACTERS.search(text):  # few texts hold any, and asking costs a tenth of looking for each
        text = _ESCAPED.sub(r"\1", _EMPHASIS.sub("", _LINK.sub(r"\1", text)))
    return " ".join(text.split())


def _find_cut_start(plain: str, first: int, length: int) -> int:
    """Return where to cut so that a quarter stands before the find, at the beginning of a word where there is one."""
    wish = min(first - length // 4, len(plain) - length)
    if wish <= 0:
        return 0
    space = plain.find(" ", wish, first)
    return space + 1 if space >= 0 else min(first, wish)


def _find_matches(text: str, wanted: Iterable[str]) -> Iterator[tuple[int, int]]:
    beginnings = tuple(wanted)
    if not beginnings or not may_contain(text, beginnings):
        return
    for found in WORD.finditer(text):
        if fold_word(found[0]).startswith(beginnings):
            yield found.span()
