"""How often a password may be tried, and how often mail is sent to an address that anybody may type.

Three counts, so that guessing and flooding are slow and yet one source locks nobody else out:

- a browser known for the account (accounts/known_devices.py) has counts of its own, which nobody else reaches;
- any other is counted by its network address together with the e-mail address;
- and all others together by the e-mail address, so high that it takes many sources to reach it. Then a browser
  that was never used for the account has to wait, or to use a passkey.

The counts do not depend on whether the e-mail address has an account. An attempt that one rate refuses has been
counted by the rates before it: whoever goes on in spite of a limit is let in later, not sooner.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Final

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts.known_devices import known_device
from accounts.waiting import wait_in_words

APP: Final = "accounts"
PASSWORD, MAIL = "password", "mail"


@dataclass(frozen=True, slots=True)
class Limits:
    """Rates of one kind in allauth's notation: amount/time/per what."""

    known_device: Sequence[str]
    source: Sequence[str]
    source_and_address: Sequence[str]
    address: Sequence[str]


LIMITS: Final = {
    PASSWORD: Limits(
        known_device=("5/300s/key", "50/d/key"),
        source=("10/m/ip",),
        source_and_address=("5/300s/key", "20/d/key"),
        address=("300/d/key",),
    ),
    MAIL: Limits(
        known_device=("3/m/key", "10/d/key"),
        source=(),
        source_and_address=("3/m/key", "10/d/key"),
        address=("50/d/key",),
    ),
}


class LimitReached(Exception):
    """A limit is reached; `retry_after` says in how many seconds one more attempt counts."""

    def __init__(self, kind: str, retry_after: int) -> None:
        super().__init__(kind)
        self.kind = kind
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Usage:
    """What an attempt has counted."""

    counted: Sequence[ratelimit.RateLimitUsage]

    def rollback(self) -> None:
        """Take back what was counted, as after the right password."""
        for usage in self.counted:
            usage.rollback()


def count(request: HttpRequest, kind: str, email: str, *, dry_run: bool = False) -> Usage:
    """Count an attempt of this kind (`PASSWORD` or `MAIL`) for an address, typed by whoever sends the request.

    With `dry_run` nothing is counted, only asked. Raises LimitReached.
    """
    counted = []
    for rate, key in _rates(request, kind, email):
        config = {kind: rate}
        usage = ratelimit.consume(
            request, app=APP, action=kind, config=config, key=key, dry_run=dry_run, limit_get=True
        )
        if usage is None:
            raise LimitReached(kind, _seconds_left(request, kind, rate, key))
        counted.append(usage)
    return Usage(counted)


def count_or_respond(request: HttpRequest, kind: str, email: str, *, dry_run: bool = False) -> Usage:
    """Count like `count`, for code that allauth calls: where a limit is reached, the request ends with its page."""
    try:
        return count(request, kind, email, dry_run=dry_run)
    except LimitReached as reached:
        raise ImmediateHttpResponse(limit_page(request, reached, email)) from reached


def _rates(request: HttpRequest, kind: str, email: str) -> list[tuple[str, str]]:
    """Return each rate that holds for a request, with what it is counted by."""
    limits, address = LIMITS[kind], email.strip().lower()
    device = known_device(request, address)
    if device:
        return [(rate, f"device {device} {address}") for rate in limits.known_device]
    source = ratelimit.get_ip(request)
    return [
        *((rate, "") for rate in limits.source),
        *((rate, f"source {source} {address}") for rate in limits.source_and_address),
        *((rate, f"address {address}") for rate in limits.address),
    ]


def _seconds_left(request: HttpRequest, kind: str, rate: str, key: str) -> int:
    """Return in how many seconds the oldest attempt that a rate counts is too old to count."""
    parsed = ratelimit.parse_rate(rate)
    counted: list[float] = cache.get(ratelimit.get_cache_key(request, app=APP, action=kind, rate=parsed, key=key), [])
    now = time.time()
    return max(1, ceil(min(counted, default=now) + float(parsed.duration) - now))


def _is_open(request: HttpRequest, kind: str, email: str) -> bool:
    try:
        count(request, kind, email, dry_run=True)
    except LimitReached:
        return False
    return True


def limit_page(request: HttpRequest, reached: LimitReached, email: str) -> HttpResponse:
    """Return the page that says which limit is reached, for how long, and what helps meanwhile."""
    known = {
        "kind": reached.kind,
        "wait": wait_in_words(reached.retry_after),
        "is_other_open": _is_open(request, MAIL if reached.kind == PASSWORD else PASSWORD, email),
    }
    response = render(request, "accounts/limit_reached.html", known, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(reached.retry_after)
    add_never_cache_headers(response)
    return response
