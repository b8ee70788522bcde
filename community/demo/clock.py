"""Let deeds of the demonstration be done some days ago, in the order in which they were."""

import heapq
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import override
from unittest.mock import patch

from django.utils import timezone

from community.events import fanout

type Story = Generator[float]
"""Deeds of which some follow from others; yields how many days ago the next ones are done."""

FIRST_HOUR, WAKING_HOURS = 8, 13  # in which people are awake


@contextmanager
def travel_back(days: float) -> Iterator[None]:
    """Let it be that many days ago meanwhile, for every rule and in every row.

    Rules, limits and rows all ask Django for the time, which asks `datetime` for it. So each row has its
    time from the beginning, which the log of moderation must: nobody can date it back.
    """
    ago = timezone.now() - _get_moment(days)

    class Past(datetime):
        @classmethod
        @override
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # rows take a plain datetime only
            return datetime.now(tz) - ago

    with patch.object(timezone, "datetime", Past):
        yield


def _get_moment(days: float) -> datetime:
    """Return a moment so many days ago, in the daytime: the more of a day is added, the earlier on that day."""
    whole, part = divmod(days, 1)
    if not whole:
        return timezone.now() - timedelta(days=days)
    morning = timezone.localtime().replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    return morning - timedelta(days=whole) + timedelta(hours=WAKING_HOURS * (1 - part))


def play_stories(stories: Iterable[Story]) -> None:
    """Tell stories at once, each deed when its day has come, and let people hear of it.

    They hear of it today: else all mail of three months would be due.
    """
    to_come = [(-next(story), number, story) for number, story in enumerate(stories)]
    heapq.heapify(to_come)
    while to_come:
        day, number, story = heapq.heappop(to_come)
        with travel_back(-day):
            following = next(story, None)
        fanout.notify_of_unfinished_events()
        if following is not None:
            heapq.heappush(to_come, (-following, number, story))
