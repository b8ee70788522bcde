"""A connection to SQLite whose opening waits no longer than the request that needs it may wait.

Opening runs statements (`init_command`) before a limit can be set on the connection (config/database/waits.py).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from config.database import sqlite_like

_thread = local()
"""Attribute `seconds`: how long opening a connection may wait in this thread; None if the thread has no limit."""


class LimitedConnection(sqlite3.Connection):
    """Python's connection with a shorter `timeout` if the thread has a limit, and with a LIKE for every script."""

    def __init__(self, database: str, *, timeout: float, **options: Any) -> None:
        limit = getattr(_thread, "seconds", None)
        super().__init__(database, timeout=timeout if limit is None else min(timeout, limit), **options)
        sqlite_like.register(self)


@contextmanager
def limit_opening_time(seconds: float) -> Iterator[None]:
    """Limit how long this thread waits while it opens a connection inside the `with` block.

    The limit is in seconds and can only shorten the connection's own `timeout`, never extend it.
    """
    _thread.seconds = seconds
    try:
        yield
    finally:
        _thread.seconds = None
