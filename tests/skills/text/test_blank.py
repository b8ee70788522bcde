"""Texts that display nothing."""

import pytest

from skills.text.blank import displays_nothing, is_blank


@pytest.mark.parametrize(
    "text", ["", " \n\u00a0", "\u200b", "\u3164\u3164", "\u2800", "\u0301", "\ufeff \u2060", "\U000e0041"]
)
def test_spaces_hidden_characters_and_lone_marks_are_blank(text: str) -> None:
    assert is_blank(text)
    assert displays_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "[](https://example.org)",
            "[note]: https://example.org",
            "[note]:\nhttps://example.org",
            "&#8203;",
            "&nbsp;",
        ),
        *("```python\n```", "~~~", "---", "#", "- ", "1. ", "> \n> ", "***", "|  |\n|--|", "- [a]: /b", "[\u200b](/x)"),
    ],
)
def test_markdown_that_renders_to_nothing_displays_nothing(text: str) -> None:
    assert not is_blank(text)
    assert displays_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Kneads.",
        "- Kneads.",
        "**Kneads**",
        "5",
        "1. Kneads",
        "[x](/y)",
        "<!-- x -->",
        "`x`",
        "🍞",
        "…",
        "学",
        "[ ]",
        "> x",
    ],
)
def test_what_a_reader_sees_is_no_nothing(text: str) -> None:
    assert not is_blank(text)
    assert not displays_nothing(text)
