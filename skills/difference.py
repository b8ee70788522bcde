"""What is new in a text against another, word by word, for reading rather than for patching."""

import re
from difflib import SequenceMatcher
from itertools import groupby

from django.utils.safestring import SafeString, mark_safe

_PIECES = re.compile(r"(<[^>]*>)")
_WORDS = re.compile(r"(\s+)")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_SHORT_WORD = 3


def mark_new(before_html: str, after_html: str) -> SafeString:
    """Return `after_html` with the words that `before_html` lacks put into <mark>.

    Both are clean HTML from `skills.markdown.render`. Runs of new words are marked as
    one phrase and never across a tag.
    """
    before = [_bare(word) for word in _words_of(before_html)]
    after = [_bare(word) for word in _words_of(after_html)]
    known = _known(before, after)
    position = 0
    pieces: list[str] = []
    for piece in _PIECES.split(after_html):
        if piece.startswith("<"):
            pieces.append(piece)
            continue
        count = len(piece.split())
        pieces.append(_marked(piece, known[position : position + count]))
        position += count
    return mark_safe("".join(pieces))  # noqa: S308 - clean HTML, to which only <mark> was added


def _words_of(html: str) -> list[str]:
    return [word for piece in _PIECES.split(html) if not piece.startswith("<") for word in piece.split()]


def _bare(word: str) -> str:
    return _EDGES.sub("", word).casefold() or word


def _known(before: list[str], after: list[str]) -> list[bool]:
    """Tell of each word of `after` whether it was there before, in the same order.

    A short word alone ("of", "and") between new ones joins their phrase.
    """
    known = [False] * len(after)
    for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        if block.size > 1 or (block.size and len(after[block.b]) > _SHORT_WORD):
            known[block.b : block.b + block.size] = [True] * block.size
    return known


def _marked(text: str, known: list[bool]) -> str:
    flags = iter(known)
    tokens = [(token, True if not token or token.isspace() else next(flags)) for token in _WORDS.split(text)]
    # White space between two new words belongs to their phrase.
    for index in range(1, len(tokens) - 1):
        token, _known_token = tokens[index]
        if token.isspace() and not tokens[index - 1][1] and not tokens[index + 1][1]:
            tokens[index] = (token, False)
    runs = groupby(tokens, key=lambda pair: pair[1])
    joined = ((is_known, "".join(token for token, _flag in run)) for is_known, run in runs)
    return "".join(run if is_known else f"<mark>{run}</mark>" for is_known, run in joined)
