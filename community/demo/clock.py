"""Clock of the demonstration: lets actions happen some days ago, in the right order."""

import heapq
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import override
from unittest.mock import patch

from django.utils import timezone

from community.events import fanout

type Story = Generator[float]
"""A series of actions; yields before each part how many days ago that part happens."""

FIRST_HOUR, WAKING_HOURS = 8, 13  # people act from 8 to 21 o'clock


@contextmanager
def travel_back(days: float) -> Iterator[None]:
    """Set the clock of this process back by some days inside the `with` block.

    Rules, limits and rows all get the time from `timezone.now()`, which uses `datetime` of its module; that name is
    replaced. So each row has its past time from the beginning. The log of moderation needs this: its rows cannot be
    changed later.
    """
    offset = timezone.now() - _get_moment(days)

    class Past(datetime):
        @classmethod
        @override
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # rows accept only a plain datetime
            return datetime.now(tz) - offset

    with patch.object(timezone, "datetime", Past):
        yield


def _get_moment(days: float) -> datetime:
    """Return a moment that many days ago, in the daytime: 2.1 is two days ago in the evening, 2.9 in the morning."""
    whole_days, part = divmod(days, 1)
    if not whole_days:
        return timezone.now() - timedelta(days=days)  # the daytime hours of today may still be in the future
    morning = timezone.localtime().replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    return morning - timedelta(days=whole_days) + timedelta(hours=WAKING_HOURS * (1 - part))


def play_stories(stories: Iterable[Story]) -> None:
    """Run all stories together, each part on its day, and notify people of it.

    1. Take the story whose next part happened first.
    2. Set the clock back to that day and run the part.
    3. Notify people with today's clock: otherwise all mail of three months would be due.
    4. Repeat until no story has another part.
    """
    # A heap of (negative days ago, number, story). The number keeps the order of parts on the same day,
    # and stories themselves cannot be compared.
    upcoming = [(-next(story), number, story) for number, story in enumerate(stories)]
    heapq.heapify(upcoming)
    while upcoming:
        day, number, story = heapq.heappop(upcoming)
        with travel_back(-day):
            next_days = next(story, None)
        fanout.notify_of_unfinished_events()
        if next_days is not None:
            heapq.heappush(upcoming, (-next_days, number, story))
