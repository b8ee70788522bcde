"""What somebody chose for their account: name, language, appearance, time zone, whether they show themselves."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from skills.revisions import authorship

COOKIE_SECONDS = 31_536_000  # as static/js/app/head_links.js writes it
_SIGNED_IN_LANGUAGE = "stufenplan.signed_in_language"


@cache
def list_time_zones() -> dict[str, list[str]]:
    """Return the time zones people live in, by continent."""
    zones: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        continent, slash, _place = name.partition("/")
        if slash and continent not in {"Etc", "SystemV", "US"}:
            zones.setdefault(continent, []).append(name)
    return {**zones, "UTC": ["UTC"]}


def update_preferences(user: User, **chosen: Any) -> None:
    """Write what was chosen and nothing else; pages that show the person's name or lead to them follow."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(**chosen)
        if {"name", "is_public"} & chosen.keys():
            authorship.refresh_author_name(user)


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Let the bare address lead to this language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=COOKIE_SECONDS,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )


class AccountLanguageMiddleware:
    """Whoever signs in is led to the language of their account from then on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        language = request.META.get(_SIGNED_IN_LANGUAGE)
        if language:
            set_language_cookie(response, language)
        return response


def note_language(request: HttpRequest | None, user: User, **_signal: object) -> None:
    """Note whose language counts; Django says by a signal alone that somebody signed in, in whatever way."""
    if request is not None:
        request.META[_SIGNED_IN_LANGUAGE] = user.language


user_logged_in.connect(note_language, dispatch_uid="accounts.profile.preferences.note_language")
