import pytest

from skills.text.direction import format_language_attributes, get_direction, isolate


@pytest.mark.parametrize("language", ["ar", "he", "fa-IR", "az-Arab", "ckb", "UR", "pa_Arab_PK", "yi"])
def test_languages_written_from_right_to_left(language: str) -> None:
    assert get_direction(language) == "rtl"
    assert format_language_attributes(language) == f'lang="{language}" dir="rtl"'


@pytest.mark.parametrize("language", ["en", "de", "pt-BR", "ar-Latn", "az", "az-Latn", "art", "", "x"])
def test_languages_written_from_left_to_right(language: str) -> None:
    assert get_direction(language) == "ltr"


def test_a_language_code_never_leaves_its_attribute() -> None:
    assert format_language_attributes('en" onclick="x') == 'lang="en&quot; onclick=&quot;x" dir="ltr"'


def test_only_text_from_right_to_left_is_isolated_in_plain_text() -> None:
    assert [isolate("Brot", "de"), isolate("خبز", "ar"), isolate("", "ar")] == ["Brot", "\u2068خبز\u2069", ""]
