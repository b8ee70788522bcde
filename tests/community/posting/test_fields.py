"""The field for texts that people type."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from community.posting.fields import TypedTextField

REFUSED = "These words are too long or hold a character that cannot be kept."


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Advertising. \r\n", "Advertising."),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("   ", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_line_ends_are_joined_and_white_space_at_the_ends_goes(typed: str | None, kept: str) -> None:
    assert TypedTextField(required=False).clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("a" * 11, "max_length"),
        ("a", "min_length"),
        ("  a  ", "min_length"),
        ("a\0b", "unstorable"),
        ("a\0b" * 11, "unstorable"),
        ("\ud800 b", "unstorable"),
        ("  ", "required"),
    ],
)
def test_what_cannot_be_kept_is_refused_once(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TypedTextField(min_length=2, max_length=10).clean(typed)
    assert [error.code for error in refusal.value.error_list] == [code]


def test_the_length_counts_the_text_that_is_kept() -> None:
    assert TypedTextField(max_length=10).clean("  1\r\n3\r\n5\r\n7\r\n9\r\n  ") == "1\n3\n5\n7\n9"


@pytest.mark.parametrize("typed", ["a" * 11, "a\0b"])
def test_too_long_and_unstorable_have_the_same_message_unless_a_form_says_more(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TypedTextField(max_length=10).clean(typed)
    with override("en"):
        assert refusal.value.messages == [REFUSED]
    messages = {"max_length": "Longer than 10.", "unstorable": "Not this."}
    with pytest.raises(ValidationError) as refusal:
        TypedTextField(max_length=10, error_messages=messages).clean(typed)
    assert refusal.value.messages == [messages["unstorable" if "\0" in typed else "max_length"]]
