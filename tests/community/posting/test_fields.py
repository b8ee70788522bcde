"""Form fields for what people type and choose: what they clean, and how they refuse."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict

from community.posting.fields import (
    INVALID_ID,
    IdField,
    IdsField,
    OfferedChoiceField,
    TypedTextField,
    read_form,
)
from community.posting.refusals import InvalidInput
from skills.web.form_errors import list_form_errors


def messages(form: forms.Form) -> list[str]:
    return [error.message for error in list_form_errors(form)]


class Letter(forms.Form):
    """A form with one field of each kind."""

    text = TypedTextField(max_length=10, error_messages={"not_storable": "No such character."})
    answers = IdField(required=False)
    people = IdsField(required=False)
    button = OfferedChoiceField(choices=[("send", "Send")], required=False)


@pytest.mark.parametrize(
    ("typed", "text"), [("  a\r\nb ", "a\nb"), ("a\rb", "a\nb"), ("a\nb\r\n\r\n", "a\nb"), ("a \r\n b", "a \n b")]
)
def test_a_text_loses_spaces_at_its_ends_and_has_one_kind_of_line_end(typed: str, text: str) -> None:
    assert TypedTextField().clean(typed) == text


@pytest.mark.parametrize("typed", ["a\0b", "a\ud800b"])
def test_a_text_that_cannot_be_stored_is_refused_and_comes_back_as_typed(typed: str) -> None:
    form = Letter({"text": typed})
    assert messages(form) == ["No such character."]
    assert form["text"].value() == typed


@pytest.mark.parametrize("typed", ["", "  ", "\r\n", "eleven char"])
def test_a_text_that_is_empty_or_too_long_is_refused(typed: str) -> None:
    form = Letter({"text": typed})
    with pytest.raises(InvalidInput) as refusal:
        read_form(form)
    assert list(refusal.value.reasons) == messages(form)
    assert len(refusal.value.reasons) == 1


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("12", 12),
        ("", None),
        (None, None),
        ("x", INVALID_ID),
        ("-1", INVALID_ID),
        ("1.0", INVALID_ID),
        ("١", INVALID_ID),
        ("9" * 5_000, INVALID_ID),
    ],
)
def test_an_id_that_is_not_a_number_matches_no_row(sent: str | None, number: int | None) -> None:
    assert IdField(required=False).clean(sent) == number


def test_of_several_ids_those_that_are_no_numbers_are_left_out() -> None:
    form = Letter(QueryDict("text=a&people=3&people=x&people=1&people=-2&people="))
    assert read_form(form)["people"] == [3, 1]


def test_ids_that_are_needed_must_name_something() -> None:
    class Ticked(forms.Form):
        pick = IdsField(error_messages={"required": "Tick one."})

    assert messages(Ticked(QueryDict("pick=x&pick="))) == ["Tick one."]
    assert messages(Ticked(QueryDict("pick=x&pick=7"))) == []


@pytest.mark.parametrize(("data", "button"), [({}, ""), ({"button": "send"}, "send")])
def test_an_offered_choice_is_read(data: dict[str, Any], button: str) -> None:
    assert read_form(Letter({"text": "a"} | data))["button"] == button


@pytest.mark.parametrize("value", ["Send", "burn", "\0", "send "])
def test_a_choice_that_is_not_offered_is_a_bad_request(value: str) -> None:
    with pytest.raises(BadRequest):
        Letter({"text": "a", "button": value}).is_valid()
