"""The form of names, and what they may hold."""

import pytest
from django.core.exceptions import ValidationError

from skills.text.folding import build_look_key, build_sort_key, normalize_case
from skills.text.names import check_name, find_hidden_character, has_ink, normalize_name, repair_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("A\u0308pfel", "Äpfel"),
        ("  Brot \t\n backen ", "Brot backen"),
        ("Brot\u00a0\u2003backen\u3000", "Brot backen"),
        ("Brot\u2028backen", "Brot backen"),
        ("\u00a0", ""),
    ],
)
def test_names_are_composed_and_have_single_spaces(typed: str, name: str) -> None:
    assert normalize_name(typed) == name


@pytest.mark.parametrize(
    "hidden",
    [
        *("\u200b", "\u00ad", "\u2060", "\ufeff", "\u202e", "\u2066", "\u061c", "\u200e", "\x07", "\x00", "\ud800"),
        *(
            "\U000e0041",
            "\ue000",
            "\u0378",
            "\u034f",
            "\u3164",
            "\u115f",
            "\uffa0",
            "\u2800",
            "\ufe0f",
            "\u180b",
            "\ufffc",
        ),
    ],
)
def test_a_character_that_nobody_sees_is_refused_and_named(hidden: str) -> None:
    for name in (f"Bak{hidden}ing", f"{hidden}Baking", f"Baking{hidden}", hidden):
        assert find_hidden_character(name) == hidden
        with pytest.raises(ValidationError) as refused:
            check_name(name)
        assert f"U+{ord(hidden):04X}" in refused.value.messages[0]


@pytest.mark.parametrize("joined", ["An\u200dna", "An\u200cna", "🍞\u200d", "\u200d🍞", "می\u200c", "\u200cمی"])
def test_joiners_are_refused_where_they_join_nothing(joined: str) -> None:
    assert find_hidden_character(joined) is not None


@pytest.mark.parametrize(
    "name",
    [
        *("می\u200cخواهم", "ක්\u200dෂ", "র\u200d্যাম", "ന്\u200d", "क्‍ष", "葛\U000e0100城"),
        *(
            "👩🏽\u200d🍳",
            "👩\u200d💻",
            "🏳\ufe0f\u200d🌈",
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "ℹ\ufe0f",
            "❤\ufe0f\u200d🔥",
            "1\ufe0f\u20e3",
            "C++",
            "§ 5",
            "!?",
            "Ὀδυσσεύς",
            "学習",
        ),
    ],
)
def test_names_of_every_script_and_emoji_are_fine(name: str) -> None:
    check_name(name)
    assert normalize_name(name) != ""


@pytest.mark.parametrize("nothing", ["\u0301", "\u0301\u0308", " ", "\u20e3"])
def test_marks_and_spaces_alone_show_nothing(nothing: str) -> None:
    assert not has_ink(nothing)
    with pytest.raises(ValidationError):
        check_name(nothing)


@pytest.mark.parametrize(
    ("text", "limit", "name"),
    [
        ("An\u200bna \u202eBeck", 20, "Anna Beck"),
        ("\u3164\u3164", 20, ""),
        ("\u0301", 20, ""),
        ("Anna Beck", 5, "Anna"),
        ("🍞👩\u200d🍳", 3, "🍞"),
        ("می\u200cخواهم", 20, "می\u200cخواهم"),
    ],
)
def test_a_name_from_a_server_is_repaired(text: str, limit: int, name: str) -> None:
    assert repair_name(text, limit) == name


def test_names_are_sorted_as_in_a_dictionary() -> None:
    names = ["Ähnlichkeit", "Zopf", "apfel", "Birne", "Apfel", "École", "Øl", "ßa", "Straße", "Ahorn"]
    assert sorted(names, key=lambda name: (build_sort_key(name), name)) == [
        *("Ähnlichkeit", "Ahorn", "Apfel", "apfel", "Birne", "École", "Øl", "ßa", "Straße", "Zopf")
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("Ölwechsel", "ölwechsel", "O\u0308lwechsel", "Oelwechsel", "Öl-Wechsel", "ÖL  WECHSEL"),
        ("Apache", "\u0410pache", "Ap\u0430che"),  # Cyrillic
        ("Kotlin", "\u039aotlin"),  # Greek
        ("C++", "c ++"),
        ("Baking", "Bak\u200bing", "Ｂａｋｉｎｇ"),
    ],
)
def test_names_that_look_the_same_have_the_same_key(names: tuple[str, ...]) -> None:
    assert len({build_look_key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("C", "C++"), ("C", "C#"), ("C", "C♯"), ("Backen", "Packen"), ("Teil 1", "Teil 2"), ("🍞", "🥐")]
)
def test_names_that_differ_have_different_keys(one: str, other: str) -> None:
    assert build_look_key(one) != build_look_key(other)


def test_upper_and_lower_case_are_the_same_in_every_script() -> None:
    assert normalize_case("ÖLWECHSEL") == normalize_case("o\u0308lwechsel")
    assert normalize_case("Schön") != normalize_case("Schon")
