"""Markdown as plain text: what a page shows, without marks, cut where a reader sees the end of a word or character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.text.characters import split_characters
from skills.text.markup.plain import build_excerpt_line, render_plain, shorten_at_word

FAMILY, FLAG = "👩\u200d👩\u200d👧", "🇩🇪"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**wichtig** und *so*, ~~weg~~", "wichtig und so, weg"),
        ("[text](https://a.example/x) https://b.example", "text https://b.example"),
        ("# Title\n\nA\nb\n\nc", "Title\nA\nb\nc"),
        ("- a\n- b\n  1. c\n  2. d\n\n3) e", "• a\n• b\n  1. c\n  2. d\n3. e"),
        ("- a\n\n- b", "• a\n• b"),
        ("Run `a * b`:\n\n```sh\nif x:\n    *y*\n```", "Run a * b:\nif x:\n    *y*"),
        ("> so\n\nno", "so\nno"),
        ("|a|b|\n|-|-|\n|1|`|`|", "a · b\n1 · `"),
        ("2 * 3 * 4 = snake_case <b> \\*", "2 * 3 * 4 = snake_case <b> *"),
        ("a\n\n---\n\nb", "a\nb"),
    ],
)
def test_marks_are_left_out(text: str, plain: str) -> None:
    assert render_plain(text) == plain


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("x" * 30, 10, "x" * 9 + "…"),
        ("a\u0301" * 11, 10, "a\u0301" * 9 + "…"),
        (FAMILY * 5, 4, FAMILY * 3 + "…"),
        (FLAG * 9, 8, FLAG * 7 + "…"),
    ],
)
def test_a_text_is_cut_between_words_or_characters(text: str, length: int, cut: str) -> None:
    assert shorten_at_word(text, length) == cut


@given(st.text(max_size=100), st.integers(1, 50))
def test_an_excerpt_is_one_line_of_limited_length(text: str, length: int) -> None:
    excerpt = build_excerpt_line(text, length)
    assert len(split_characters(excerpt)) <= length
    assert "\n" not in excerpt
    assert excerpt or not text.split()


def test_an_excerpt_of_what_shows_nothing_is_the_text_as_typed() -> None:
    assert build_excerpt_line("[a]: b", 20) == "[a]: b"
