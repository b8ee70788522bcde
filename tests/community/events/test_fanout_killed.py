"""A worker that is killed with -9 while it notifies people: a real one, another process, on the same database."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from community.models import Event, Notification
from skills.models import Skill
from tests.community.events.factories import change_cell, make_watchers, notify_everyone
from tests.factories import make_catalogue
from tests.other_process import address_of_postgresql

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's database of a test is in this process"),
]

NOTIFY_IN_SMALL_BATCHES = """
import django
django.setup()
from community.events import audience, fanout
audience.BATCH_SIZE = 5
fanout.notify_of_unfinished_events()
"""


def worker() -> subprocess.Popen[bytes]:
    variables = {"DATABASE_URL": address_of_postgresql(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", NOTIFY_IN_SMALL_BATCHES], env={**os.environ, **variables}, cwd=settings.BASE_DIR
    )


@pytest.mark.parametrize("batches", [1, 7])
def test_a_worker_killed_while_notifying_loses_nobody_and_notifies_nobody_twice(batches: int) -> None:
    with transaction.atomic():
        make_catalogue()
    skill = Skill.objects.get()
    users = make_watchers(skill, 600)
    change_cell(skill)
    event = Event.objects.get()
    with worker() as process:
        while event.notified_up_to < users[batches * 5 - 1].pk and process.poll() is None:
            event.refresh_from_db()
        process.kill()
    event.refresh_from_db()
    assert event.notified_up_to >= users[batches * 5 - 1].pk, "it ended before it was killed"
    assert event.finished_at is None, "it was through before it was killed"
    notified_count = Notification.objects.count()
    assert notified_count == sum(user.pk <= event.notified_up_to for user in users)
    Event.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    notify_everyone()
    assert Notification.objects.filter(count=1).count() == Notification.objects.count() == len(users)
    assert 0 < notified_count < len(users)
