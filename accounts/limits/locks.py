"""A rate-limit count that cannot be locked is a fault of the site, not too many requests of the visitor."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core.internal import ratelimit
from django.db import OperationalError

allauth_cache_lock = ratelimit.cache_lock


@contextmanager
def lock_count(cache_key: str) -> Iterator[bool]:
    """Hold the lock of one count while the context is open.

    `cache_key` is allauth's key of the count. allauth would refuse the request as one too many if the lock is
    not free. But the lock is held for long only when the database is slow, or when the database was lost while
    a request held the lock, which then stays for seconds.

    Raises `OperationalError` when the lock is not free within allauth's waiting time.
    """
    with allauth_cache_lock(cache_key) as is_locked:
        if not is_locked:
            raise OperationalError("the count of requests is locked")
        yield True


def replace_lock() -> None:
    """Make allauth lock its counts with `lock_count`."""
    # allauth has no setting for it; it looks the name up in its module at each call.
    ratelimit.cache_lock = lock_count
