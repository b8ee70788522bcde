"""Fills a database with people who watch one skill, and notifies them of a change of it."""

import resource
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from time import perf_counter

from django.core.management import call_command

from accounts.models import User
from community.events.fanout import notify_of_unfinished_events
from community.models import Watch
from skills import revisions
from skills.content.changes import Change, Field
from skills.models import Revision, Significance, Skill


def fill(people_count: str) -> None:
    """Load the catalogue and create people who watch its first skill.

    `people_count` is the text of a number: it comes from the command line.
    """
    call_command("migrate", verbosity=0)
    call_command("load_content", stdout=StringIO())
    names = (f"watcher-{number}" for number in range(int(people_count)))
    users = User.objects.bulk_create(User(username=name, email=f"{name}@example.org") for name in names)
    skill = _get_watched_skill()
    Watch.objects.bulk_create(Watch(user=user, skill=skill) for user in users)


def _get_watched_skill() -> Skill:
    return Skill.objects.with_group().order_by("pk")[0]


def measure(people_count: str) -> None:
    """Publish a change and notify the watchers, twice; print the times.

    `people_count` must be the number that `fill` was called with.
    """
    for line in _list_measurements(int(people_count)):
        sys.stdout.write(f"{line}\n")


def _list_measurements(people_count: int) -> Iterator[str]:
    """Yield a line for each publishing, for each notifying, and for the memory."""
    skill = _get_watched_skill()
    peak_before = _get_peak_megabytes()
    for kind in ("new notices", "added to unread ones"):
        seconds = _measure_seconds(lambda: _publish(skill))
        yield f"publishing with {people_count} watchers: {seconds * 1000:.0f} ms"
        seconds = _measure_seconds(notify_of_unfinished_events)
        yield f"notifying them, {kind}: {seconds:.2f} s, {people_count / seconds:.0f} rows a second"
    peak = _get_peak_megabytes()
    yield f"peak memory: {peak:.0f} MB, {peak - peak_before:.0f} MB more than before"


def _publish(skill: Skill) -> None:
    summary = Skill.objects.get(pk=skill.pk).summary
    change = Change(Field.SUMMARY, summary, f"{summary} More.")
    revisions.publish(skill, [change], author=None, origin=Revision.Origin.ADMIN, significance=Significance.MAJOR)


def _measure_seconds(action: Callable[[], None]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def _get_peak_megabytes() -> float:
    # On Linux ru_maxrss is in kilobytes. It never falls, so the difference of two calls is the growth between them.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
