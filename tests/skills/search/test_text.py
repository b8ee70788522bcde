import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.search.text import WORD_MAX_LENGTH, build_trigrams, split_words
from skills.text.folding import fold

any_text = st.text(st.characters(), max_size=300)


@pytest.mark.parametrize(
    "written",
    ["Übung", "übung", "ÜBUNG", "uebung", "Uebung", "UEBUNG", "Ubung", "u\u0308bung", "Ü\u00adbung"],
)
def test_every_spelling_of_an_umlaut_is_one_word(written: str) -> None:
    assert split_words(written) == ["ubung"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Größe", "groesse"),
        ("Æsir", "aesir"),
        ("Citroën", "citroen"),
        ("café", "CAFE"),
        ("Łódź", "lodz"),
        ("Ёлка", "елка"),
        ("Ψυχή", "ψυχη"),
        ("ﬁne", "fine"),
        ("２０２６", "2026"),
        ("İstanbul", "istanbul"),
    ],
)
def test_case_and_accents_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_queue_is_not_read_as_an_umlaut() -> None:
    assert [fold("quest"), fold("Quelle")] == ["quest", "quelle"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CI/CD", ["ci", "cd"]),
        ("C++, C# and C", ["cplusplus", "csharp", "and", "c"]),
        ("Notepad++, C++17", ["notepad", "cplusplus", "17"]),
        ("W&B", ["wandb"]),
        ("ASP.NET", ["asp", "net"]),
        (".NET", ["net"]),
        ("end-to-end", ["end", "to", "end"]),
        ("snake_case", ["snake", "case"]),
        ("5+ years", ["5plus", "years"]),
        ("Docker+Kubernetes", ["docker", "kubernetes"]),
        ("Research&Development", ["research", "development"]),
        ("\u2028\t  🎉 «»", []),
        ('"; DROP TABLE--', ["drop", "table"]),
    ],
)
def test_signs_divide_words_unless_they_are_part_of_them(text: str, expected: list[str]) -> None:
    assert split_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("機械学習", ["機械", "械学", "学習", "習"]),
        ("学", ["学"]),
        ("Python入門3", ["python", "入門", "門", "3"]),
        ("ﾃﾞｰﾀ", ["テー", "ータ", "タ"]),
        ("葛\U000e0100城", ["葛城", "城"]),
        ("เข้า", ["เข", "ขา", "า"]),
    ],
)
def test_scripts_without_spaces_are_split_into_pairs_of_characters(text: str, expected: list[str]) -> None:
    assert split_words(text) == expected


def test_vowel_signs_belong_to_their_word() -> None:
    assert split_words("हिन्दी में") == ["हिनदी", "में"]


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2060", "\ufe0f", "\U000e0041", "\u00ad"])
def test_characters_that_nobody_sees_do_not_hide_a_word(hidden: str) -> None:
    assert split_words(f"{hidden}Ex{hidden}periment{hidden}") == ["experiment"]


def test_a_word_without_end_is_cut() -> None:
    assert split_words("x" * 10_000) == ["x" * WORD_MAX_LENGTH]


@given(any_text)
def test_words_of_any_text_hold_letters_their_vowel_signs_and_digits_only(text: str) -> None:
    words = split_words(text)
    assert [word for word in words if not word[0].isalnum() or len(word) > WORD_MAX_LENGTH] == []
    assert {unicodedata.category(char) for char in "".join(words) if not char.isalnum()} <= {"Mn", "Mc"}


@given(any_text)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_trigrams_know_where_a_word_begins_and_ends() -> None:
    assert build_trigrams(["go", "up"]) == {"  g", " go", "go ", "  u", " up", "up "}
