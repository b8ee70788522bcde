"""Forms of the review page: one for each button of a reviewer."""

import re
from collections.abc import Mapping
from typing import Any, override

from django import forms
from django.utils.translation import gettext_lazy

from community.models import DeclineReason
from community.models.suggestions import REASON_MAX_LENGTH
from community.posting.fields import IdField, IdsField, OfferedChoiceField, TypedTextField
from skills.models import Obligation, Significance
from skills.text.storable import is_storable

EDITED_TEXT = re.compile(r"text-[0-9]+")
EDITED_OBLIGATION = re.compile(r"obligation-[0-9]+")

NOT_STORABLE = gettext_lazy("This text holds a character that cannot be kept.")


class MessageField(TypedTextField):
    """A message or a reason. An empty one is accepted here: whether it must be given is a rule of `deciding`."""

    default_error_messages = dict.fromkeys(
        ("max_length", "not_storable"),
        gettext_lazy("These words are too long or hold a character that cannot be kept."),
    )

    def __init__(self) -> None:
        super().__init__(required=False, max_length=REASON_MAX_LENGTH)


class ReasonField(forms.ModelChoiceField[DeclineReason]):
    """One of the reasons that are offered to decline for."""

    default_error_messages = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a reason to decline."))

    def __init__(self) -> None:
        super().__init__(DeclineReason.objects.filter(is_offered=True))

    @override
    def to_python(self, value: Any) -> DeclineReason | None:
        """Return the reason with this id; None where nothing was chosen."""
        return super().to_python(IdField(required=False).to_python(value))


class DecisionForm(forms.Form):
    """What every button that decides sends: `next` is the suggestion to be opened afterwards."""

    next = IdField(required=False)


class AcceptForm(DecisionForm):
    """The ticked changes (`change`), each with the text that the reviewer made of it (`text-<id>` and the like)."""

    significance = OfferedChoiceField(
        choices=Significance.choices,
        coerce=Significance,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("The significance is missing.")),
    )
    change = IdsField(required=False)
    own_reason = MessageField()

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        for name in data:
            if EDITED_TEXT.fullmatch(name):
                self.fields[name] = TypedTextField(required=False, error_messages={"not_storable": NOT_STORABLE})
            elif EDITED_OBLIGATION.fullmatch(name):
                self.fields[name] = OfferedChoiceField(choices=Obligation.choices)

    @override
    def clean(self) -> None:
        """Check all that was sent; raises `ValidationError` for a text that cannot be stored."""
        super().clean()
        # Names of fields hold the ids of changes, so what is sent under unknown ones is looked at as well.
        if not self.errors and not is_storable("".join(self.data.values())):
            raise forms.ValidationError(NOT_STORABLE)

    def get_edited_fields(self) -> dict[str, str]:
        """Return the fields of the edited changes by their names, texts cleaned."""
        texts = {name: text for name, text in self.cleaned_data.items() if EDITED_TEXT.fullmatch(name)}
        return {**{name: str(self.data[name]) for name in self.data}, **texts}


class DeclineForm(DecisionForm):
    """Why a suggestion is declined."""

    reason = ReasonField()
    decline_message = MessageField()
    own_reason = MessageField()


class RequestChangesForm(DecisionForm):
    """What its author is to change."""

    message = MessageField()


class UndoForm(forms.Form):
    """Why a decision is undone, and which one was read."""

    message = MessageField()
    decision = IdField(required=False)


class DeclineManyForm(forms.Form):
    """The ticked suggestions of the list (`pick`), and why they are declined."""

    reason = ReasonField()
    pick = IdsField(error_messages={"required": gettext_lazy("Tick at least one suggestion.")})


class PromotionForm(forms.Form):
    """Who is to become a reviewer."""

    person = IdsField(required=False)
