"""How long one request may wait for the database: WAIT_SECONDS altogether, however many statements it has.

Without a limit each statement waits by itself: an import that holds SQLite's one write lock would
hold a sign-in of ten statements up for ten times the time-out of one. Only requests are limited;
the worker, migrations and commands may wait as long as the settings of the connection say.

The limit is set on the connection once, when a request first uses it, so that a statement
normally costs nothing extra. Only after a statement that took long is it lowered to what is
left, until the request ends.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from threading import local
from typing import Any

from django.db import Error, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

WAIT_SECONDS = 5.0
NOTICED_SECONDS = 0.05  # a statement that is done sooner did not wait

type Execute = Callable[[str, Any, bool, dict[str, Any]], Any]

_known = local()
"""`limit`: which limit the thread's database connection has, as (connection, seconds)."""


class WaitLimitMiddleware:
    """Bounds what one request waits for the database; `OperationalError` afterwards, answered with 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        budget = WaitBudget()
        with connection.execute_wrapper(budget):
            try:
                return self.get_response(request)
            finally:
                budget.restore()


class WaitBudget:
    """What one request has left to wait. Called around each of its statements."""

    def __init__(self) -> None:
        self._left = WAIT_SECONDS

    def __call__(self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run one statement, which waits no longer than what is left."""
        _limit(self._left)
        can_wait = _can_wait(sql)
        start = time.monotonic()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.monotonic() - start
            if can_wait and took > NOTICED_SECONDS:
                self._left = max(0.0, self._left - took)

    def restore(self) -> None:
        """Give the connection its full limit again: what the server does after the request must not fail."""
        if self._left < WAIT_SECONDS and connection.connection is not None:
            _limit(WAIT_SECONDS)


def _limit(seconds: float) -> None:
    """Set the limit on the connection, unless it has that one already."""
    used = connection.connection
    limit = (used, seconds)
    if getattr(_known, "limit", None) == limit:
        return
    _set_limit(seconds)
    # In a transaction PostgreSQL forgets a setting when that is rolled back, so it is not relied on.
    is_kept = isinstance(used, sqlite3.Connection) or connection.get_autocommit()
    _known.limit = limit if is_kept else None


def _can_wait(sql: str) -> bool:
    """Whether the time of a statement counts.

    On SQLite only what takes the write lock waits: a transaction's beginning (it is IMMEDIATE)
    or a write outside of one; readers never wait. On PostgreSQL any statement may.
    """
    used = connection.connection
    if isinstance(used, sqlite3.Connection):
        return not used.in_transaction and not sql.lstrip("( ").upper().startswith("SELECT")
    return True


def _set_limit(seconds: float) -> None:
    """Set on the raw connection how long its next statements wait; it is no statement of the request's own."""
    milliseconds = int(seconds * 1000)
    used = connection.connection
    if isinstance(used, sqlite3.Connection):
        used.execute(f"PRAGMA busy_timeout = {milliseconds}")
        return
    limit = max(1, milliseconds)  # 0 would mean: for ever
    with contextlib.suppress(Error), connection.wrap_database_errors, used.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {limit}; SET statement_timeout = {limit}")
