"""How often a password may be tried, and how often mail is sent to an address that anyone may type.

There are three counts. They slow down guessing and flooding, but one source cannot lock out other people:

- A browser known for the account (accounts/limits/known_devices.py) has counts of its own; no other browser
  can use them up.
- Any other browser is counted by its network address together with the e-mail address.
- All other browsers together are counted by the e-mail address, with a limit so high that it takes many
  sources to reach it. Then a browser that was never used for the account has to wait, or to use a passkey.

The counts do not depend on whether the e-mail address has an account. When one rate refuses an attempt, the
rates before it have already counted it: a person who continues in spite of a limit is let in later, not sooner.
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
    """What attempts are counted by."""

    DEVICE = "device"
    SOURCE = "source"
    SOURCE_AND_ADDRESS = "source_and_address"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Limits:
    """Rates of one kind for each scope, in allauth's notation: amount/time/key."""

    known_device: Sequence[str]
    source: Sequence[str]
    source_and_address: Sequence[str]
    address: Sequence[str]


LIMITS: Final = {
    PASSWORD: Limits(
        # Example: at most 5 in 300 seconds and 50 in a day for each key that this module builds.
        known_device=("5/300s/key", "50/d/key"),
        source=("10/m/ip",),
        source_and_address=("5/300s/key", "20/d/key"),
        # High enough that one source, with at most 20 a day, cannot reach it.
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
    """A limit is reached: its `kind` and `scope`, and `retry_after`, the seconds until one more attempt counts."""

    def __init__(self, kind: str, scope: Scope, retry_after: int) -> None:
        super().__init__(f"{kind} by {scope}")
        self.kind = kind
        self.scope = scope
        self.retry_after = retry_after


def record_attempt(request: HttpRequest, kind: str, email: str, *, dry_run: bool = False) -> RateLimitUsage:
    """Count an attempt of a kind (`PASSWORD` or `MAIL`) for an e-mail address that the sender of the request typed.

    Returns the counted usage; allauth takes it back after the right password (`rollback`).
    With `dry_run` nothing is counted, only checked.

    Raises LimitReached.
    """
    usages: list[ratelimit.SingleRateLimitUsage] = []
    # Stop at the first rate that refuses; those before it keep their count (see the module).
    for scope, rate, key in _list_rates(request, kind, email):
        config = {kind: rate}
        usage = ratelimit.consume(
            request, app=APP, action=kind, config=config, key=key, dry_run=dry_run, limit_get=True
        )
        if usage is None:
            raise LimitReached(kind, scope, _compute_retry_after(request, kind, rate, key))
        usages += usage.usage
    return RateLimitUsage(usages)


def is_attempt_allowed(request: HttpRequest, kind: str, email: str) -> bool:
    """Return whether one more attempt of this kind would be allowed.

    Takes the same arguments as `record_attempt`, but counts nothing.
    """
    try:
        record_attempt(request, kind, email, dry_run=True)
    except LimitReached:
        return False
    return True


def normalize_mailbox(email: str) -> str:
    """Return an e-mail address as it is counted: different spellings of one mailbox give one text.

    Upper case, quotes and backslashes in the local part (RFC 5321, 4.1.2), a tag after "+", and a domain in
    Unicode make no difference.
    """
    local, _at, domain = email.strip().lower().rpartition("@")
    if local.startswith('"') and local.endswith('"'):
        # Example: "an\na" (with quotes) is the mailbox anna.
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return f"{local.partition('+')[0] or local}@{punycode(domain)}"


def _list_rates(request: HttpRequest, kind: str, email: str) -> list[tuple[Scope, str, str]]:
    """Return each rate that applies to a request: its scope, the rate, and the key it is counted by."""
    limits, mailbox = LIMITS[kind], normalize_mailbox(email)
    device = find_known_device(request, email.strip())
    if device:
        return [(Scope.DEVICE, rate, f"device {device} {mailbox}") for rate in limits.known_device]
    source = ratelimit.get_ip(request)
    return [
        # The rate ends in /ip: allauth counts it by network address, so it needs no key.
        *((Scope.SOURCE, rate, "") for rate in limits.source),
        *((Scope.SOURCE_AND_ADDRESS, rate, f"source {source} {mailbox}") for rate in limits.source_and_address),
        *((Scope.ADDRESS, rate, f"address {mailbox}") for rate in limits.address),
    ]


def _compute_retry_after(request: HttpRequest, kind: str, rate: str, key: str) -> int:
    """Return the seconds until the oldest attempt that a rate counts is too old to count; at least 1."""
    parsed = ratelimit.parse_rate(rate)
    attempt_times: list[float] = cache.get(
        ratelimit.get_cache_key(request, app=APP, action=kind, rate=parsed, key=key), []
    )
    now = time.time()
    return max(1, ceil(min(attempt_times, default=now) + float(parsed.duration) - now))
