"""How long one request may wait for the database: WAIT_SECONDS altogether, however many statements it has.

Without a limit each statement waits by itself: an import that holds SQLite's one write lock would
hold a sign-in of ten statements up for ten times the time-out of one. Only requests are limited;
the worker, migrations and commands may wait as long as the settings of the connection say.

PostgreSQL does not say how much of a statement's time was waiting. So the time of each slow statement
lowers the limit for locks (lock_timeout) as if all of it had been, but not below SHORT_WAIT_SECONDS: a
request that works for long may still wait for locks that others hold for a moment. What a statement does
itself has a limit of its own (statement_timeout), which stays the same.

The limits are set on the connection once, when a request first uses it, so that a statement
normally costs nothing extra. They are set again only after a statement that took long, and at the end
of such a request. What is set in a transaction is known until that ends, since a rollback undoes it.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import local
from typing import Any

from django.db import Error, OperationalError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.database.sqlite_connection import limit_opening_time

WAIT_SECONDS = 5.0
STATEMENT_SECONDS = 30.0  # PostgreSQL: the longest time of one statement, its waiting included
SHORT_WAIT_SECONDS = 0.25
SLOW_STATEMENT_SECONDS = 0.05  # a statement that is done sooner did not wait
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code for a lock that was not free within lock_timeout

type Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class _AppliedLimit:
    """Which limit a connection has, and whether the end of its transaction may change that."""

    connection: object = None
    seconds: float = 0.0
    is_in_transaction: bool = False


_threads = local()
"""`known`: what is known of the thread's own database connection."""


class WaitLimitMiddleware:
    """Bounds what one request waits for the database; `OperationalError` afterwards, answered with 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        budget = WaitBudget()
        with connection.execute_wrapper(budget), limit_opening_time(WAIT_SECONDS):
            try:
                return self.get_response(request)
            finally:
                budget.restore()


class WaitBudget:
    """What one request has left to wait. Called around each of its statements."""

    def __init__(self) -> None:
        self._seconds_left = WAIT_SECONDS

    def __call__(self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run one statement, which waits no longer than what is left."""
        _ensure_limit(self._seconds_left)
        can_wait = _can_wait(sql)
        start = time.monotonic()
        try:
            return execute(sql, params, many, context)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                self._seconds_left = 0.0
            raise
        finally:
            took = time.monotonic() - start
            if can_wait and took > SLOW_STATEMENT_SECONDS:
                self._spend(took)
            if sql.startswith("ROLLBACK TO"):
                _forget_transaction_limit()

    def restore(self) -> None:
        """Give the connection its full limit again: what the server does after the request must not fail."""
        if self._seconds_left < WAIT_SECONDS and connection.connection is not None:
            _ensure_limit(WAIT_SECONDS)

    def _spend(self, seconds: float) -> None:
        least = 0.0 if _is_sqlite() else min(SHORT_WAIT_SECONDS, self._seconds_left)
        self._seconds_left = max(least, self._seconds_left - seconds)


def _ensure_limit(seconds: float) -> None:
    """Set the limit on the connection, unless it has that one already."""
    used = connection.connection
    is_in_transaction = False
    if not _is_sqlite():
        # Read by the driver from what it has received, without asking the server.
        status = used.info.transaction_status.name
        if status == "IDLE":  # the next statement begins a transaction where Django has left autocommit
            _forget_transaction_limit()
        elif status != "INTRANS":  # failed or closed: takes nothing but a rollback
            return
        is_in_transaction = status == "INTRANS" or not connection.get_autocommit()
    known = getattr(_threads, "known", _AppliedLimit())
    if known.connection is used and known.seconds == seconds:
        return
    if _set_limit(seconds):
        _threads.known = _AppliedLimit(used, seconds, is_in_transaction)


def _forget_transaction_limit() -> None:
    """Rely no more on a limit that was set in a transaction which has ended, or of which a part was rolled back."""
    if getattr(_threads, "known", _AppliedLimit()).is_in_transaction:
        _threads.known = _AppliedLimit()


def _is_sqlite() -> bool:
    return isinstance(connection.connection, sqlite3.Connection)


def _can_wait(sql: str) -> bool:
    """Whether the time of a statement counts.

    On SQLite only what takes the write lock waits: a transaction's beginning (it is IMMEDIATE)
    or a write outside of one; readers never wait. On PostgreSQL any statement may.
    """
    used = connection.connection
    if isinstance(used, sqlite3.Connection):
        return not used.in_transaction and not sql.lstrip("( ").upper().startswith("SELECT")
    return True


def _set_limit(seconds: float) -> bool:
    """Set on the raw connection how long its next statements wait; return whether that was possible.

    It is no statement of the request's own, and costs one round trip on PostgreSQL.
    """
    milliseconds = int(seconds * 1000)
    used = connection.connection
    if isinstance(used, sqlite3.Connection):
        used.execute(f"PRAGMA busy_timeout = {milliseconds}")
        return True
    locks = max(1, milliseconds)  # 0 would mean: for ever
    with contextlib.suppress(Error), connection.wrap_database_errors, used.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {locks}; SET statement_timeout = {int(STATEMENT_SECONDS * 1000)}")
        return True
    return False
