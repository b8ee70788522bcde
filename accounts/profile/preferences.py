"""A user's preferences: name, language, appearance, time zone, whether their profile is public."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from skills.revisions import authorship
from skills.text.folding import build_sort_key
from skills.web.times import OwnTimeZone, ReaderTimeZone, find_own_time_zone

COOKIE_SECONDS = 31_536_000  # as static/js/app/head_links.js writes it
# A key of request.META, by which the signal handler passes the language to the middleware.
_SIGNED_IN_LANGUAGE = "stufenplan.signed_in_language"


@cache
def list_time_zones() -> dict[str, list[str]]:
    """Return the names of the time zones that people live in, by continent."""
    zones: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        continent, slash, _place = name.partition("/")
        # Left out are names without a place, such as "EST", and technical or outdated groups.
        if slash and continent not in {"Etc", "SystemV", "US"}:
            zones.setdefault(continent, []).append(name)
    return {**zones, "UTC": ["UTC"]}


def update_preferences(user: User, **values: Any) -> None:
    """Save the given fields of a user and no others.

    1. Update the fields.
    2. If name or visibility changed, advance the catalogue's version if pages show the user, so that they are made
       again.
    """
    with transaction.atomic():
        if "name" in values:  # `update` computes no keys
            values["sort_key"] = build_sort_key(values["name"] or user.username)
        User.objects.filter(pk=user.pk).update(**values)
        if {"name", "is_public"} & values.keys():
            authorship.refresh_pages_naming(user)


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Set the cookie that decides the language of URLs without a language prefix.

    `language` is a code of LANGUAGES; the cookie lasts for a year.
    """
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=COOKIE_SECONDS,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )


class AccountLanguageMiddleware:
    """After a sign-in, sets the language cookie to the language of the account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; set the cookie if a user signed in during this request."""
        response = self.get_response(request)
        language = request.META.get(_SIGNED_IN_LANGUAGE)
        if language:
            set_language_cookie(response, language)
        return response


class TimeZoneMiddleware:
    """Makes the time zone that a user has chosen the active one; for all others it is the site's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the user's zone; the user is loaded only where the answer shows a time."""
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        zone = ReaderTimeZone(lambda: _find_zone_of(request)) if has_session else None
        with timezone.override(zone):
            return self.get_response(request)


def _find_zone_of(request: HttpRequest) -> OwnTimeZone | None:
    return find_own_time_zone(request.user.time_zone) if request.user.is_authenticated else None


def note_language(request: HttpRequest | None, user: User, **_signal: object) -> None:
    """Note in the request the language of the user who signed in; `AccountLanguageMiddleware` then sets the cookie.

    Handler of `user_logged_in`: Django reports every way of signing in by this signal alone.
    """
    if request is not None:
        request.META[_SIGNED_IN_LANGUAGE] = user.language


user_logged_in.connect(note_language, dispatch_uid="accounts.profile.preferences.note_language")
