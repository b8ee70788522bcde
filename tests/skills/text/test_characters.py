"""A text is cut and taken apart between what readers perceive as characters, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.text.characters import (
    cut_text,
    find_boundary,
    get_first_character,
    shorten,
    split_characters,
    split_tokens,
    split_words,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e9\U0001f1ea"
ACCENTED = "e\u0301"
SYLLABLE = "\u0939\u093f"  # ha and the sign of i, which is drawn before it
JAMO = "\u1112\u1161\u11ab"  # one syllable of Korean, spelt by its letters
CHARACTERS = [FAMILY, FLAG, ACCENTED, SYLLABLE, JAMO, "\u0e17\u0e35\u0e48", "\u5b66", "\r\n", "a", " "]

any_text = st.one_of(st.text(), st.lists(st.sampled_from(CHARACTERS)).map("".join))


@pytest.mark.parametrize("character", CHARACTERS)
def test_what_readers_perceive_as_one_character_is_never_cut(character: str) -> None:
    text = character * 3
    assert split_characters(text) == [character] * 3
    assert get_first_character(text) == character
    assert [cut_text(text, length) for length in range(len(character), 2 * len(character))] == (
        [character] * len(character)
    )
    assert (shorten(text, 3), shorten(text, 2)) == (text, character + "…")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a b!", ["a", " ", "b", "!"]),
        (f"caf{ACCENTED} m²", [f"caf{ACCENTED}", " ", "m²"]),
        ("हिन्दी में", ["हिन्दी", " ", "में"]),
        ("機械学習", ["機", "械", "学", "習"]),
        ("Pythonの3", ["Python", "の", "3"]),
        ("データ", ["デ", "ー", "タ"]),
        ("ที่นำ", ["ที่", "นำ"]),
        ("학습을 해", ["학습을", " ", "해"]),
        (f"{FAMILY}{FLAG}{FLAG}", [FAMILY, FLAG, FLAG]),
        ("Ex\u00adperiment", ["Ex", "\u00ad", "periment"]),
    ],
)
def test_tokens_are_words_or_single_characters(text: str, tokens: list[str]) -> None:
    assert split_tokens(text) == tokens


@given(any_text, any_text)
def test_tokens_give_back_the_text_and_do_not_depend_on_what_else_is_in_it(text: str, other: str) -> None:
    assert "".join(split_tokens(text)) == text
    assert split_tokens(f"{text}\n.{other}")[: len(split_tokens(f"{text}\n."))] == split_tokens(f"{text}\n.")


@given(any_text, st.integers(0, 40))
def test_a_cut_is_between_two_characters(text: str, length: int) -> None:
    cut = cut_text(text, length)
    assert text.startswith(cut)
    assert len(cut) == find_boundary(text, length) <= length
    assert "".join(split_characters(text)[: len(split_characters(cut))]) == cut


def test_words_are_compared_without_punctuation_and_case() -> None:
    assert split_words("Uses 学習, CI/CD & caf\u00c9!") == ["uses", "学", "習", "ci", "cd", "café"]


def test_many_flags_take_time_in_proportion() -> None:
    assert len(split_tokens(FLAG * 100_000)) == 100_000
