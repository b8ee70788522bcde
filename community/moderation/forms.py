"""What people type on the pages of moderation, one form for each kind of button."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models import Fault
from community.models.moderation import WORDS_MAX_LENGTH
from community.posting.fields import TypedTextField, faults_of

LAST_DAY = date(9000, 12, 31)
"""Far from the end of what a date can be; how long a suspension may last is a rule of people.py."""


def _make_words_field() -> TypedTextField:
    refused = _("These words are too long or hold a character that cannot be kept.")
    messages = {"max_length": refused, "not_storable": refused}
    return TypedTextField(required=False, max_length=WORDS_MAX_LENGTH, error_messages=messages)


class AlertForm(forms.Form):
    """A form whose page shows all errors in one place."""

    @property
    def alert(self) -> str:
        """All errors of what was sent, as one text; '' where there are none."""
        return " ".join(faults_of(self))


class ReportForm(AlertForm):
    """What is wrong with what others wrote. That one of the faults needs words is a rule of reports.py."""

    WITHOUT_FAULT = _("Choose what is wrong.")

    fault = forms.TypedChoiceField(
        choices=Fault.choices,
        coerce=Fault,
        error_messages={"required": WITHOUT_FAULT, "invalid_choice": WITHOUT_FAULT},
    )
    words = _make_words_field()


class ReasonForm(AlertForm):
    """Why a moderator does something. The rules say which actions need it, once they know who may do them."""

    words = _make_words_field()


class SuspensionForm(ReasonForm):
    """Why a person is suspended, and until the end of which day."""

    WITHOUT_DAY = _("Choose a date.")

    until = forms.DateField(
        input_formats=["%Y-%m-%d"],
        validators=[MaxValueValidator(LAST_DAY, WITHOUT_DAY)],
        error_messages={"required": WITHOUT_DAY, "invalid": WITHOUT_DAY},
    )

    def clean_until(self) -> datetime:
        """Return the end of the day, which is when a suspension ends."""
        day: date = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
