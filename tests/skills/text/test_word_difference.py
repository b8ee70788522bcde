"""Texts are compared and merged word by word, to the character, whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.text.word_difference import Conflict, Piece, PieceKind, compare, compute_similarity, is_similar, merge

WORDS = st.lists(st.sampled_from(["trains", "models", "and", " ", ", ", "\n- ", "Übung", "x"]), max_size=30).map(
    "".join
)
TEXTS = st.one_of(st.text(), WORDS)


def joined(pieces: list[Piece], *kinds: PieceKind) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


def shown(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.kind.value, piece.text) for piece in compare(before, after)]


def merged(base: str, mine: str, theirs: str) -> str:
    pieces = merge(base, mine, theirs)
    assert not any(isinstance(piece, Conflict) for piece in pieces)
    return "".join(piece for piece in pieces if isinstance(piece, str))


@given(TEXTS, TEXTS)
def test_pieces_give_back_both_texts(before: str, after: str) -> None:
    pieces = compare(before, after)
    assert joined(pieces, PieceKind.SAME, PieceKind.REMOVED) == before
    assert joined(pieces, PieceKind.SAME, PieceKind.ADDED) == after


@given(TEXTS)
def test_equal_texts_are_one_same_piece(text: str) -> None:
    assert compare(text, text) == ([Piece(PieceKind.SAME, text)] if text else [])


def test_changed_words_are_removed_and_added_in_place() -> None:
    assert shown("Trains small models.", "Trains large models.") == [
        ("same", "Trains "),
        ("removed", "small"),
        ("added", "large"),
        ("same", " models."),
    ]


def test_neighbouring_changes_read_as_one() -> None:
    assert shown("Uses old slow tools.", "Uses new quick tools.") == [
        ("same", "Uses "),
        ("removed", "old slow"),
        ("added", "new quick"),
        ("same", " tools."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ("機械学習の運用を監視する。", "機械翻訳の運用を監視する。", ["学習"], ["翻訳"]),
        ("系统能够自动监控模型的质量", "系统能够手动监控模型的数量", ["自", "质"], ["手", "数"]),
        ("ที่นำเข้าข้อมูล", "ที่นำออกข้อมูล", ["เข้า"], ["ออก"]),
        ("Pythonの運用", "Goの運用", ["Python"], ["Go"]),
    ],
)
def test_scripts_without_spaces_are_compared_character_by_character(
    before: str, after: str, removed: list[str], added: list[str]
) -> None:
    pieces = shown(before, after)
    assert [text for kind, text in pieces if kind == "removed"] == removed
    assert [text for kind, text in pieces if kind == "added"] == added


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("e\u0301", "e\u0300"),
        ("\U0001f1e9\U0001f1ea", "\U0001f1e9\U0001f1f0"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f467"),
        ("\u0915\u093f", "\u0915\u0940"),
        ("\u1112\u1161\u11ab", "\u1112\u1161\u11a8"),
        ("\u0e17\u0e35\u0e48", "\u0e17\u0e35\u0e49"),
    ],
)
def test_a_changed_mark_changes_the_whole_character(before: str, after: str) -> None:
    assert shown(f"! {before} !", f"! {after} !") == [
        ("same", "! "),
        ("removed", before),
        ("added", after),
        ("same", " !"),
    ]


def test_changes_of_different_characters_of_a_clause_are_merged() -> None:
    assert merged("自动监控模型质量", "手动监控模型质量", "自动监控模型数量") == "手动监控模型数量"


def test_repeated_words_are_matched_in_their_place() -> None:
    assert shown("a b a b a b", "a b a b") == [("same", "a b a b"), ("removed", " a b")]


def test_very_repetitive_text_is_still_given_back() -> None:
    before, after = "x " * 4000, "y " + "x " * 3999
    pieces = compare(before, after)
    assert (joined(pieces, PieceKind.SAME, PieceKind.REMOVED), joined(pieces, PieceKind.SAME, PieceKind.ADDED)) == (
        before,
        after,
    )


def test_changes_of_different_words_are_merged() -> None:
    base = "Trains small models and writes tests."
    assert (
        merged(base, "Trains large models and writes tests.", "Trains small models and writes many tests.")
        == "Trains large models and writes many tests."
    )


def test_changes_of_the_same_words_are_a_conflict() -> None:
    assert merge("Trains small models.", "Trains large models.", "Trains huge models.") == [
        "Trains ",
        Conflict("small", "large", "huge"),
        " models.",
    ]


def test_both_adding_at_one_place_is_a_conflict() -> None:
    pieces = merge("Ends.", "Ends. Mine.", "Ends. Theirs.")
    assert [piece for piece in pieces if isinstance(piece, Conflict)] != []


@given(TEXTS, TEXTS)
def test_a_change_of_one_side_alone_is_taken_whole(base: str, changed: str) -> None:
    assert merged(base, changed, base) == changed
    assert merged(base, base, changed) == changed


@given(TEXTS, TEXTS)
def test_the_same_change_of_both_sides_is_taken_once(base: str, changed: str) -> None:
    assert merged(base, changed, changed) == changed


@given(TEXTS, TEXTS, TEXTS)
def test_sides_may_be_exchanged(base: str, mine: str, theirs: str) -> None:
    turned = [
        Conflict(piece.base, piece.theirs, piece.mine) if isinstance(piece, Conflict) else piece
        for piece in merge(base, theirs, mine)
    ]
    assert turned == merge(base, mine, theirs)


@pytest.mark.parametrize("other", ["a b c d", "d c b a", "a b c x", "A  b, c d", "", "a b c d e f", "w x y z"])
@pytest.mark.parametrize("least", [0.5, 0.75, 0.9, 1])
def test_whether_texts_are_similar_is_what_their_similarity_says(other: str, least: float) -> None:
    assert is_similar("a b c d", other, least) == (compute_similarity("a b c d", other) >= least)


def test_similarity_counts_words_in_their_order() -> None:
    assert compute_similarity("機械学習", "機械翻訳") == 0.5
    assert compute_similarity("Trains  models", "trains models") == 1
    assert compute_similarity("", "") == 1
    assert compute_similarity("Trains models", "Writes tests") == 0
    assert compute_similarity("a b c d", "a b c x") == 0.75


@given(st.lists(st.sampled_from("ab"), min_size=30, max_size=90), st.lists(st.sampled_from("ab"), min_size=30))
def test_as_many_words_as_can_be_are_the_same_in_repetitive_texts(old: list[str], new: list[str]) -> None:
    old, new = ["x", *"abab", *old, "x"], ["y", *"abab", *new, "y"]  # no word occurs once in both, and the ends differ
    assert round(compute_similarity(" ".join(old), " ".join(new)) * (len(old) + len(new)) / 2) == longest_common(
        old, new
    )


def longest_common(old: list[str], new: list[str]) -> int:
    """Return the length of the longest common subsequence, by its definition."""
    row = [0] * (len(new) + 1)
    for word in old:
        before = row[:]
        for place, other in enumerate(new):
            row[place + 1] = before[place] + 1 if word == other else max(before[place + 1], row[place])
    return row[-1]
