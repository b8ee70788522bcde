"""Actions that really run at the same moment, each on its own connection."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

START_SECONDS, END_SECONDS = 30, 60


ON_POSTGRESQL = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
]
"""The marks of tests that need two writers at a time and commit what they write."""


def on_postgresql[Test: Callable[..., object]](test: Test) -> Test:
    """Give these marks to one test."""
    for mark in ON_POSTGRESQL:
        test = mark(test)
    return test


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run all actions at the same moment; return what each returned or raised."""
    barrier = Barrier(len(actions))
    outcomes: list[object] = [None] * len(actions)

    def run(number: int, action: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=START_SECONDS)
            outcomes[number] = action()
        except Exception as error:  # noqa: BLE001 - passed to the test
            outcomes[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number, action)) for number, action in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=END_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "they block each other"
    return outcomes


def done_at_once(*actions: Callable[[], object]) -> list[object]:
    """Run all actions at the same moment; return what each returned, raise what one of them raised."""
    outcomes = at_once(*actions)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    return outcomes


def kinds(outcomes: list[object]) -> list[str]:
    """Return the names of the types of outcomes, sorted."""
    return sorted(type(outcome).__name__ for outcome in outcomes)
