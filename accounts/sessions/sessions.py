"""Where somebody is signed in: the list of their sessions, and ending them from elsewhere.

allauth writes a `UserSession` at each sign-in. That it is still in use is written down here,
at most once in SEEN_SECONDS for each process, so that reading a page costs no write.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User

logger = logging.getLogger(__name__)

SEEN_SECONDS = 300

# The first that is found counts: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"(?:Headless)?Chrom(?:e|ium)/|CriOS/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("Android", r"Android"),
    ("iPad", r"iPad"),
    ("iPhone", r"iPhone"),
    ("ChromeOS", r"CrOS"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its owner sees it; `describe_device` is '' where the browser did not say."""

    session: UserSession
    device: str
    is_current: bool


class LastSeenMiddleware:
    """Writes down now and then that a session is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Who was not asked for while the answer was made is not asked for now: that would cost queries.
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            record_last_seen(request)
        return response


def record_last_seen(request: HttpRequest) -> None:
    """Write down when, from where and with what a session is in use, unless that was done in the last minutes."""
    seen = caches["seen"]
    key = request.session.session_key
    known = seen.get(key) or get_authentication_time(request)
    if known is None or time.time() - known < SEEN_SECONDS:
        return
    longest = UserSession._meta.get_field("user_agent").max_length
    seen.set(key, time.time())  # first: who cannot be written down now is not waited for again at the next page
    try:
        UserSession.objects.filter(session_key=key).update(
            last_seen_at=timezone.now(),
            ip=get_adapter().get_client_ip(request),
            user_agent=request.headers.get("User-Agent", "")[:longest],
        )
    except OperationalError as error:  # the page is made already; a locked database must not take it away
        logger.warning("It was not written down that a session is in use: %s", error)


def get_authentication_time(request: HttpRequest) -> float | None:
    """Return when the session last proved who its user is, as seconds, None where that is not known."""
    user = request.user if isinstance(request.user, User) else None
    records = get_authentication_records(request, user)
    return float(records[-1]["at"]) if records else None


def list_sessions(user: User, current_key: str | None) -> list[SessionLine]:
    """Return where somebody is signed in, the present session first and then by their last use, in two queries."""
    known = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    living = filter_valid_keys(user, [session.session_key for session in known])
    found = [
        SessionLine(session, describe_device(session.user_agent), is_current=session.session_key == current_key)
        for session in known
        if session.session_key in living
    ]
    return sorted(found, key=lambda place: not place.is_current)


def filter_valid_keys(user: User, keys: Iterable[str]) -> set[str]:
    """Return those sessions that still let their user in: not expired, and not from before a change of password."""
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    accepted = user.get_session_auth_hash()
    return {
        session.session_key
        for session in stored
        if constant_time_compare(str(session.get_decoded().get(HASH_SESSION_KEY, "")), accepted)
    }


def end_sessions(user: User, *, session_id: int | None = None, except_key: str | None = None) -> int:
    """Sign somebody out where they say: at one place (`only`), else everywhere but at `except_key`.

    Ends nobody else's session; returns how many ended, 0 when they had ended before.
    """
    ending = UserSession.objects.filter(user=user)
    if session_id is not None:
        ending = ending.filter(pk=session_id)
    if except_key is not None:
        ending = ending.exclude(session_key=except_key)
    with transaction.atomic():
        keys = list(ending.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(user=user, session_key__in=keys).delete()
    return len(keys)


def describe_device(user_agent: str) -> str:
    """Return browser and system in words people know: "Firefox · Linux", '' when neither is known."""
    return " · ".join(
        name for name in (find_first_match(BROWSERS, user_agent), find_first_match(SYSTEMS, user_agent)) if name
    )


def find_first_match(names: Iterable[tuple[str, str]], user_agent: str) -> str:
    return next((name for name, pattern in names if re.search(pattern, user_agent)), "")
