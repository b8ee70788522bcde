"""The difference of two texts word by word, and the merge of two changes of one text.

Unlike `skills.text.new_words`, which marks what is new for a reader, this is exact: the
pieces of a comparison give back both texts to the character.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
# Up to so many pairs of tokens, the longest runs are looked for, which reads best; the time that
# this takes grows with the cube. More, as repetitive text has between unique words, are compared otherwise.
SEQUENCE_MATCHER_MAX_PAIRS = 400


class PieceKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that share one fate."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where two changes touch the same words in different ways."""

    base: str
    mine: str
    theirs: str


class _Block(NamedTuple):
    """`size` equal tokens, from `before` in the one text and from `after` in the other."""

    before: int
    after: int
    size: int


def compare(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from one text to the other, a removed piece before the added one in its place.

    The same and the removed pieces joined are `before`, the same and the added ones `after`.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    pieces: list[Piece] = []
    at_old = at_new = 0
    for block in [*_drop_lone_spaces(_find_blocks(old, new), old), _Block(len(old), len(new), 0)]:
        pieces += _build_pieces(old[at_old : block.before], new[at_new : block.after])
        at_old, at_new = block.before + block.size, block.after + block.size
        pieces += [Piece(PieceKind.SAME, "".join(old[block.before : at_old]))] if block.size else []
    return pieces


def merge(base: str, mine: str, theirs: str) -> list[str | Conflict]:
    """Return both changes of `base` in one text, as pieces in their order.

    A piece is text that at most one of the two changed, or that both changed alike; a
    `Conflict` stands where they differ. Without any conflict the pieces joined are the merged text.
    """
    old, left, right = (_TOKENS.findall(text) for text in (base, mine, theirs))
    merged: list[str | Conflict] = []
    at = [0, 0, 0]
    for stable in [
        *_find_stable(_find_blocks(old, left), _find_blocks(old, right)),
        (len(old), len(left), len(right), 0),
    ]:
        *starts, size = stable
        merged += _merge_piece(*("".join(t[a:s]) for t, a, s in zip((old, left, right), at, starts, strict=True)))
        merged += ["".join(old[starts[0] : starts[0] + size])] if size else []
        at = [start + size for start in starts]
    return [piece for group in _join_texts(merged) for piece in group]


def is_similar(one: str, other: str, minimum: float) -> bool:
    """Return whether `compute_similarity` is at least `least`; texts with too few common words are not compared."""
    old, new = (Counter(re.findall(r"\w+", text.casefold())) for text in (one, other))
    total = old.total() + new.total()
    return 2 * (old & new).total() >= minimum * total and compute_similarity(one, other) >= minimum


def compute_similarity(one: str, other: str) -> float:
    """Return how much of two texts is the same words in the same order, from 0 to 1; case and spaces do not count."""
    old, new = (re.findall(r"\w+", text.casefold()) for text in (one, other))
    if not old and not new:
        return 1.0
    return 2 * sum(block.size for block in _find_blocks(old, new)) / (len(old) + len(new))


def _build_pieces(removed: Sequence[str], added: Sequence[str]) -> list[Piece]:
    pairs = ((PieceKind.REMOVED, "".join(removed)), (PieceKind.ADDED, "".join(added)))
    return [Piece(kind, text) for kind, text in pairs if text]


def _drop_lone_spaces(blocks: Sequence[_Block], old: Sequence[str]) -> Iterator[_Block]:
    """Leave out white space that stands alone between two changes: they read as one."""
    for number, block in enumerate(blocks):
        is_inside = 0 < number < len(blocks) - 1
        if not (is_inside and all(token.isspace() for token in old[block.before : block.before + block.size])):
            yield block


def _find_blocks(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    """Return the equal stretches of two lists of tokens, in order, neighbouring ones joined."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    found = [_Block(0, 0, start)] if start else []
    found += _find_blocks_between(old, new, (start, len(old) - end), (start, len(new) - end))
    found += [_Block(len(old) - end, len(new) - end, end)] if end else []
    return list(_join_adjacent(found))


def _find_blocks_between(
    old: Sequence[str], new: Sequence[str], old_range: tuple[int, int], new_range: tuple[int, int]
) -> Iterator[_Block]:
    """Yield equal stretches between two places: first words that stand once in both, then what lies between these."""
    at_old, at_new = old_range[0], new_range[0]
    for anchor in [*_find_anchors(old, new, old_range, new_range), _Block(old_range[1], new_range[1], 0)]:
        yield from _compare_closely(old, new, (at_old, anchor.before), (at_new, anchor.after))
        if anchor.size:
            yield anchor
        at_old, at_new = anchor.before + anchor.size, anchor.after + anchor.size


def _find_anchors(
    old: Sequence[str], new: Sequence[str], old_range: tuple[int, int], new_range: tuple[int, int]
) -> list[_Block]:
    """Return the longest list of words in the same order that stand once in both (patience sorting)."""
    counts = [Counter(tokens[slice(*part)]) for tokens, part in ((old, old_range), (new, new_range))]
    places = {new[place]: place for place in range(*new_range)}
    pairs = [
        (place, places[old[place]])
        for place in range(*old_range)
        if counts[0][old[place]] == 1 == counts[1][old[place]]
    ]
    tops: list[int] = []  # the smallest last place in the new text of an increasing run of each length
    ends: list[int] = []  # which pair that is
    before: list[int] = []
    for number, (_old, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        before.append(ends[length - 1] if length else -1)
        tops[length : length + 1], ends[length : length + 1] = [place], [number]
    chosen: list[_Block] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chosen.append(_Block(*pairs[number], 1))
        number = before[number]
    return chosen[::-1]


def _compare_closely(
    old: Sequence[str], new: Sequence[str], old_range: tuple[int, int], new_range: tuple[int, int]
) -> Iterator[_Block]:
    """Yield the equal stretches of two lists of tokens, of which hardly any stands once in both."""
    one, other = old[slice(*old_range)], new[slice(*new_range)]
    if not one or not other:
        return
    if len(one) * len(other) <= SEQUENCE_MATCHER_MAX_PAIRS:
        matches = [_Block(*match) for match in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()]
    else:
        matches = _find_longest_common(one, other)
    for match in matches:
        if match.size:
            yield _Block(old_range[0] + match.before, new_range[0] + match.after, match.size)


def _find_longest_common(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    """Return the tokens of the longest common subsequence, by whole rows of its table as the bits of a number.

    Call L(i, j) the length for the first i tokens of `old` and the first j of `new`. Along a row it grows by one
    or stays, so a bit is enough for each step. Invariant (Hyyrö 2004): bit j of row i, counted from the lowest
    as 0, is cleared where L(i, j + 1) = L(i, j) + 1 and set where both are equal. For example `old` is "b a" and
    `new` is "a b a" (bits written with the highest, the last token of `new`, first):

        before any token   111   no common token yet
        after "b"          101   cleared at "b": 1 token from there on
        after "b a"        010   cleared at the first and the last "a": 1 token, then 2 ("b a")
    """
    places: dict[str, int] = {}
    for place, token in enumerate(new):
        places[token] = places.get(token, 0) | 1 << place
    everything = row = (1 << len(new)) - 1
    rows = []
    for token in old:
        # Each length is reached at the first hit that lies between where it and the length below it were reached
        # so far. The sum does this for all lengths at once: from the lowest hit of a run of set bits it carries up
        # to the cleared bit above the run, which becomes set, and the hit cleared; a carry out of the highest bit
        # is one length more. Bits of the run that the carry passes and that are no hits come back with the
        # difference. In the example, row 101 and hits 101 give 1010 | 000, of which 010 is kept.
        hits = row & places.get(token, 0)
        row = (row + hits | row - hits) & everything
        rows.append(row)
    # The way back from the end of both: a pair of equal tokens belongs to a longest subsequence; else
    # the token is left out without which the length stays the same.
    found: list[_Block] = []
    before, after = len(old), len(new)
    while before and after:
        if old[before - 1] == new[after - 1]:
            before, after = before - 1, after - 1
            found.append(_Block(before, after, 1))
        elif rows[before - 1] >> after - 1 & 1:
            after -= 1
        else:
            before -= 1
    return found[::-1]


def _join_adjacent(blocks: Sequence[_Block]) -> Iterator[_Block]:
    waiting: _Block | None = None
    for block in blocks:
        if waiting and waiting.before + waiting.size == block.before and waiting.after + waiting.size == block.after:
            waiting = _Block(waiting.before, waiting.after, waiting.size + block.size)
            continue
        if waiting:
            yield waiting
        waiting = block
    if waiting:
        yield waiting


def _find_stable(left: Sequence[_Block], right: Sequence[_Block]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the stretches of the base that neither side changed: place in base, left and right, and size."""
    one = other = 0
    while one < len(left) and other < len(right):
        mine, theirs = left[one], right[other]
        start = max(mine.before, theirs.before)
        end = min(mine.before + mine.size, theirs.before + theirs.size)
        if start < end:
            yield start, mine.after + start - mine.before, theirs.after + start - theirs.before, end - start
        if mine.before + mine.size < theirs.before + theirs.size:
            one += 1
        else:
            other += 1


def _merge_piece(base: str, mine: str, theirs: str) -> list[str | Conflict]:
    if mine in (base, theirs):
        return [theirs] if theirs else []
    if theirs == base:
        return [mine] if mine else []
    return [Conflict(base, mine, theirs)]


def _join_texts(pieces: Sequence[str | Conflict]) -> Iterator[list[str | Conflict]]:
    for is_text, group in groupby(pieces, lambda piece: isinstance(piece, str)):
        run = list(group)
        yield ["".join(piece for piece in run if isinstance(piece, str))] if is_text else run
