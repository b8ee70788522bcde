"""What the community shows on pages of the catalogue, see skills/web/slots.py."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.template.loader import render_to_string

from accounts.models import User
from community.notifications.slots import build_unread_context
from skills.web.slots import PageSlot, is_for_anonymous

ACCOUNT_PAGES = "accounts"


def _render_person_menu(request: HttpRequest) -> str:
    """The way to signing in and back; for the signed-in their bell and their menu. One query at most."""
    user = getattr(request, "user", None)
    if user is None or is_for_anonymous(request) or not user.is_authenticated:
        return render_to_string("community/me/includes/stranger.html", {"address": _build_sign_in_url(request)})
    context = {**build_unread_context(user), "user": user, "initials": _get_initials(user)}
    return render_to_string("community/me/includes/person.html", context, request)


def _build_sign_in_url(request: HttpRequest) -> str:
    """Return where one signs in and comes back to this page; a page of signing in passes on where it leads."""
    path = request.get_full_path()
    section = request.path_info.split("/")[2:3]
    wanted = request.GET.get("next", "") if section == [ACCOUNT_PAGES] else path
    return resolve_url(settings.LOGIN_URL) + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _get_initials(user: User) -> str:
    words = user.get_full_name().split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


person = PageSlot(_render_person_menu)
