"""Forms of the moderation pages, one for each kind of button."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models import Fault
from community.models.moderation import MESSAGE_MAX_LENGTH
from community.posting.fields import TypedTextField

LAST_DAY = date(9000, 12, 31)
"""Well below `date.max`, so that adding a day cannot fail; people.py limits how long a suspension may last."""


def _build_text_field() -> TypedTextField:
    error_message = _("This text is too long or contains a character that cannot be saved.")
    error_messages = {"max_length": error_message, "not_storable": error_message}
    return TypedTextField(required=False, max_length=MESSAGE_MAX_LENGTH, error_messages=error_messages)


class ReportForm(forms.Form):
    """What is wrong with what others wrote.

    `reports.create_report` checks that one of the faults comes with a message.
    """

    # One message both for a missing and for an unknown choice.
    FAULT_REQUIRED = _("Choose what is wrong.")

    fault = forms.TypedChoiceField(
        choices=Fault.choices,
        coerce=Fault,
        error_messages={"required": FAULT_REQUIRED, "invalid_choice": FAULT_REQUIRED},
    )
    message = _build_text_field()


class ReasonForm(forms.Form):
    """Why a moderator does something.

    The field is optional here: the functions that carry out the actions require a reason where they need one,
    after they have checked who may act.
    """

    reason = _build_text_field()


class SuspensionForm(ReasonForm):
    """Why a person is suspended, and until the end of which day."""

    DATE_REQUIRED = _("Choose a date.")

    until = forms.DateField(
        input_formats=["%Y-%m-%d"],
        validators=[MaxValueValidator(LAST_DAY, DATE_REQUIRED)],
        error_messages={"required": DATE_REQUIRED, "invalid": DATE_REQUIRED},
    )

    def clean_until(self) -> datetime:
        """Return the end of the chosen day, which is when a suspension ends."""
        day: date = self.cleaned_data["until"]
        # Midnight at the beginning of the next day, in the time zone of the moderator.
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
