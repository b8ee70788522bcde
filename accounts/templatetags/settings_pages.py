"""The pages of an account's settings, as SETTINGS_PAGES lists them."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One of the pages; `is_current` on it and on pages below it."""

    label: str
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def settings_pages(context: template.RequestContext) -> list[SettingsPage]:
    """Return the pages in order. Apps above this one may have some, so they are known by name alone."""
    pages = [(str(label), reverse(name)) for name, label in settings.SETTINGS_PAGES]
    above = [address for _label, address in pages if context["request"].path.startswith(address)]
    current = max(above, key=len, default="")
    return [SettingsPage(label, address, address == current) for label, address in pages]
