"""The template tag `person`, which shows a person's name."""

from typing import Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


class PublicPerson(Protocol):
    """What pages may show of an account to everyone."""

    @property
    def public_url(self) -> str:
        """The URL of the public profile, '' without one."""

    def get_full_name(self) -> str:
        """Return the name that others see."""


@register.simple_tag
def person(user: PublicPerson | None, fallback: str = "") -> SafeString:
    """Return a person's name, as a link if they have a public profile.

    Without a user, show `fallback`, or "deleted account" without one: in a page's list of authors, that is an
    account that was deleted.
    """
    if user is None:
        return format_html('<span class="author">{}</span>', fallback or gettext("deleted account"))
    if not user.public_url:
        return format_html('<span class="author">{}</span>', user.get_full_name())
    return format_html('<a class="author" href="{}">{}</a>', user.public_url, user.get_full_name())
