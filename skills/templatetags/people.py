"""People in words."""

from typing import Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


class PublicPerson(Protocol):
    """What an account says of itself to everybody."""

    @property
    def public_url(self) -> str: ...

    def get_full_name(self) -> str: ...


@register.simple_tag
def person(user: PublicPerson | None, fallback: str = "") -> SafeString:
    """Return somebody's name, as a link where they have a public profile.

    In place of nobody stands `otherwise`: in a page's list of authors that is an account that was deleted.
    """
    if user is None:
        return format_html('<span class="author">{}</span>', fallback or gettext("deleted account"))
    if not user.public_url:
        return format_html('<span class="author">{}</span>', user.get_full_name())
    return format_html('<a class="author" href="{}">{}</a>', user.public_url, user.get_full_name())
