"""Forms of notices: which were seen, and how often mail comes."""

from typing import Any

from django import forms

from community.models import Frequency, Kind
from community.posting.fields import IdField


class SeenForm(forms.Form):
    """The latest event that its reader has seen, and whether they want to be taken to what it is about."""

    event = IdField(required=False)
    open = forms.BooleanField(required=False)


class UnsubscribeForm(forms.Form):
    """Whether a stop is taken back, and `before`: how often mail of each kind came until then."""

    take_back = forms.BooleanField(required=False)
    before = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    def clean_before(self) -> dict[str, str]:
        """Return frequencies by kind; `unsubscribing.take_back` knows what to do with unknown ones."""
        pairs = (self.cleaned_data["before"] or [])[: len(Kind)]
        return dict(pair.split(":", 1) for pair in pairs if ":" in pair)


class EmailChoiceForm(forms.Form):
    """A frequency for each kind of event, by the kind's name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Kind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=Frequency.choices, widget=forms.Select(attrs={"class": "form-select"})
            )

    def get_choices(self) -> dict[Kind, Frequency]:
        """Return what a valid form says."""
        return {Kind(name): Frequency(value) for name, value in self.cleaned_data.items()}
