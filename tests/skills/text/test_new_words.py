"""What is new in a text is marked phrase by phrase, and nothing else of it changes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.text.markup import markdown
from skills.text.new_words import mark_new_words


def marked(before: str, after: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", mark_new_words(markdown.render(before), markdown.render(after)))


def test_words_that_were_nowhere_before_are_marked_as_phrases() -> None:
    assert marked("Trains models.", "Trains large models, compares runs.") == ["large", "compares runs."]


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ("機械学習の運用", "機械翻訳の運用を監視する", ["翻訳", "を監視する"]),
        ("ที่นำเข้า", "ที่นำออก", ["ออก"]),
        ("Trains models.", "Trains 学習 models.", ["学習"]),
        ("学", "学", []),
    ],
)
def test_in_scripts_without_spaces_characters_are_marked(before: str, after: str, new: list[str]) -> None:
    assert marked(before, after) == new


def test_an_equal_text_has_nothing_new() -> None:
    assert marked("Trains *models*.", "Trains **models**!") == []


def test_small_words_alone_are_not_marked() -> None:
    assert marked("Trains models.", "Trains models for the MLOps team.") == ["for the MLOps team."]
    assert marked("Trains models team.", "Trains models for the team.") == []


def test_a_phrase_ends_where_a_list_item_ends() -> None:
    assert marked("You can:", "You can:\n- write tests\n- review code") == ["write tests", "review code"]


def test_markup_stays_whole() -> None:
    shown = mark_new_words(markdown.render("a"), markdown.render("**Brand new** & <b>"))
    assert shown == "<p><strong><mark>Brand new</mark></strong> &amp; &lt;b&gt;</p>"


@given(st.text(), st.text())
def test_without_the_marks_the_text_is_what_it_was(before: str, after: str) -> None:
    html = markdown.render(after)
    shown = mark_new_words(markdown.render(before), html)
    assert shown.replace("<mark>", "").replace("</mark>", "") == html
