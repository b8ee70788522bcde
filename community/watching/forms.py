"""Forms of watching: the buttons on a page of the catalogue, and the list of all watches of a person."""

from typing import Any, override

from django import forms
from django.utils.translation import gettext_lazy

from community.models import Watch
from community.posting.fields import DisplayedRowsField, IdsField, OfferedChoiceField
from skills.web.typed_input import parse_numbers


class LevelField(OfferedChoiceField):
    """The chosen level: watch, mute, or None for neither."""

    def __init__(self) -> None:
        # Django's own message would repeat the value that was sent.
        messages = {"invalid_choice": gettext_lazy("A thing is watched or muted, or neither.")}
        super().__init__(
            choices=Watch.Level.choices, coerce=Watch.Level, empty_value=None, required=False, error_messages=messages
        )


class RowField(forms.Field):
    """The button of one row, `<id>:<level>`, as its ids and level; None where another button was pressed."""

    @override
    def to_python(self, value: Any) -> tuple[list[int], Watch.Level | None] | None:
        """Return the ids and the level. The ids are empty if the value holds no number.

        Raises `BadRequest` for a level that does not exist.
        """
        if not value:
            return None
        # "12:mute" → ([12], MUTE); "12:" ends watch 12.
        number, _colon, level = str(value).partition(":")
        return parse_numbers([number]), LevelField().clean(level)


class WatchForm(forms.Form):
    """The buttons for one target, and the level that they displayed: "" for none, None if the form does not say."""

    level = LevelField()
    displayed = forms.Field(required=False)

    def clean_displayed(self) -> str | None:
        """Return the displayed level, None for a form of an earlier version of the site."""
        return self.data.get("displayed")


class WatchListForm(forms.Form):
    """The list of watches: the button of one `row`, or a `level` for all ticked rows (`chosen`)."""

    level = LevelField()
    displayed = DisplayedRowsField(required=False)
    row = RowField(required=False)
    chosen = IdsField(required=False)
