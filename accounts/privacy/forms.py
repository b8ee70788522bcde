"""The form with which a person confirms that their account is deleted."""

from django import forms
from django.utils.translation import gettext_lazy


class DeletionForm(forms.Form):
    """The word that it is meant."""

    is_confirmed = forms.BooleanField(
        label=gettext_lazy("Yes, delete my account for good"),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Tick this to say that you mean it.")},
    )
