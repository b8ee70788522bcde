"""Mark the words of a text that another text does not have, as a help for readers; no exact difference.

Scripts without spaces between words are compared by pairs of characters: a character is new if the other text has
neither the pair that ends with it nor the one that begins with it.
"""

import re
from html import unescape
from itertools import groupby, pairwise

from django.utils.safestring import SafeString, mark_safe

from skills.text.characters import find_runs, is_spaceless, split_characters

# The groups make `split` return the separators too, so that the pieces joined are the whole text.
_TAGS = re.compile(r"(<[^>]*>)")
_SPACES = re.compile(r"(\s+)")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")  # punctuation before and after a word
_FILLER_LENGTH = 4  # words up to this length, such as "with", are fillers

type Token = tuple[str, bool]  # a word or white space, and whether it is new


def mark_new_words(before_html: str, after_html: str) -> SafeString:
    """Return `after_html` with <mark> around the words that do not occur anywhere in `before_html`.

    Both are clean HTML from `skills.text.markup.markdown.render`. Adjacent new words are marked as one phrase, but
    never across a tag; a phrase that consists only of fillers is not marked.
    """
    known_words = {
        part
        for piece in _TAGS.split(before_html)
        if not _is_tag(piece)
        for word in piece.split()
        for run, is_by_character in find_runs(word)
        for part in (_pair(split_characters(run)) if is_by_character else [_normalize(run)])
    }
    pieces = (piece if _is_tag(piece) else _mark_text(piece, known_words) for piece in _TAGS.split(after_html))
    return mark_safe("".join(pieces))  # noqa: S308 - clean HTML, to which only <mark> was added


def _is_tag(piece: str) -> bool:
    return piece.startswith("<")


def _normalize(word: str) -> str:
    """Return a word in the form in which words are compared: without punctuation around it and without case."""
    return _strip_punctuation(word).casefold() or word


def _strip_punctuation(word: str) -> str:
    """Return a word of HTML as it is read, with entities decoded and without the punctuation around it."""
    return _EDGES.sub("", unescape(word))


def _pair(characters: list[str]) -> list[str]:
    """Return each character with the one after it, and each alone: "abc" gives "ab", "bc", "a", "b", "c"."""
    return [one + other for one, other in pairwise(characters)] + characters


def _find_new(word: str, known_words: set[str]) -> list[Token]:
    """Return the parts of a word, or of a run of a script without spaces, each with whether it is new."""
    tokens: list[Token] = []
    for run, is_by_character in find_runs(word):
        if not is_by_character:
            tokens.append((run, _normalize(run) not in known_words))
            continue
        characters = split_characters(run)
        pairs = [one + other in known_words for one, other in pairwise(characters)]
        # One pair less than there are characters: the first has none before it, the last none after it.
        is_known = zip([False, *pairs], [*pairs, False], strict=True) if pairs else [(run in known_words, False)]
        tokens += [(part, not any(known)) for part, known in zip(characters, is_known, strict=True)]
    return tokens


def _mark_text(text: str, known_words: set[str]) -> str:
    """Return a piece of HTML without tags, its new phrases in <mark>; `known_words` are the words that are not new."""
    tokens = [
        part
        for token in _SPACES.split(text)
        if token
        for part in ([(token, False)] if token.isspace() else _find_new(token, known_words))
    ]
    # Runs of tokens that are all new or all known, for example [(False, ["a", " "]), (True, ["new", " ", "word"])].
    runs = [
        (is_new, [token for token, _is_new in run])
        for is_new, run in groupby(_join_phrases(tokens), lambda pair: pair[1])
    ]
    return "".join(
        f"<mark>{''.join(run)}</mark>" if is_new and any(map(_is_significant, run)) else "".join(run)
        for is_new, run in runs
    )


def _join_phrases(tokens: list[Token]) -> list[Token]:
    """Count white space between two new words as new, so that they become one phrase."""
    return [
        (token, is_new or (0 < index < len(tokens) - 1 and tokens[index - 1][1] and tokens[index + 1][1]))
        for index, (token, is_new) in enumerate(tokens)
    ]


def _is_significant(word: str) -> bool:
    """Return whether a word is more than a filler such as "with": long, capitalised, or of a script without spaces."""
    core = _strip_punctuation(word)
    return len(core) > _FILLER_LENGTH or core != core.lower() or is_spaceless(core)
