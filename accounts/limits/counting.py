"""How often a password may be tried, and how often mail is sent to an address that anybody may type.

Three counts, so that guessing and flooding are slow and yet one source locks nobody else out:

- a browser known for the account (accounts/limits/known_devices.py) has counts of its own, which nobody else reaches;
- any other is counted by its network address together with the e-mail address;
- and all others together by the e-mail address, so high that it takes many sources to reach it. Then a browser
  that was never used for the account has to wait, or to use a passkey.

The counts do not depend on whether the e-mail address has an account. An attempt that one rate refuses has been
counted by the rates before it: a person who goes on in spite of a limit is let in later, not sooner.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.encoding import punycode

from accounts.limits.known_devices import find_known_device

APP: Final = "accounts"
PASSWORD, MAIL = "password", "mail"


class Scope(StrEnum):
    """By what attempts are counted."""

    DEVICE = "device"
    SOURCE = "source"
    SOURCE_AND_ADDRESS = "source_and_address"
    ADDRESS = "address"


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
    """A limit is reached: which kind, by what it counts, and in how many seconds one more attempt counts."""

    def __init__(self, kind: str, scope: Scope, retry_after: int) -> None:
        super().__init__(f"{kind} by {scope}")
        self.kind = kind
        self.scope = scope
        self.retry_after = retry_after


def count_attempt(request: HttpRequest, kind: str, email: str, *, dry_run: bool = False) -> RateLimitUsage:
    """Count an attempt of this kind (`PASSWORD` or `MAIL`) for an address, typed by whoever sends the request.

    Returns what was counted; allauth takes it back after the right password (`rollback`).
    With `dry_run` nothing is counted, only asked. Raises LimitReached.
    """
    counted: list[ratelimit.SingleRateLimitUsage] = []
    for scope, rate, key in _list_rates(request, kind, email):
        config = {kind: rate}
        usage = ratelimit.consume(
            request, app=APP, action=kind, config=config, key=key, dry_run=dry_run, limit_get=True
        )
        if usage is None:
            raise LimitReached(kind, scope, _compute_retry_after(request, kind, rate, key))
        counted += usage.usage
    return RateLimitUsage(counted)


def is_attempt_allowed(request: HttpRequest, kind: str, email: str) -> bool:
    """Return whether one more attempt of this kind would be let through; counts nothing."""
    try:
        count_attempt(request, kind, email, dry_run=True)
    except LimitReached:
        return False
    return True


def normalize_mailbox(email: str) -> str:
    """Return an address as it is counted: ways of writing one mailbox are one.

    Upper case, quotes and backslashes in the local part (RFC 5321, 4.1.2), a tag after "+", and a domain in
    Unicode make no difference.
    """
    local, _at, domain = email.strip().lower().rpartition("@")
    if local.startswith('"') and local.endswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return f"{local.partition('+')[0] or local}@{punycode(domain)}"


def _list_rates(request: HttpRequest, kind: str, email: str) -> list[tuple[Scope, str, str]]:
    """Return each rate that holds for a request: its scope, the rate, and what it is counted by."""
    limits, mailbox = LIMITS[kind], normalize_mailbox(email)
    device = find_known_device(request, email.strip())
    if device:
        return [(Scope.DEVICE, rate, f"device {device} {mailbox}") for rate in limits.known_device]
    source = ratelimit.get_ip(request)
    return [
        *((Scope.SOURCE, rate, "") for rate in limits.source),
        *((Scope.SOURCE_AND_ADDRESS, rate, f"source {source} {mailbox}") for rate in limits.source_and_address),
        *((Scope.ADDRESS, rate, f"address {mailbox}") for rate in limits.address),
    ]


def _compute_retry_after(request: HttpRequest, kind: str, rate: str, key: str) -> int:
    """Return in how many seconds the oldest attempt that a rate counts is too old to count."""
    parsed = ratelimit.parse_rate(rate)
    counted: list[float] = cache.get(ratelimit.get_cache_key(request, app=APP, action=kind, rate=parsed, key=key), [])
    now = time.time()
    return max(1, ceil(min(counted, default=now) + float(parsed.duration) - now))
