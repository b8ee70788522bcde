"""The difference of two texts word by word, and the merge of two changes of one text.

Scripts that put no space between words, such as Chinese and Thai, are compared character by character.

Unlike `skills.text.new_words`, which marks new words for readers, this is exact: both texts can be put together
again from the pieces of a comparison, character by character.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from skills.text.characters import split_tokens, split_words

# Up to this many pairs of tokens, `SequenceMatcher` searches for the longest runs, which reads best but takes time
# that grows with the cube. More pairs, as repetitive text has them between unique words, are compared differently.
SEQUENCE_MATCHER_MAX_PAIRS = 400


class PieceKind(StrEnum):
    """Whether a piece of text is in both texts, only in the first, or only in the second."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of tokens of the same kind, joined."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place where two changes replace the same words with different ones."""

    base: str
    mine: str
    theirs: str


class _Block(NamedTuple):
    """`size` equal tokens, which begin at index `before` in the first text and at `after` in the second."""

    before: int
    after: int
    size: int


def compare(before: str, after: str) -> list[Piece]:
    """Return the difference of two texts as pieces in their order; a removed piece comes before the added one.

    The same and the removed pieces joined are `before`; the same and the added pieces joined are `after`.
    """
    old, new = split_tokens(before), split_tokens(after)
    pieces: list[Piece] = []
    at_old = at_new = 0
    # An empty block at the end, so that the loop also handles what follows the last equal stretch.
    for block in [*_drop_lone_spaces(_find_blocks(old, new), old), _Block(len(old), len(new), 0)]:
        pieces += _build_pieces(old[at_old : block.before], new[at_new : block.after])
        at_old, at_new = block.before + block.size, block.after + block.size
        pieces += [Piece(PieceKind.SAME, "".join(old[block.before : at_old]))] if block.size else []
    return pieces


def merge(base: str, mine: str, theirs: str) -> list[str | Conflict]:
    """Merge two changed versions of `base` into one text, as pieces in their order.

    A piece is a text that at most one side changed, or both in the same way; where the two changes differ, it is
    a `Conflict`. Without a conflict, the pieces joined are the merged text.
    """
    old, left, right = (split_tokens(text) for text in (base, mine, theirs))
    merged: list[str | Conflict] = []
    at = [0, 0, 0]  # how far base, mine and theirs are merged
    # Between two stretches that neither side changed, one side, both or none has changed something.
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
    """Return whether `compute_similarity` is at least `minimum`, a number from 0 to 1.

    Faster than computing it: texts with too few common words are not compared.
    """
    # Counted without order, common words are an upper bound of the similarity.
    old, new = (Counter(split_words(text)) for text in (one, other))
    total = old.total() + new.total()
    return 2 * (old & new).total() >= minimum * total and compute_similarity(one, other) >= minimum


def compute_similarity(one: str, other: str) -> float:
    """Return the share of two texts that is the same words in the same order, from 0 to 1.

    Case, spaces and punctuation do not count; two texts without a word are equal (1.0).
    """
    old, new = (split_words(text) for text in (one, other))
    if not old and not new:
        return 1.0
    return 2 * sum(block.size for block in _find_blocks(old, new)) / (len(old) + len(new))


def _build_pieces(removed: Sequence[str], added: Sequence[str]) -> list[Piece]:
    pairs = ((PieceKind.REMOVED, "".join(removed)), (PieceKind.ADDED, "".join(added)))
    return [Piece(kind, text) for kind, text in pairs if text]


def _drop_lone_spaces(blocks: Sequence[_Block], old: Sequence[str]) -> Iterator[_Block]:
    """Leave out blocks of only white space between two changes, which then read as one change."""
    for number, block in enumerate(blocks):
        is_inside = 0 < number < len(blocks) - 1
        if not (is_inside and all(token.isspace() for token in old[block.before : block.before + block.size])):
            yield block


def _find_blocks(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    """Return the equal stretches of two lists of tokens, in order, adjacent ones joined."""
    # Equal beginning and end first: most changes are small, so little is left to compare.
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    blocks = [_Block(0, 0, start)] if start else []
    blocks += _find_blocks_between(old, new, (start, len(old) - end), (start, len(new) - end))
    blocks += [_Block(len(old) - end, len(new) - end, end)] if end else []
    return list(_join_adjacent(blocks))


def _find_blocks_between(
    old: Sequence[str], new: Sequence[str], old_range: tuple[int, int], new_range: tuple[int, int]
) -> Iterator[_Block]:
    """Yield equal stretches within two ranges: words that occur once in both are anchors; compare between these."""
    at_old, at_new = old_range[0], new_range[0]
    for anchor in [*_find_anchors(old, new, old_range, new_range), _Block(old_range[1], new_range[1], 0)]:
        yield from _compare_closely(old, new, (at_old, anchor.before), (at_new, anchor.after))
        if anchor.size:
            yield anchor
        at_old, at_new = anchor.before + anchor.size, anchor.after + anchor.size


def _find_anchors(
    old: Sequence[str], new: Sequence[str], old_range: tuple[int, int], new_range: tuple[int, int]
) -> list[_Block]:
    """Return the longest list of words in the same order that occur once in both ranges (patience sorting)."""
    counts = [Counter(tokens[slice(*part)]) for tokens, part in ((old, old_range), (new, new_range))]
    places = {new[place]: place for place in range(*new_range)}
    pairs = [
        (place, places[old[place]])
        for place in range(*old_range)
        if counts[0][old[place]] == 1 == counts[1][old[place]]
    ]
    # Pairs are in the order of the old text: search for the longest run whose places in the new text increase too.
    tops: list[int] = []  # for each length of a run, the smallest place in the new text at which one ends
    ends: list[int] = []  # the number of the pair at that place
    before: list[int] = []  # for each pair, the number of the pair before it in its run, -1 for the first
    for number, (_old, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        before.append(ends[length - 1] if length else -1)
        tops[length : length + 1], ends[length : length + 1] = [place], [number]
    # Follow the longest run back from its end.
    anchors: list[_Block] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        anchors.append(_Block(*pairs[number], 1))
        number = before[number]
    return anchors[::-1]


def _compare_closely(
    old: Sequence[str], new: Sequence[str], old_range: tuple[int, int], new_range: tuple[int, int]
) -> Iterator[_Block]:
    """Yield the equal stretches of two ranges in which hardly any token occurs once in both."""
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
    """Return the longest common subsequence as blocks of one token; a number holds a row of its table as bits.

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
    # Go back from the end of both: a pair of equal tokens belongs to a longest subsequence; otherwise skip the
    # token without which the length stays the same.
    blocks: list[_Block] = []
    before, after = len(old), len(new)
    while before and after:
        if old[before - 1] == new[after - 1]:
            before, after = before - 1, after - 1
            blocks.append(_Block(before, after, 1))
        elif rows[before - 1] >> after - 1 & 1:
            after -= 1
        else:
            before -= 1
    return blocks[::-1]


