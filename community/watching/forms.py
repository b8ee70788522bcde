"""Forms of watching: the button of one thing, and the list with a button for each row and one for what is ticked."""

from typing import Any, override

from django import forms
from django.utils.translation import gettext_lazy

from community.models import Watch
from community.posting.fields import IdsField, OfferedChoiceField
from skills.web.typed_input import parse_numbers


class LevelField(OfferedChoiceField):
    """Watch, mute, or None for neither."""

    def __init__(self) -> None:
        messages = {"invalid_choice": gettext_lazy("A thing is watched or muted, or neither.")}
        super().__init__(
            choices=Watch.Level.choices, coerce=Watch.Level, empty_value=None, required=False, error_messages=messages
        )


class RowField(forms.Field):
    """The button of one row, `<id>:<level>`, as its ids and level; None where another button was pressed."""

    @override
    def to_python(self, value: Any) -> tuple[list[int], Watch.Level | None] | None:
        """Return the ids, none where the value holds no number, and the level."""
        if not value:
            return None
        number, _colon, level = str(value).partition(":")
        return parse_numbers([number]), LevelField().clean(level)


class WatchForm(forms.Form):
    """What somebody wants of one thing."""

    level = LevelField()


class WatchListForm(WatchForm):
    """The button of a `row`, or the `level` of everything that is ticked (`chosen`)."""

    row = RowField(required=False)
    chosen = IdsField(required=False)
