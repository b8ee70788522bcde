"""The form with which a person confirms the deletion of their account."""

from django import forms
from django.utils.translation import gettext_lazy


class DeletionForm(forms.Form):
    """One checkbox that confirms the deletion."""

    is_confirmed = forms.BooleanField(
        label=gettext_lazy("Yes, delete my account for good"),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Tick this to confirm.")},
    )
