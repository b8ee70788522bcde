"""What is done beside the web server: tasks as they come, the schedule every SCHEDULE_SECONDS.

SCHEDULE names functions without arguments. Each does a bounded piece of what is due and
returns True when there may be more; it is then called again after the tasks that wait.
Any number of workers may run at once: whatever is done is claimed in the database first.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event

from django.conf import settings
from django.db import close_old_connections
from django.tasks import TaskResultStatus
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

POLL_SECONDS = 1
FAILURE_WAIT_SECONDS = 10
ABANDONED_AFTER = timedelta(minutes=15)
KEEP_DONE = timedelta(days=1)
KEEP_FAILED = timedelta(days=14)
PRUNE_BATCH_SIZE = 1000
# Tasks by the paths under which earlier versions queued them.
MOVED_TASKS = {
    "accounts.tasks.send": "accounts.mail.tasks.send",
    "community.tasks.tell": "community.events.tasks.notify_of_event",
    "community.events.tasks.tell": "community.events.tasks.notify_of_event",
    "community.tasks.carry_out_sweep": "community.moderation.sweeping.carry_out_sweep",
}


class Worker:
    """One process's work. `stop` may be called at any time; what is being done is done to its end."""

    def __init__(self) -> None:
        self._stopping = Event()
        self._tasks = TaskWorker(
            queue_names=["*"],
            interval=POLL_SECONDS,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=1,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def stop(self) -> None:
        """End after what is being done now."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop` is called."""
        next_round = time.monotonic()
        again: list[str] = []
        while not self._stopping.is_set():
            if time.monotonic() >= next_round:
                again = list(settings.SCHEDULE)
                next_round = time.monotonic() + settings.SCHEDULE_SECONDS
            again = self._run_schedule(again)
            self._run_tasks()
            if not again:
                self._stopping.wait(POLL_SECONDS)

    def run_once(self) -> None:
        """Do everything that is due now."""
        names = list(settings.SCHEDULE)
        while names and not self._stopping.is_set():
            again = self._run_schedule(names)
            names = list(settings.SCHEDULE) if self._run_tasks() else again

    def _run_schedule(self, names: list[str]) -> list[str]:
        """Do a piece of each; return those that have more to do."""
        return [
            name for name in names if not self._stopping.is_set() and _run_safely(name, partial(_call_function, name))
        ]

    def _run_tasks(self) -> bool:
        """Run the tasks that are ready; return whether there was one."""
        was_one = False
        while not self._stopping.is_set():
            is_one = _run_safely("looking for tasks", self._run_task)
            if is_one is None:
                self._stopping.wait(FAILURE_WAIT_SECONDS)  # the database is away: no need to say so every second
            if not is_one:
                break
            was_one = True
        return was_one

    def _run_task(self) -> bool:
        # Looked for first, because to take one locks the whole of an SQLite database.
        is_one = DBTaskResult.objects.ready().exists()
        if is_one:
            rename_moved_tasks()
            self._tasks.run()
        return is_one


def _call_function(name: str) -> object:
    return import_string(name)()


def _run_safely(name: str, action: Callable[[], object]) -> bool | None:
    """Do something, and log an error instead of ending with it; return whether there is more to do, None if it failed.

    Each begins in the site's language and gives the database's connection back.
    """
    try:
        with translation.override(settings.LANGUAGE_CODE):
            return bool(action())
    except Exception:
        logger.exception("%s failed", name)
        return None
    finally:
        close_old_connections()


def rename_moved_tasks() -> None:
    """Give tasks that an earlier version queued the paths that they have today."""
    moved = DBTaskResult.objects.ready().filter(task_path__in=MOVED_TASKS)
    for pk, path in moved.values_list("pk", "task_path"):
        DBTaskResult.objects.ready().filter(pk=pk, task_path=path).update(task_path=MOVED_TASKS[path])


def requeue_abandoned_tasks() -> None:
    """Let tasks be run again whose worker was killed; it does not say so, but has been silent for long."""
    now = timezone.now()
    abandoned = DBTaskResult.objects.running().filter(started_at__lt=now - ABANDONED_AFTER)
    if abandoned.exists():
        number = abandoned.update(status=TaskResultStatus.READY, started_at=None)
        logger.warning("%d tasks that were left unfinished are done again", number)


def prune_tasks() -> bool:
    """Delete tasks done a day ago and those that failed two weeks ago; return whether there may be more."""
    now = timezone.now()
    done = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_DONE)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED)
    pks = list((done | failed).values_list("pk", flat=True)[:PRUNE_BATCH_SIZE])
    if pks:
        DBTaskResult.objects.filter(pk__in=pks).delete()
    return len(pks) == PRUNE_BATCH_SIZE
