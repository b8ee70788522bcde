"""The field for texts that people type."""

import pytest
from django.core.exceptions import ValidationError

from community.posting.fields import TypedTextField


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
        ("a\0b", "not_storable"),
        ("a\0b" * 11, "not_storable"),
        ("\ud800 b", "not_storable"),
        ("  ", "required"),
    ],
)
def test_what_cannot_be_kept_is_refused_once(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TypedTextField(min_length=2, max_length=10).clean(typed)
    assert [error.code for error in refusal.value.error_list] == [code]


def test_the_length_counts_the_text_that_is_kept() -> None:
    assert TypedTextField(max_length=10).clean("  1\r\n3\r\n5\r\n7\r\n9\r\n  ") == "1\n3\n5\n7\n9"


@pytest.mark.parametrize(("typed", "message"), [("a" * 11, "Longer than 10."), ("a\0b", "Not this."), (" ", "Write!")])
def test_a_form_gives_its_own_messages(typed: str, message: str) -> None:
    messages = {"max_length": "Longer than 10.", "not_storable": "Not this.", "required": "Write!"}
    with pytest.raises(ValidationError) as refusal:
        TypedTextField(max_length=10, error_messages=messages).clean(typed)
    assert refusal.value.messages == [message]
