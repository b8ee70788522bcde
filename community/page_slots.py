"""What the community shows on pages of the catalogue, see skills/page_slots.py."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.template.loader import render_to_string

from accounts.models import User
from community import inbox, watching
from skills.page_slots import Slot, asked_once, is_stranger

ACCOUNT_PAGES = "accounts"


def _person(request: HttpRequest) -> str:
    """The way to signing in and back; for the signed-in their bell and their menu. One query at most."""
    user = getattr(request, "user", None)
    if user is None or is_stranger(request) or not user.is_authenticated:
        return render_to_string("community/includes/stranger.html", {"address": _sign_in_address(request)})
    context = {**_count_unread(user), "user": user, "initials": _initials(user)}
    return render_to_string("community/includes/person.html", context, request)


def _sign_in_address(request: HttpRequest) -> str:
    """Return where one signs in and comes back to this page; a page of signing in passes on where it leads."""
    path = request.get_full_path()
    section = request.path_info.split("/")[2:3]
    wanted = request.GET.get("next", "") if section == [ACCOUNT_PAGES] else path
    return resolve_url(settings.LOGIN_URL) + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _initials(user: User) -> str:
    words = user.get_full_name().split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def bell_of(request: HttpRequest, user: User, *, is_swapped: bool = False) -> str:
    """Return the bell with the number of unread notices; `is_swapped` takes the place of the one in the head."""
    context = {**_count_unread(user), "is_swapped": is_swapped}
    return render_to_string("community/includes/bell.html", context, request)


def _count_unread(user: User) -> dict[str, Any]:
    """Return the number of unread notices, and how it is shown: what is not counted to the end is "99+"."""
    unread = inbox.count_unread(user)
    most = inbox.MOST_COUNTED - 1
    return {"unread": unread, "most": most, "shown": f"{most}+" if unread > most else str(unread)}


def _watch(request: HttpRequest, kind: str, pk: str) -> str:
    """The button to watch a thing, with how many do."""
    if is_stranger(request) or not request.user.is_authenticated:
        context = {"kind": kind, "pk": pk, "count": _watcher_count(kind, int(pk))}
        return render_to_string("community/includes/watch_link.html", context)
    buttons = watch_buttons(request, kind, int(pk))
    return render_to_string("community/includes/watch_place.html", {"buttons": buttons})


def watch_buttons(request: HttpRequest, kind: str, pk: int, said: str = "") -> str:
    """Return the buttons of somebody signed in; `said` is what a screen reader is told of what was done."""
    assert request.user.is_authenticated
    wish = watching.wish_about(request.user, kind, pk)
    context = {
        "kind": kind,
        "pk": pk,
        "count": watching.count_watchers(kind, pk),
        "level": wish.level if wish else None,
        "by_taking_part": wish is not None and wish.by_taking_part,
        "said": said,
    }
    return render_to_string("community/includes/watch_buttons.html", context, request)


def _watch_state(kind: str, pk: str) -> str:
    return str(_watcher_count(kind, int(pk)))


_watcher_count = asked_once(watching.count_watchers)


person = Slot(_person)
watch = Slot(_watch, _watch_state)
