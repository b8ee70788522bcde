"""What it costs to tell 10,000 people of one major change: `python -m benchmarks.fanout`.

People and watches are made in a SQLite database that goes again or, with scripts/with-postgres
before the command, in that PostgreSQL. The change is told twice: notices are new first, then
added to. Memory is the most that this process ever held, and how much of it came with publishing and telling.
"""

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.site import environment_in

if TYPE_CHECKING:
    from skills.models import Skill

PEOPLE = 10_000


def main() -> None:
    """Fill a database, publish, tell, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fanout", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"who watch the skill (default: {PEOPLE})")
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory(prefix="stufenplan-fanout-") as folder:
        given = {name: os.environ[name] for name in ("DATABASE_URL",) if os.environ.get(name)}
        os.environ.update(environment_in(Path(folder)) | given)
        # In a process of its own: the memory that filling takes is not what is measured.
        filling = get_context("spawn").Process(target=_fill, args=(people,))
        filling.start()
        filling.join()
        if filling.exitcode:
            sys.exit(filling.exitcode)
        _set_up()
        for line in _measured(people):
            sys.stdout.write(f"{line}\n")


def _set_up() -> None:
    import django  # noqa: PLC0415 - settings are read now that the environment is what it should be

    django.setup()


def _fill(people: int) -> None:
    """Make the catalogue and so many people who watch its first skill."""
    _set_up()
    from django.core.management import call_command  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from community.models import Watch  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_content", stdout=StringIO())
    names = (f"watcher-{number}" for number in range(people))
    users = User.objects.bulk_create(User(username=name, email=f"{name}@example.org") for name in names)
    skill = _watched_skill()
    Watch.objects.bulk_create(Watch(user=user, skill=skill) for user in users)


def _watched_skill() -> "Skill":
    from skills.models import Skill  # noqa: PLC0415

    return Skill.objects.with_place().order_by("pk")[0]


def _measured(people: int) -> Iterator[str]:
    """Yield a line for publishing and one for each telling."""
    from community.events.fanout import tell_unfinished  # noqa: PLC0415

    skill = _watched_skill()
    before = _peak_megabytes()
    for what in ("new notices", "added to unread ones"):
        seconds = _timed(lambda: _publish(skill))
        yield f"publishing with {people} watchers: {seconds * 1000:.0f} ms"
        seconds = _timed(tell_unfinished)
        yield f"telling them, {what}: {seconds:.2f} s, {people / seconds:.0f} rows a second"
    peak = _peak_megabytes()
    yield f"peak memory: {peak:.0f} MB, {peak - before:.0f} MB more than before"


def _publish(skill: "Skill") -> None:
    from skills import revisions  # noqa: PLC0415
    from skills.content.changes import Change, Field  # noqa: PLC0415
    from skills.models import Revision, Significance, Skill  # noqa: PLC0415

    today = Skill.objects.get(pk=skill.pk).summary
    change = Change(Field.SUMMARY, today, f"{today} More.")
    revisions.publish(skill, [change], author=None, origin=Revision.Origin.ADMIN, significance=Significance.MAJOR)


def _timed(deed: Callable[[], None]) -> float:
    begin = perf_counter()
    deed()
    return perf_counter() - begin


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
