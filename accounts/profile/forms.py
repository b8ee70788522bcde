"""The form in which users set what others see of them and how pages look."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.person import Shortcuts
from accounts.profile.preferences import list_time_zones
from skills.web.displayed import MergingForm


def _list_language_choices() -> list[tuple[str, str]]:
    """Return each language by its own name, for readers who cannot read the current language."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


def _list_time_zone_choices() -> list[tuple[str, Any]]:
    """Return all time zones, grouped by continent; the first choice follows the site's."""
    site_label = _("as this site, %(zone)s") % {"zone": _format_time_zone(settings.TIME_ZONE)}
    groups = [
        (group, [(zone, _format_time_zone(zone)) for zone in zones]) for group, zones in list_time_zones().items()
    ]
    return [("", site_label), *groups]


def _format_time_zone(zone: str) -> str:
    """Return the name of a zone as shown: "America/New_York" with a space."""
    return zone.replace("_", " ")


class SettingsForm(MergingForm, forms.ModelForm[User]):
    """The settings of an account. Saved by `accounts.profile.preferences.update_preferences`, never by the form."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=_list_language_choices)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_list_time_zone_choices,
        required=False,
        help_text=gettext_lazy("Times are shown in this zone, except on pages that name another."),
    )

    class Meta:
        model = User
        fields = ("name", "is_public", "language", "theme", "time_zone")
        widgets: ClassVar = {"theme": forms.RadioSelect, "name": forms.TextInput(attrs={"autocomplete": "name"})}
        labels: ClassVar = {
            "name": gettext_lazy("Name shown"),
            "is_public": gettext_lazy("Public profile"),
            "theme": gettext_lazy("Appearance"),
        }
        help_texts: ClassVar = {
            "name": gettext_lazy("Shown with what you publish. If it is empty, your user name is shown."),
            "is_public": gettext_lazy("A page with your name and what you published, visible to everyone."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styles = {"name": "form-control", "language": "form-select", "time_zone": "form-select"}
        for name, field in self.fields.items():
            field.widget.attrs["class"] = styles.get(name, "form-check-input")

        # The owner of a hidden profile must not show it again; Django ignores posted values of disabled fields.
        if self.instance.profile_hidden_at is not None:
            for name in ("name", "is_public"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Moderators have hidden your profile.")

    def get_language(self) -> str:
        """Return the language of the account once the changes of this valid form are saved."""
        return str(self.get_changes().get("language", self.initial["language"]))


class ShortcutsForm(MergingForm, forms.Form):
    """Whether a key alone does something on this site. Members save it in their account, visitors in a cookie."""

    shortcuts = forms.ChoiceField(
        label=gettext_lazy("Single-key shortcuts"),
        choices=Shortcuts.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of the three.")),
    )
