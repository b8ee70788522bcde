"""The list of an account's settings pages, from the setting SETTINGS_PAGES, and a setting for other pages."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.urls import reverse

from accounts.profile.forms import ShortcutsForm
from accounts.profile.shortcut_views import get_choice

register = template.Library()


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One settings page; `is_current` on this page and on pages below it."""

    label: str
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def shortcuts_form(context: template.RequestContext) -> ShortcutsForm:
    """Return the switch of the shortcuts, with the choice of the reader."""
    return ShortcutsForm(initial={"shortcuts": get_choice(context["request"])})


@register.simple_tag(takes_context=True)
def settings_pages(context: template.RequestContext) -> list[SettingsPage]:
    """Return the settings pages in their order.

    Apps above this one add pages of their own, so the setting names the pages by URL name.
    """
    pages = [(str(label), reverse(name)) for name, label in settings.SETTINGS_PAGES]
    parent_urls = [url for _label, url in pages if context["request"].path.startswith(url)]
    # The longest match is the closest page: /me/settings/ is also the beginning of /me/settings/export/.
    current_url = max(parent_urls, key=len, default="")
    return [SettingsPage(label, url, url == current_url) for label, url in pages]
