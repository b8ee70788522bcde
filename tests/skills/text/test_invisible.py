"""Characters that no reader sees are found and named, and those that scripts and emoji need are distinguished."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from skills.text.invisible import (
    MAX_SUSPICIOUS,
    Use,
    explain_too_many,
    find_invisible,
    get_character_name,
    label_invisible,
)


def tags(name: str) -> str:
    return "".join(chr(0xE0000 + ord(sign)) for sign in name)


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("pay\u202eload\u202c", [Use.SUSPICIOUS] * 2),
        ("a\u2067b\u2069", [Use.SUSPICIOUS] * 2),
        ("zero\u200bwidth\ufeff", [Use.SUSPICIOUS] * 2),
        ("tags\U000e0041\U000e007f", [Use.SUSPICIOUS] * 2),
        ("a\x07b\x85c\u2028d\u2029", [Use.SUSPICIOUS] * 4),
        ("joiners\u200c of\u200d no script", [Use.SUSPICIOUS] * 2),
        ("letter\ufe0f, digit 1\ufe0f", [Use.SUSPICIOUS] * 2),
        ("\u00ad soft \u00ad", [Use.SUSPICIOUS] * 2),
        ("\u200fno Hebrew", [Use.SUSPICIOUS]),
        ("filler \u3164", [Use.SUSPICIOUS]),
        ("null notehead \U0001d159, object \ufffc", [Use.SUSPICIOUS] * 2),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", [Use.USUAL]),  # Persian
        ("\u0915\u094d\u200d\u0937", [Use.USUAL]),  # Devanagari
        ("Ma\u00adschi\u00adnen", [Use.USUAL] * 2),
        ("\u05e9\u05dc\u05d5\u05dd\u200f!", [Use.USUAL]),
        ("\U0001f468\u200d\U0001f469", [Use.EMOJI]),
        ("\u2764\ufe0f 1\ufe0f\u20e3", [Use.EMOJI] * 2),
        (f"\U0001f3f4{tags('gbeng')}\U000e007f", [Use.EMOJI] * 6),
        (f"\U0001f3f4{tags('gb')}\U000e007f", [Use.SUSPICIOUS] * 3),
        (f"\U0001f3f4{tags('ignore')}\U000e007f", [Use.SUSPICIOUS] * 7),
        ("\u845b\U000e0100", [Use.USUAL]),
        ("\u2764\ufe0f\ufe0e", [Use.EMOJI, Use.SUSPICIOUS]),
        ("\U0001f336\ufe0f\ufe0f", [Use.EMOJI, Use.SUSPICIOUS]),
        ("\U0001f600\ufe0e", [Use.USUAL]),
        ("\u0645\u200c\u200c\u062e", [Use.USUAL, Use.SUSPICIOUS]),
        ("z.\u00a0B. 5\u202fkg", [Use.SPACE] * 2),
        ("Plain text,\r\n\twith ä, é, 学習 and \U0001f1e9\U0001f1ea.", []),
    ],
)
def test_each_is_found_with_its_use(text: str, uses: list[Use]) -> None:
    assert [found.use for found in find_invisible(text)] == uses


def test_names_are_in_the_language_of_the_reader() -> None:
    with translation.override("en"):
        assert get_character_name("\u202e") == "right-to-left override"
        assert get_character_name("\u180e") == "mongolian vowel separator"
        assert get_character_name("\U000e0041") == "invisible tag character"
        assert label_invisible("a\u200bb Ma\u00adschi\u00adne") == "a‹U+200B zero-width space›b Ma\u00adschi\u00adne"
    with translation.override("de"):
        assert get_character_name("\u200b") == "breitenloses Leerzeichen"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_found_is_where_it_says(text: str) -> None:
    assert all(text[found.place : found.end] == found.character * found.count for found in find_invisible(text))


def test_equal_characters_that_follow_each_other_are_found_and_named_once() -> None:
    text = "a" + "\u200b" * 7990
    assert [(found.place, found.count) for found in find_invisible(text)] == [(1, 7990)]
    with translation.override("en"):
        assert label_invisible(text) == "a‹U+200B ×7990 zero-width space›"
        assert len(label_invisible("\u200b\u200c" * 4000)) < 8000 * 10 + MAX_SUSPICIOUS * 30


def test_a_text_with_too_many_of_them_is_refused() -> None:
    with translation.override("en"):
        assert explain_too_many("a\u200b" * MAX_SUSPICIOUS + "Ma\u00adschine" * 300) == ""
        reason = "The text has more than 200 characters that no reader sees. Delete them."
        assert explain_too_many("a\u200b" * MAX_SUSPICIOUS + "\u202e") == reason
