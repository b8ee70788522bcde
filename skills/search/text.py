"""Words as the search compares them: case, accents, umlauts and how they are spelt make no difference."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

WORD_MAX_LENGTH = 64

# Soft hyphen, joiners and the byte order mark: inside a word, but not part of it.
INVISIBLE = "\u00ad\u200c\u200d\u2060\ufeff"

# Letters that Unicode does not take apart, as they are written where they are missing, and what is left out.
# Unicode has its combining marks below the end of the range.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys(INVISIBLE, "")
    | {char: "" for char in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(char)}
)

# "ue" stands for an umlaut, except in "que". All of a row of e goes, so that folding twice changes nothing.
_UMLAUT_SPELT_OUT = re.compile(r"([ao]|(?<!q)u)e+")

# C++, C#, W&B and 5+ are words, while the sign after a longer word only follows it.
# Combining marks belong to the letter before them.
WORD = re.compile(
    r"[^\W_]{1,2}(?:&[^\W_]{1,2}(?!\w)|\+\+|[+#](?!\w))"
    rf"|[^\W_](?:[^\W_]|[\u0300-\u036f{INVISIBLE}])*"
)


def fold(text: str) -> str:
    """Return a text without case, accents and umlauts, "ae", "oe" and "ue" being read as umlauts."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    return _UMLAUT_SPELT_OUT.sub(r"\1", text.lower())


def split_words(text: str) -> list[str]:
    """Return a text's words, folded, in their order.

    They hold letters and digits only, in no engine anything but a word: "C++" is "cplusplus", "W&B" "wandb".
    """
    return [_spell_out(word)[:WORD_MAX_LENGTH] for word in WORD.findall(fold(text))]


def may_contain(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether one of the folded words can begin a word of the text at all: quick, and wrong only in saying yes."""
    folded = _spell_out(fold(text))
    return any(word in folded for word in wanted)


def fold_word(written: str) -> str:
    """Return one word, as `WORD` finds it in a text, in the form in which `split_words` returns it."""
    return _fold_cached(written) if len(written) <= WORD_MAX_LENGTH else _fold_uncached(written)


@lru_cache(maxsize=20_000)
def _fold_cached(written: str) -> str:
    """Keep the forms of words of ordinary length: the cache counts entries, and a word may be as long as a text."""
    return _fold_uncached(written)


def _fold_uncached(written: str) -> str:
    return _spell_out(fold(written))[:WORD_MAX_LENGTH]


def build_trigrams(names: Iterable[str]) -> frozenset[str]:
    """Return all groups of three characters of some words, two spaces standing before each and one after it."""
    padded = [f"  {name} " for name in names]
    return frozenset(name[start : start + 3] for name in padded for start in range(len(name) - 2))


def _spell_out(folded: str) -> str:
    return folded.replace("+", "plus").replace("#", "sharp").replace("&", "and")
