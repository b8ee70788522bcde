"""Forms of the review page: one for each button of a reviewer."""

import re
from collections.abc import Mapping
from typing import Any, override

from django import forms
from django.utils.translation import gettext_lazy

from community.models import DeclineReason
from community.models.suggestions import REASON_MAX_LENGTH
from community.posting.fields import DisplayedRowsField, IdField, IdsField, OfferedChoiceField, TypedTextField
from skills.models import Obligation, Significance
from skills.text.storable import is_storable

# Example: "text-17" is the edited text of the change with pk 17.
EDITED_TEXT = re.compile(r"text-[0-9]+")
EDITED_OBLIGATION = re.compile(r"obligation-[0-9]+")

NOT_STORABLE = gettext_lazy("This text contains a character that cannot be saved.")


class MessageField(TypedTextField):
    """A message or a reason. It may be empty here: whether it is required is a rule of `deciding`."""

    default_error_messages = dict.fromkeys(
        ("max_length", "not_storable"),
        gettext_lazy("This text is too long or contains a character that cannot be saved."),
    )

    def __init__(self) -> None:
        super().__init__(required=False, max_length=REASON_MAX_LENGTH)


class ReasonField(forms.ModelChoiceField[DeclineReason]):
    """One of the decline reasons that are offered."""

    default_error_messages = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a reason to decline."))

    def __init__(self) -> None:
        super().__init__(DeclineReason.objects.filter(is_offered=True))

    @override
    def to_python(self, value: Any) -> DeclineReason | None:
        """Return the reason with this id; None if nothing was chosen."""
        # IdField turns what is no number into an id that no row has.
        return super().to_python(IdField(required=False).to_python(value))


class DecisionForm(forms.Form):
    """What every button that decides sends.

    `next` is the id of the suggestion to open afterwards, `displayed` the digest of what the reviewer read.
    """

    next = IdField(required=False)
    displayed = forms.Field(required=False)


class AcceptForm(DecisionForm):
    """The ids of the ticked changes (`change`), each with the text as the reviewer edited it (`text-<id>` etc.)."""

    significance = OfferedChoiceField(
        choices=Significance.choices,
        coerce=Significance,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("The significance is missing.")),
    )
    change = IdsField(required=False)
    own_reason = MessageField()

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        # One field for each edited change. `Pane.collect_edits` ignores ids that are not ticked or not pending.
        for name in data:
            if EDITED_TEXT.fullmatch(name):
                self.fields[name] = TypedTextField(required=False, error_messages={"not_storable": NOT_STORABLE})
            elif EDITED_OBLIGATION.fullmatch(name):
                self.fields[name] = OfferedChoiceField(choices=Obligation.choices)

    @override
    def clean(self) -> None:
        """Check all data of the request; raises `ValidationError` for a text that cannot be stored."""
        super().clean()
        # Field names hold ids of changes, so data under unknown names (`seen-<id>` and others) is checked as well.
        if not self.errors and not is_storable("".join(self.data.values())):
            raise forms.ValidationError(NOT_STORABLE)

    def get_edited_fields(self) -> dict[str, str]:
        """Return all data of the request by field name, as `build_pane` reads it, with cleaned texts."""
        texts = {name: text for name, text in self.cleaned_data.items() if EDITED_TEXT.fullmatch(name)}
        return {**{name: str(self.data[name]) for name in self.data}, **texts}


class DeclineForm(DecisionForm):
    """Why a suggestion is declined: a reason from the list and an optional message to the author."""

    reason = ReasonField()
    decline_message = MessageField()
    own_reason = MessageField()


class RequestChangesForm(DecisionForm):
    """What the author must change."""

    message = MessageField()


class UndoForm(forms.Form):
    """Why a decision is undone, or that it was made by mistake, and the id of the decision that the reviewer read."""

    message = MessageField()
    decision = IdField(required=False)
    by_mistake = forms.BooleanField(required=False)


class DeclineManyForm(forms.Form):
    """The ids of the ticked suggestions in the queue (`pick`), and why they are declined.

    `displayed` is the primary key of the latest step of each suggestion when the queue was shown.
    """

    reason = ReasonField()
    displayed = DisplayedRowsField(required=False)
    pick = IdsField(error_messages={"required": gettext_lazy("Tick at least one suggestion.")})


class PromotionForm(forms.Form):
    """The ids of the people to promote to reviewers."""

    person = IdsField(required=False)
