"""Texts by what a reader perceives as one character: a letter with its accents, a flag, a family of emoji, a syllable.

Unicode calls it an extended grapheme cluster (UAX #29); the library `regex` knows where each ends.
"""

import re
from collections.abc import Iterator

import regex

# Scripts that put no space between words: Chinese, Japanese, and the "complex context" (line break class SA) of Thai,
# Lao, Khmer, Burmese and others. The prolonged sound mark of Japanese belongs to no script of its own.
NO_SPACES = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Yi}\p{lb=SA}\u30fc\uff70"
# Two letters that together are a flag are matched by themselves: among many flags `\X` counts back to the first one,
# for each of them, and takes time that grows with the square.
_CLUSTER = r"(?:[\U0001f1e6-\U0001f1ff]{2}[\p{Grapheme_Extend}\p{gcb=SpacingMark}\u200d]*|\X)"
CLUSTER = regex.compile(_CLUSTER)
# A token is a word, white space, one sign, or one character of a script without spaces.
_TOKENS = regex.compile(rf"(?:(?![{NO_SPACES}])(?=[\w\p{{N}}])\X)+|(?:(?=\s)\X)+|{_CLUSTER}")
# Below the combining marks (U+0300), with the usual punctuation and signs, each code point is one character, and a
# faster pattern gives the same tokens. Most texts are like this.
_SIMPLE = re.compile(r"[\t-\r\x20-\u02ff\u2010-\u2027\u2030-\u203e\u20ac\u2190-\u21ff]*")
# Kana and the common ideographs; with a mark, such as a voicing mark, no text is only these.
_SINGLE = re.compile(r"[\u3041-\u3096\u30a1-\u30ff\u3400-\u9fff]*")
_SIMPLE_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_FIRST_SPACELESS = "\u0e00"  # the first letter of Thai; other letters have no need of the pattern
_SPACELESS_RUNS = regex.compile(rf"((?:(?=[{NO_SPACES}])\X)+)")
ELLIPSIS = "…"
MAX_CODE_POINTS = 10
"""So many code points a character may have on average in a text that is shortened; a family of emoji has seven."""


def split_tokens(text: str) -> list[str]:
    """Return the words, runs of white space and single signs of a text; joined, they are the text again.

    "a b!" gives "a", " ", "b", "!". Characters of scripts without spaces are one token each: "学習" gives two. No
    token begins or ends inside a character.
    """
    tokens = _SIMPLE_TOKENS if _SIMPLE.fullmatch(text) else _TOKENS
    return list(map(str, tokens.findall(text)))


def split_words(text: str) -> list[str]:
    """Return the tokens of a text that are words, in lower case, for comparing texts without their punctuation.

    See `split_tokens`: each character of a script without spaces counts as a word.
    """
    return [token for token in split_tokens(text.casefold()) if token[0].isalnum() or token[0] == "_"]


def split_characters(text: str) -> list[str]:
    """Return the characters of a text as a reader perceives them.

    A carriage return with its line feed is one.
    """
    return list(text) if _SINGLE.fullmatch(text) else list(map(str, CLUSTER.findall(text)))


def has_spaceless(text: str) -> bool:
    """Return whether a text may have a character of a script without spaces between words.

    A quick check: False is certain, True is not.
    """
    return max(text, default="") >= _FIRST_SPACELESS


def find_runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the runs of a text in scripts with and without spaces between words; joined, they are the text again.

    Each comes with whether it is in a script without: "Python入門" gives ("Python", False), ("入門", True).
    """
    if not has_spaceless(text):
        yield text, False
        return
    # `split` returns the matches of the group at odd places.
    for place, run in enumerate(_SPACELESS_RUNS.split(text)):
        if run:
            yield str(run), place % 2 == 1


def is_spaceless(text: str) -> bool:
    """Return whether a text begins with a character of a script without spaces between words.

    False for an empty text.
    """
    return has_spaceless(text[:1]) and _SPACELESS_RUNS.match(text) is not None


def find_boundary(text: str, position: int) -> int:
    """Return `position`, or the begin of the character that it would split.

    `position` is an index of `text` or larger; the result is at most `len(text)`.
    """
    if position >= len(text):
        return len(text)
    # A space begins a character, whatever comes before it.
    characters = CLUSTER.finditer(text, max(text.rfind(" ", 0, position), 0))
    return next(match.start() for match in characters if match.end() > position)


def cut_text(text: str, length: int, ellipsis: str = "") -> str:
    """Return the beginning of a text, at most `length` code points of it, as columns of the database count them.

    The cut is between two characters; a single character that is longer is left out. Where something is cut,
    `ellipsis` follows, which counts too.
    """
    if len(text) <= length:
        return text
    return text[: find_boundary(text, length - len(ellipsis))] + ellipsis


def shorten(text: str, length: int) -> str:
    """Return a text of at most `length` characters as readers count them; an ellipsis marks a cut.

    The ellipsis is one of the `length` characters. A text that piles up marks on its letters is cut earlier.
    """
    if len(text) <= length:
        return text
    text = cut_text(text, length * MAX_CODE_POINTS)
    end = 0
    for number, match in enumerate(CLUSTER.finditer(text), start=1):
        if number == length:
            end = match.start()
        elif number > length:
            return text[:end] + ELLIPSIS
    return text


def get_first_character(text: str) -> str:
    """Return the first character of a text as a reader perceives it.

    It may be several code points; '' for an empty text.
    """
    match = CLUSTER.match(text)
    return str(match[0]) if match else ""
