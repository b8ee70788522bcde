"""The slot with the menu of the reader on every page, see skills/web/slots.py."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.template.loader import render_to_string

from accounts.models import User
from community.notifications.slots import build_unread_context
from skills.text.characters import get_first_character
from skills.web.slots import PageSlot, is_for_anonymous

ACCOUNT_PAGES = "accounts"


def _render_person_menu(request: HttpRequest) -> str:
    """Return the bell and the menu of the reader; for visitors the link to sign in and come back. One query at most."""
    user = getattr(request, "user", None)
    # A request that fails before the authentication middleware has no user.
    if user is None or is_for_anonymous(request) or not user.is_authenticated:
        return render_to_string("community/me/includes/stranger.html", {"address": _build_sign_in_url(request)})
    context = {**build_unread_context(user), "user": user, "initials": _get_initials(user)}
    return render_to_string("community/me/includes/person.html", context, request)


def _build_sign_in_url(request: HttpRequest) -> str:
    """Return the URL to sign in and come back to this page; a page of the account passes on its own `next`."""
    path = request.get_full_path()
    section = request.path_info.split("/")[2:3]  # "/en/accounts/login/" → ["accounts"]
    next_url = request.GET.get("next", "") if section == [ACCOUNT_PAGES] else path
    return resolve_url(settings.LOGIN_URL) + (f"?{urlencode({'next': next_url})}" if next_url else "")


def _get_initials(user: User) -> str:
    """Return the first letters of the first and the last part of a name: "Anna Maria Berg" → "AB", "anna" → "A"."""
    parts = user.get_full_name().split()
    return "".join(map(get_first_character, parts[:1] + parts[1:][-1:])).upper()


person = PageSlot(_render_person_menu)
