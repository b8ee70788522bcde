"""The worker: what is due is done, errors do not end it, and it may be killed at any moment."""

import logging
import shutil
import signal
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from accounts.mail import tasks
from config import worker
from tests.smtp_server import PATIENCE_SECONDS, Mailbox, mail_server
from tests.web_process import DATABASE
from tests.worker_process import Site

SEND = """
from django.core.mail import send_mail
send_mail("Code", "123456", "skills@site.example", ["anna@example.org"])
send_mail("Code", "654321", "skills@site.example", ["berta@example.org"])
"""
LEASE_RUNS_OUT = "Delivery.objects.exclude(leased_until=None).update(leased_until='2000-01-01T00:00Z')"
STATES = "sorted(Delivery.objects.values_list('state', flat=True))"

# A worker gives connections back between jobs, which would end a test's own transaction.
in_its_own_transactions = pytest.mark.django_db(transaction=True)


class Jobs:
    """Entries of a schedule that keep a diary."""

    done: ClassVar[list[str]] = []
    more: ClassVar[list[bool]] = []


def fail() -> None:
    Jobs.done.append("fail")
    raise RuntimeError("out of paper")


def count() -> bool:
    Jobs.done.append("count")
    return Jobs.more.pop() if Jobs.more else False


@pytest.fixture
def _jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    Jobs.done.clear()
    Jobs.more.clear()


FAILING = [f"{__name__}.fail", f"{__name__}.missing", f"{__name__}.count"]


@in_its_own_transactions
@pytest.mark.usefixtures("_jobs")
def test_an_error_in_the_schedule_is_logged_and_keeps_nothing_else_from_running(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks.send.enqueue(["no key at all"])
    with override_settings(SCHEDULE=FAILING), caplog.at_level(logging.ERROR):
        call_command("run_worker", "--once")
    assert Jobs.done == ["fail", "count", "fail", "count"]  # once more after the task
    failed = [record.getMessage() for record in caplog.records if record.name == "config.worker"]
    assert failed == [f"{FAILING[0]} failed", f"{FAILING[1]} failed"] * 2
    assert DBTaskResult.objects.get().status == "FAILED"


@in_its_own_transactions
@pytest.mark.usefixtures("_jobs")
def test_what_has_more_to_do_is_called_again() -> None:
    Jobs.more.extend([False, True, True])
    with override_settings(SCHEDULE=[f"{__name__}.count"]):
        call_command("run_worker", "--once")
    assert Jobs.done == ["count"] * 3


@in_its_own_transactions
def test_with_nothing_to_do_nothing_is_written() -> None:
    call_command("run_worker", "--once")
    with CaptureQueriesContext(connection) as queries:
        call_command("run_worker", "--once")
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


@in_its_own_transactions
@pytest.mark.parametrize(
    ("old", "argument"),
    [
        ("accounts.tasks.send", []),
        ("community.tasks.tell", 0),
        ("community.events.tasks.tell", 0),
        ("community.tasks.carry_out_sweep", 0),
    ],
)
def test_a_task_that_was_queued_by_an_earlier_version_is_run(old: str, argument: object) -> None:
    task = import_string(worker.MOVED_TASKS[old]).enqueue(argument)
    DBTaskResult.objects.filter(pk=task.id).update(task_path=old)
    call_command("run_worker", "--once")
    result = DBTaskResult.objects.get()
    assert (result.status, result.task_path, result.traceback) == ("SUCCESSFUL", worker.MOVED_TASKS[old], "")


@in_its_own_transactions
def test_tasks_left_by_a_killed_worker_are_run_again_after_a_time() -> None:
    now = timezone.now()
    for age in (worker.ABANDONED_AFTER + timedelta(seconds=1), timedelta(minutes=1)):
        tasks.send.enqueue([])
        DBTaskResult.objects.filter(status="READY").update(status="RUNNING", started_at=now - age)
    call_command("run_worker", "--once")
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["RUNNING", "SUCCESSFUL"]


@in_its_own_transactions
def test_finished_tasks_are_deleted_failed_ones_later() -> None:
    now = timezone.now()
    kept = {("SUCCESSFUL", 0), ("FAILED", 2)}
    for status, days in [*kept, ("SUCCESSFUL", 2), ("FAILED", 15)]:
        task = tasks.send.enqueue([])
        DBTaskResult.objects.filter(pk=task.id).update(status=status, finished_at=now - timedelta(days=days))
    call_command("run_worker", "--once")
    left = DBTaskResult.objects.values_list("status", "finished_at")
    assert {(status, (now - finished).days) for status, finished in left if finished} == kept


def test_a_worker_killed_while_it_sends_loses_nothing_and_sends_the_same_message(
    tmp_path: Path, prepared_site: Path
) -> None:
    box = Mailbox(data_answer=None)
    with mail_server(box) as port:
        site = Site(tmp_path, port)
        shutil.copy2(prepared_site / DATABASE, tmp_path)
        site.run("-c", f"{'import django; django.setup()'}{SEND}")
        with site.worker() as process:
            box.wait_for_data()
            process.kill()
        assert site.ask(STATES) == ["owed", "owed"]
        box.data_answer = "250 OK"
        site.run("manage.py", "run_worker", "--once")
        assert site.ask(STATES) == ["owed", "sent"]  # the one on its way waits for the lease to run out
        site.ask(LEASE_RUNS_OUT)
        site.run("manage.py", "run_worker", "--once")
        assert site.ask(STATES) == ["sent", "sent"]
    identities = [(message["To"], message["Message-ID"], message["Date"]) for message in box.messages]
    assert len(identities) == 3
    assert len(set(identities)) == 2
    assert identities[0] in identities[1:]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_is_asked_to_end_finishes_what_it_sends(
    tmp_path: Path, prepared_site: Path, number: signal.Signals
) -> None:
    box = Mailbox(data_answer=None)
    with mail_server(box) as port:
        site = Site(tmp_path, port)
        shutil.copy2(prepared_site / DATABASE, tmp_path)
        site.run("-c", f"{'import django; django.setup()'}{SEND}")
        with site.worker() as process:
            box.wait_for_data()
            process.send_signal(number)
            box.answer_now()
            assert process.wait(PATIENCE_SECONDS) == 0
        assert site.ask(STATES) == ["sent", "sent"]
