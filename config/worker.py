"""The worker, which runs beside the web server: tasks as they arrive, the schedule every SCHEDULE_SECONDS.

SCHEDULE names functions without arguments. Each does a limited part of the work that is due and
returns True when there may be more; it is then called again after the waiting tasks.
Any number of workers may run at once: all work is claimed in the database first.
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
FAILURE_WAIT_SECONDS = 10  # after an error while looking for tasks
ABANDONED_AFTER = timedelta(minutes=15)  # a task that runs longer counts as abandoned
KEEP_DONE = timedelta(days=1)
KEEP_FAILED = timedelta(days=14)
PRUNE_BATCH_SIZE = 1000
# Old path → current path of tasks that were moved or renamed: earlier versions may have queued the old one.
MOVED_TASKS = {
    "accounts.tasks.send": "accounts.mail.tasks.send",
    "community.tasks.tell": "community.events.tasks.notify_of_event",
    "community.events.tasks.tell": "community.events.tasks.notify_of_event",
    "community.tasks.carry_out_sweep": "community.moderation.sweeping.carry_out_sweep",
}


class Worker:
    """The work of one process. `stop` may be called at any time; the current piece of work is finished first."""

    def __init__(self) -> None:
        self._stopping = Event()
        self._tasks = TaskWorker(
            queue_names=["*"],
            interval=POLL_SECONDS,
            batch=True,  # return when no task is ready, instead of waiting for one
            backend_name="default",
            startup_delay=False,
            max_tasks=1,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def stop(self) -> None:
        """Stop after the current piece of work."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop` is called."""
        next_round = time.monotonic()
        again: list[str] = []  # functions of the schedule that may have more to do
        while not self._stopping.is_set():
            if time.monotonic() >= next_round:
                again = list(settings.SCHEDULE)
                next_round = time.monotonic() + settings.SCHEDULE_SECONDS
            # Each function does a limited part, so that the waiting tasks get their turn between two parts.
            again = self._run_schedule(again)
            self._run_tasks()
            if not again:
                self._stopping.wait(POLL_SECONDS)

    def run_once(self) -> None:
        """Do everything that is due now, then return."""
        names = list(settings.SCHEDULE)
        while names and not self._stopping.is_set():
            again = self._run_schedule(names)
            # A task may make new work for any function of the schedule, so all are called again.
            names = list(settings.SCHEDULE) if self._run_tasks() else again

    def _run_schedule(self, names: list[str]) -> list[str]:
        """Call each named function once; return the names of those that have more to do."""
        return [
            name for name in names if not self._stopping.is_set() and _run_safely(name, partial(_call_function, name))
        ]

    def _run_tasks(self) -> bool:
        """Run the tasks that are ready; return whether there was one."""
        has_run_one = False
        while not self._stopping.is_set():
            has_task = _run_safely("looking for tasks", self._run_task)
            if has_task is None:
                self._stopping.wait(FAILURE_WAIT_SECONDS)  # the database is out of reach: do not log it every second
            if not has_task:
                break
            has_run_one = True
        return has_run_one

    def _run_task(self) -> bool:
        """Run one task that is ready; return whether there was one."""
        # Check first, because claiming a task locks the whole SQLite database.
        has_task = DBTaskResult.objects.ready().exists()
        if has_task:
            rename_moved_tasks()
            self._tasks.run()
        return has_task


def _call_function(name: str) -> object:
    return import_string(name)()


def _run_safely(name: str, action: Callable[[], object]) -> bool | None:
    """Run `action` and return whether there is more to do; log an error instead of raising it, and return None.

    Each action starts in the site's language and returns its database connection at the end.
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
    """Give tasks that an earlier version queued their current paths."""
    moved = DBTaskResult.objects.ready().filter(task_path__in=MOVED_TASKS)
    for pk, path in moved.values_list("pk", "task_path"):
        # The path is part of the filter: another worker may have changed or claimed the task in the meantime.
        DBTaskResult.objects.ready().filter(pk=pk, task_path=path).update(task_path=MOVED_TASKS[path])


def requeue_abandoned_tasks() -> None:
    """Make tasks ready again whose worker was killed: they have been running for longer than ABANDONED_AFTER."""
    now = timezone.now()
    abandoned = DBTaskResult.objects.running().filter(started_at__lt=now - ABANDONED_AFTER)
    if abandoned.exists():
        number = abandoned.update(status=TaskResultStatus.READY, started_at=None)
        logger.warning("%d tasks that were left unfinished are done again", number)


def prune_tasks() -> bool:
    """Delete tasks that were done a day ago or failed two weeks ago; return whether there may be more."""
    now = timezone.now()
    done = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_DONE)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED)
    pks = list((done | failed).values_list("pk", flat=True)[:PRUNE_BATCH_SIZE])
    if pks:
        DBTaskResult.objects.filter(pk__in=pks).delete()
    return len(pks) == PRUNE_BATCH_SIZE
