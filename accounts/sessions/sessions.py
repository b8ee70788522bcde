"""The sessions of a user: listing them, and ending them from elsewhere.

allauth writes a `UserSession` at each sign-in. That it is still in use is recorded here, at most
once in SEEN_SECONDS for each process, so that reading a page costs no write.
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

# How old the recorded time of last use may be before it is written again.
SEEN_SECONDS = 300

# The first match counts: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"(?:Headless)?Chrom(?:e|ium)/|CriOS/"),
    ("Safari", r"Safari/"),
)
# The first match counts here, too: Android also calls itself Linux, an iPhone "like Mac OS X".
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
    """One session as its owner sees it; `device` is '' if the browser is unknown."""

    session: UserSession
    device: str
    is_current: bool


class LastSeenMiddleware:
    """Records from time to time that a session is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, then record the use of its session unless the answer is a server error."""
        response = self.get_response(request)
        # request.user is lazy. If nothing has loaded the user yet, do not load it now: that would cost queries.
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            record_last_seen(request)
        return response


def record_last_seen(request: HttpRequest) -> None:
    """Record when, from where and with what browser a session is in use.

    Does nothing if that was recorded in the last SEEN_SECONDS. A locked database is logged, not raised.
    """
    seen = caches["seen"]
    key = request.session.session_key
    last_seen = seen.get(key) or get_authentication_time(request)
    if last_seen is None or time.time() - last_seen < SEEN_SECONDS:
        return
    max_length = UserSession._meta.get_field("user_agent").max_length
    seen.set(key, time.time())  # before the write: if that fails, the next page does not wait for it again
    try:
        UserSession.objects.filter(session_key=key).update(
            last_seen_at=timezone.now(),
            ip=get_adapter().get_client_ip(request),
            user_agent=request.headers.get("User-Agent", "")[:max_length],
        )
    except OperationalError as error:  # the page is rendered already; a locked database must not replace it by an error
        logger.warning("It was not written down that a session is in use: %s", error)


def get_authentication_time(request: HttpRequest) -> float | None:
    """Return when the user of the session last authenticated, in seconds since 1970.

    None if allauth has no record of it in the session.
    """
    user = request.user if isinstance(request.user, User) else None
    records = get_authentication_records(request, user)
    return float(records[-1]["at"]) if records else None


def list_sessions(user: User, current_key: str | None) -> list[SessionLine]:
    """Return the valid sessions of a user: the current one first, then the last used first.

    `current_key` is the session key of the request. Takes two queries.
    """
    user_sessions = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    valid_keys = filter_valid_keys(user, [session.session_key for session in user_sessions])
    lines = [
        SessionLine(session, describe_device(session.user_agent), is_current=session.session_key == current_key)
        for session in user_sessions
        if session.session_key in valid_keys
    ]
    # sorted() is stable: it keeps the order by last use.
    return sorted(lines, key=lambda line: not line.is_current)


def filter_valid_keys(user: User, keys: Iterable[str]) -> set[str]:
    """Return those session keys that still let the user in.

    Left out are expired sessions and those from before a change of password.
    """
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    # Derived from the password hash: a session keeps the hash of the password it was opened with.
    current_hash = user.get_session_auth_hash()
    return {
        session.session_key
        for session in stored
        if constant_time_compare(str(session.get_decoded().get(HASH_SESSION_KEY, "")), current_hash)
    }


def end_sessions(user: User, *, session_id: int | None = None, except_key: str | None = None) -> int:
    """Sign a user out: of the session `session_id` (a `UserSession`), or else of all sessions.

    The session with the key `except_key` always stays. Other users' sessions are never ended.
    Returns how many sessions ended, 0 if they had ended before.
    """
    user_sessions = UserSession.objects.filter(user=user)
    if session_id is not None:
        user_sessions = user_sessions.filter(pk=session_id)
    if except_key is not None:
        user_sessions = user_sessions.exclude(session_key=except_key)
    with transaction.atomic():
        keys = list(user_sessions.values_list("session_key", flat=True))
        # Deleting Django's row signs the browser out; the second row is allauth's list.
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(user=user, session_key__in=keys).delete()
    return len(keys)


def describe_device(user_agent: str) -> str:
    """Return browser and system by their common names, for example "Firefox · Linux".

    Takes the header User-Agent; returns '' if neither is known.
    """
    return " · ".join(
        name for name in (find_first_match(BROWSERS, user_agent), find_first_match(SYSTEMS, user_agent)) if name
    )


def find_first_match(patterns: Iterable[tuple[str, str]], user_agent: str) -> str:
    """Return the first name whose pattern matches a User-Agent.

    `names` are pairs of name and regular expression. Returns '' if none matches.
    """
    return next((name for name, pattern in patterns if re.search(pattern, user_agent)), "")
