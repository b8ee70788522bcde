"""Normalise words for the search: case, accents and umlauts, also spelt out as "ae", make no difference.

Scripts without spaces between words are indexed by pairs of characters, so that a word is found wherever it is.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from skills.text.characters import find_runs, has_spaceless, split_characters
from skills.text.folding import INVISIBLE, MARKS, fold, spell_out_signs

WORD_MAX_LENGTH = 64  # characters; the rest of a longer word is ignored

# First line: C++, C#, W&B and 5+ are words, but a sign after a longer word does not belong to it.
# Second line: letters and digits; combining marks and invisible characters belong to the letter before them.
WORD = re.compile(
    r"[^\W_]{1,2}(?:&[^\W_]{1,2}(?!\w)|\+\+|[+#](?!\w))"
    rf"|[^\W_]+(?:[{''.join(sorted(MARKS))}{INVISIBLE}][^\W_]*)*"
)


def split_words(text: str) -> list[str]:
    """Return the words of a text, folded, in their order.

    They consist of letters, their vowel signs and digits only, so that no engine reads a sign as part of its query
    syntax: "C++" becomes "cplusplus", "W&B" becomes "wandb". In scripts without spaces each character comes with the
    one after it, the last alone: "機械学" gives "機械", "械学", "学". Entries and queries are split alike, and words of
    a query are beginnings, so that "械" and "械学" are found in it.
    """
    folded = fold(text)
    if not has_spaceless(folded):
        return [spell_out_signs(word)[:WORD_MAX_LENGTH] for word in WORD.findall(folded)]
    return [part for word in WORD.findall(folded) for part in _split_runs(spell_out_signs(word))]


def _split_runs(word: str) -> Iterator[str]:
    """Yield a folded word, or the pairs of its characters where its script has no spaces."""
    for run, is_by_character in find_runs(word):
        if is_by_character:
            characters = split_characters(run)
            pairs = [one + other for one, other in pairwise(characters)]
            yield from (pair[:WORD_MAX_LENGTH] for pair in [*pairs, characters[-1]])
        else:
            yield run[:WORD_MAX_LENGTH]


def may_contain(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a word of the text may begin with one of the folded words.

    A quick check of the whole text: False is certain, True is not.
    """
    folded = spell_out_signs(fold(text))
    return any(word in folded for word in words)


def fold_word(word: str) -> str:
    """Return a word in the form in which `split_words` returns it.

    `word` is a match of `WORD` in the original text. Forms of words of ordinary length are cached.
    """
    return _fold_cached(word) if len(word) <= WORD_MAX_LENGTH else _fold_uncached(word)


@lru_cache(maxsize=20_000)
def _fold_cached(word: str) -> str:
    """Return `_fold_uncached(word)` from a cache, for words of ordinary length only.

    The cache bounds the number of its entries, not their size, and a word may be as long as a whole text.
    """
    return _fold_uncached(word)


def _fold_uncached(word: str) -> str:
    return spell_out_signs(fold(word))[:WORD_MAX_LENGTH]


def build_trigrams(names: Iterable[str]) -> frozenset[str]:
    """Return all groups of three characters of some words.

    Each word is padded with two spaces before it and one after it, as pg_trgm does: "ab" gives "  a", " ab", "ab ".
    """
    padded = [f"  {name} " for name in names]
    return frozenset(name[start : start + 3] for name in padded for start in range(len(name) - 2))
