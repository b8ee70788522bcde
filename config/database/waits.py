"""How long one request may wait for the database: WAIT_SECONDS in total, however many statements it runs.

Without this limit each statement waits on its own: an import that holds SQLite's only write lock would
delay a sign-in of ten statements by ten times the time-out of one. Only requests are limited;
the worker, migrations and commands may wait as long as the settings of the connection say.

PostgreSQL does not say how much of a statement's time was waiting. So the whole time of each slow statement
lowers the limit for locks (lock_timeout), but not below SHORT_WAIT_SECONDS: a request that works for a long
time may still wait for locks that others hold for a moment. The work of a statement has its own limit
(statement_timeout), which stays the same.

The limits are set on the connection once, when a request first uses it, so that a statement
normally costs nothing extra. They are set again only after a statement that took long, and at the end
of such a request. A limit that was set inside a transaction is trusted only until the transaction ends,
because a rollback undoes it.
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
SHORT_WAIT_SECONDS = 0.25  # PostgreSQL: what a slow request may still wait for one lock
SLOW_STATEMENT_SECONDS = 0.05  # a faster statement did not wait
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code for a lock that was not free within lock_timeout

type Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class _AppliedLimit:
    """The limit that a connection has, and whether the end of its transaction may change it."""

    connection: object = None
    seconds: float = 0.0
    is_in_transaction: bool = False


_threads = local()
"""Attribute `applied_limit`: the limit that was last set on the thread's own database connection."""


class WaitLimitMiddleware:
    """Limits how long one request waits for the database; then `OperationalError` is raised, answered with 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; all its statements together may wait for WAIT_SECONDS."""
        budget = WaitBudget()
        with connection.execute_wrapper(budget), limit_opening_time(WAIT_SECONDS):
            try:
                return self.get_response(request)
            finally:
                budget.restore()


class WaitBudget:
    """The waiting time that one request has left. Django calls it around each statement of the request."""

    def __init__(self) -> None:
        self._seconds_left = WAIT_SECONDS

    def __call__(self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run one statement, which waits no longer than the time that is left."""
        _ensure_limit(self._seconds_left)
        can_wait = _can_wait(sql)
        start = time.monotonic()
        try:
            return execute(sql, params, many, context)
        except OperationalError as error:
            # PostgreSQL has waited for lock_timeout, which is all that was left.
            if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                self._seconds_left = 0.0
            raise
        finally:
            took = time.monotonic() - start
            if can_wait and took > SLOW_STATEMENT_SECONDS:
                self._spend(took)
            if sql.startswith("ROLLBACK TO"):  # also undoes a SET that ran after the savepoint
                _forget_transaction_limit()

    def restore(self) -> None:
        """Set the full limit on the connection again: statements that run after the request must not fail."""
        if self._seconds_left < WAIT_SECONDS and connection.connection is not None:
            _ensure_limit(WAIT_SECONDS)

    def _spend(self, seconds: float) -> None:
        """Subtract from the time left; on PostgreSQL a short wait always remains (see the module)."""
        least = 0.0 if _is_sqlite() else min(SHORT_WAIT_SECONDS, self._seconds_left)
        self._seconds_left = max(least, self._seconds_left - seconds)


def _ensure_limit(seconds: float) -> None:
    """Set the limit in seconds on the connection, unless the connection already has it."""
    raw_connection = connection.connection
    is_in_transaction = False
    if not _is_sqlite():
        # The driver knows the status from its last answer, so this asks nothing of the server.
        status = raw_connection.info.transaction_status.name
        if status == "IDLE":  # no transaction is open; without autocommit the next statement begins one
            _forget_transaction_limit()
        elif status != "INTRANS":  # failed or closed: the connection accepts only a rollback
            return
        is_in_transaction = status == "INTRANS" or not connection.get_autocommit()
    applied = getattr(_threads, "applied_limit", _AppliedLimit())
    if applied.connection is raw_connection and applied.seconds == seconds:
        return
    if _set_limit(seconds):
        _threads.applied_limit = _AppliedLimit(raw_connection, seconds, is_in_transaction)


def _forget_transaction_limit() -> None:
    """Forget a limit that was set inside a transaction: the transaction has ended, or part of it was rolled back."""
    if getattr(_threads, "applied_limit", _AppliedLimit()).is_in_transaction:
        _threads.applied_limit = _AppliedLimit()


def _is_sqlite() -> bool:
    return isinstance(connection.connection, sqlite3.Connection)


def _can_wait(sql: str) -> bool:
    """Return whether a statement may wait for a lock, so that its time counts.

    On SQLite only a statement that takes the write lock waits: the beginning of a transaction (it is IMMEDIATE)
    or a write outside of one; readers never wait. On PostgreSQL any statement may wait.
    """
    raw_connection = connection.connection
    if isinstance(raw_connection, sqlite3.Connection):
        # Inside a transaction the lock is already held. "(SELECT … UNION …)" is a read as well.
        return not raw_connection.in_transaction and not sql.lstrip("( ").upper().startswith("SELECT")
    return True


def _set_limit(seconds: float) -> bool:
    """Set on the raw connection how long its next statements wait; return whether that was possible.

    The statement does not pass through Django, so wrappers do not see it. It costs one round trip on PostgreSQL.
    """
    milliseconds = int(seconds * 1000)
    raw_connection = connection.connection
    if isinstance(raw_connection, sqlite3.Connection):
        raw_connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
        return True
    lock_timeout = max(1, milliseconds)  # for PostgreSQL 0 means: no limit
    with contextlib.suppress(Error), connection.wrap_database_errors, raw_connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {lock_timeout}; SET statement_timeout = {int(STATEMENT_SECONDS * 1000)}")
        return True
    return False
