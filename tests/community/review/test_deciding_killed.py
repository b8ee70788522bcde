"""A reviewer's process that is killed with -9 while it decides: what was decided, and only that, is notified."""

import subprocess
import sys
from os import environ

import pytest
from django.conf import settings
from django.db import connection, transaction

from community.models import Decision, Event, EventAction, Kind, State, Suggestion
from tests.community.events.factories import notify_everyone
from tests.community.suggestions.world import World, make_world
from tests.other_process import address_of_postgresql

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's database of a test is in this process"),
]

SUGGESTIONS = 40

DECLINE_ALL = """
import django
django.setup()
from accounts.models import User
from community.review import deciding
from community.models import DeclineReason, Suggestion
reviewer, reason = User.objects.get(username="reviewer"), DeclineReason.objects.get(english="Spam")
for suggestion in Suggestion.objects.order_by("pk"):
    deciding.decline(suggestion, reviewer, reason)
"""


@pytest.fixture
def world(transactional_db: None) -> World:
    with transaction.atomic():
        world = make_world()
        world.reviewer.username = "reviewer"
        world.reviewer.save(update_fields=["username"])
        for number in range(SUGGESTIONS):
            world.suggested(world.kneading(f"Kneads {number}."))
    return world


@pytest.mark.parametrize("decided", [1, 7])
def test_a_reviewer_killed_while_deciding_leaves_each_decision_whole_and_its_notice_owed(
    world: World, decided: int
) -> None:
    variables = {"DATABASE_URL": address_of_postgresql(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", DECLINE_ALL]
    with subprocess.Popen(command, env={**environ, **variables}, cwd=settings.BASE_DIR) as process:
        while Decision.objects.count() < decided and process.poll() is None:
            pass
        process.kill()
    declined = Suggestion.objects.filter(state=State.DECLINED).count()
    assert decided <= declined < SUGGESTIONS, "it was through before it was killed"
    assert Decision.objects.count() == Event.objects.filter(kind=Kind.DECISION).count() == declined
    notify_everyone()
    assert world.author.notifications.get().tally == {EventAction.DECLINED: declined}
