"""Markdown as pages show it: what is too much of it stays as it was typed, and nothing takes long."""

import pytest

from benchmarks.rendering import LENGTH, WORST, milliseconds
from skills import markdown

MOST_MILLISECONDS = 50


@pytest.mark.parametrize("name", WORST)
def test_no_text_as_long_as_a_comment_takes_long(name: str) -> None:
    assert milliseconds(WORST[name]) < MOST_MILLISECONDS


def test_five_hundred_marks_are_read_as_markdown_and_one_more_is_shown_as_typed() -> None:
    within, beyond = "*a* " * 250, "*a* " * 250 + "*"
    assert markdown.render(within).count("<em>a</em>") == 250
    assert markdown.render(beyond) == f"<p>{beyond}</p>"
    lines = "<b>\n" * 300
    assert markdown.render(lines) == "<p>" + "&lt;b&gt;<br>" * 300 + "</p>"


def test_links_are_read_in_a_long_text_up_to_a_number() -> None:
    links = "[a](https://a.example) " * 40
    text = links + "x" * (LENGTH - len(links))
    assert markdown.render(text).count("<a ") == 40
    assert "<a " not in markdown.render(links * 3)
