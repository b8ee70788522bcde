"""A connection to SQLite that waits no longer for its opening than the request that needs it.

Opening runs statements (`init_command`) before a limit can be set on the connection (config/database/waits.py).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

_thread = local()
"""`seconds`: how long an opening may wait in this thread, None without a limit of its own."""


class LimitedConnection(sqlite3.Connection):
    """Python's connection with a shorter `timeout` where the thread has a limit."""

    def __init__(self, database: str, *, timeout: float, **options: Any) -> None:
        limit = getattr(_thread, "seconds", None)
        super().__init__(database, timeout=timeout if limit is None else min(timeout, limit), **options)


@contextmanager
def limit_opening_time(seconds: float) -> Iterator[None]:
    """Let connections that this thread opens here wait for `seconds` at most."""
    _thread.seconds = seconds
    try:
        yield
    finally:
        _thread.seconds = None
