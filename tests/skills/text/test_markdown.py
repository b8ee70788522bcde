"""Markdown as pages show it: a text with too many marks is shown as plain text, and nothing takes long."""

import pytest

from benchmarks.rendering import LENGTH, WORST_TEXTS, measure_milliseconds
from skills.text import markdown

MOST_ORDINARY_TEXTS = 100


@pytest.mark.parametrize("name", WORST_TEXTS)
def test_no_text_as_long_as_a_comment_takes_long(name: str) -> None:
    """Compared with ordinary text of the same length in the same run: machines differ, and may be busy."""
    assert measure_milliseconds(WORST_TEXTS[name]) < MOST_ORDINARY_TEXTS * measure_milliseconds(
        WORST_TEXTS["ordinary words"]
    )


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


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("See https://a.example/x_y_z?q=1&r=2.", "https://a.example/x_y_z?q=1&amp;r=2", "."),
        ("(HTTP://a.example)", "HTTP://a.example", ")"),
        ("**https://a.example/**", "https://a.example/", "</strong>"),
    ],
)
def test_a_bare_url_is_a_link(text: str, address: str, after: str) -> None:
    assert f'<a href="{address}" rel="nofollow ugc noopener">{address}</a>{after}' in markdown.render(text)


@pytest.mark.parametrize("text", ["`https://a.example`", "javascript://a.example", "xhttps://a.example", "https://"])
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert "<a " not in markdown.render(text)


def test_an_address_in_a_link_makes_no_link_of_its_own() -> None:
    assert markdown.render("[https://b.example](https://a.example)").count("<a ") == 1