def _join_adjacent(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """Yield the blocks, those that follow each other directly in both texts joined to one."""
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
    """Yield the stretches of the base that neither side changed: index in base, left and right, and size."""
    one = other = 0
    while one < len(left) and other < len(right):
        mine, theirs = left[one], right[other]
        # The overlap of the two blocks within the base.
        start = max(mine.before, theirs.before)
        end = min(mine.before + mine.size, theirs.before + theirs.size)
        if start < end:
            yield start, mine.after + start - mine.before, theirs.after + start - theirs.before, end - start
        if mine.before + mine.size < theirs.before + theirs.size:
            one += 1
        else:
            other += 1


def _merge_piece(base: str, mine: str, theirs: str) -> list[str | Conflict]:
    """Merge a place that at least one side may have changed; the result is empty if nothing is left of it."""
    if mine in (base, theirs):
        return [theirs] if theirs else []
    if theirs == base:
        return [mine] if mine else []
    return [Conflict(base, mine, theirs)]


def _join_texts(pieces: Sequence[str | Conflict]) -> Iterator[list[str | Conflict]]:
    """Yield groups of pieces, texts that follow each other joined to one."""
    for is_text, group in groupby(pieces, lambda piece: isinstance(piece, str)):
        run = list(group)
        yield ["".join(piece for piece in run if isinstance(piece, str))] if is_text else run
