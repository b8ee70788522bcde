"""Forms of notices: marking as read, choosing how often mail comes, and unsubscribing."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from community.models import Frequency, Kind
from community.posting.fields import IdField
from skills.web.displayed import MergingForm


class SeenForm(forms.Form):
    """What a reader has seen when they press a button of the list.

    `event` is the primary key of the latest event that was shown, `open` says whether to open what the notice is about.
    """

    event = IdField(required=False)
    open = forms.BooleanField(required=False)


class UnsubscribeForm(forms.Form):
    """The answer to a link that stops mail.

    `take_back` undoes the stop. `before` contains texts "kind:frequency": how often mail of each kind came before;
    `seen_at` is when the page was opened.
    """

    take_back = forms.BooleanField(required=False)
    before = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    seen_at = forms.Field(required=False)

    def clean_before(self) -> dict[str, str]:
        """Return the frequencies by kind; unknown ones stay, because `unsubscribing.take_back` ignores them."""
        # The page sends at most one pair for each kind, so anything beyond is cut off.
        pairs = (self.cleaned_data["before"] or [])[: len(Kind)]
        return dict(pair.split(":", 1) for pair in pairs if ":" in pair)

    def clean_seen_at(self) -> datetime | None:
        """Return when the page was opened, None for a page of an earlier version of the site."""
        try:
            seen_at = parse_datetime(str(self.cleaned_data["seen_at"] or ""))
        except ValueError:  # a date that no calendar has
            return None
        return seen_at if seen_at and is_aware(seen_at) else None


class EmailChoiceForm(MergingForm, forms.Form):
    """The frequency of mail for each kind of event; each field has the name of its kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Kind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=Frequency.choices, widget=forms.Select(attrs={"class": "form-select"})
            )

    def get_choices(self) -> dict[Kind, Frequency]:
        """Return the frequencies that were changed in this form, by kind; the form must be valid."""
        return {Kind(name): Frequency(value) for name, value in self.get_changes().items()}
