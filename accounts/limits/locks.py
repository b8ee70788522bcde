"""A count of requests that cannot be locked is trouble of the site, not too many requests of the reader."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core.internal import ratelimit
from django.db import OperationalError

allauth_cache_lock = ratelimit.cache_lock


@contextmanager
def lock_count(cache_key: str) -> Iterator[bool]:
    """Hold the lock of one count; raises `OperationalError` when it is not free within allauth's waiting time.

    allauth would refuse the request as one too many. But the lock is only held for long when the
    database is slow, or when it was lost while a request held the lock, which then stays for seconds.
    """
    with allauth_cache_lock(cache_key) as is_locked:
        if not is_locked:
            raise OperationalError("the count of requests is locked")
        yield True


def replace_lock() -> None:
    """Let allauth count under `lock_count`."""
    ratelimit.cache_lock = lock_count
