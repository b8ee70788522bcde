"""Characters that no reader sees are found and named, and those that scripts and emoji need are distinguished."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from skills.text.invisible import Use, find_invisible, get_character_name, label_invisible


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
        ("filler \u3164, object \ufffc", [Use.SUSPICIOUS] * 2),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", [Use.USUAL]),  # Persian
        ("\u0915\u094d\u200d\u0937", [Use.USUAL]),  # Devanagari
        ("Ma\u00adschi\u00adnen", [Use.USUAL] * 2),
        ("\u05e9\u05dc\u05d5\u05dd\u200f!", [Use.USUAL]),
        ("\U0001f468\u200d\U0001f469", [Use.EMOJI]),
        ("\u2764\ufe0f 1\ufe0f\u20e3", [Use.EMOJI] * 2),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", [Use.EMOJI] * 3),
        ("\u845b\U000e0100", [Use.EMOJI]),
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
    assert all(text[found.place] == found.character for found in find_invisible(text))
