"""A server killed with -9 in the middle of an accept, really: another process, on the same database.

All of the decision is there afterwards or nothing, and whoever must be notified still is.
"""

import json
import signal
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from community.models import ChangeOutcome, Decision, Event, Kind, Notification, State, Suggestion, Verdict
from skills.content.changes import Change, Field
from skills.models import Revision
from tests.community.events.factories import make_watchers
from tests.community.suggestions.agreement import (
    assert_every_accepted_change_is_in_history_once,
    assert_matrix_is_the_replay_of_its_revisions,
)
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World, make_world
from tests.other_process import run_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING_IS_DONE = [
    ("before", 'INSERT INTO "skills_revision"'),
    ("after", 'INSERT INTO "skills_revision"'),
    ("before", 'INSERT INTO "community_decision"'),
    ("after", 'UPDATE "community_suggestion"'),
    ("before", "COMMIT"),
]
ALL_IS_DONE = [
    ("after", "COMMIT"),  # the task that notifies people is not even saved
    ("after", 'INSERT INTO "django_tasks_database_dbtaskresult"'),
]
EDITED = "Kneads dough by hand, daily."


@dataclass
class Desk:
    """A suggestion of four changes on a watched skill, before a reviewer who changes one of its texts."""

    world: World
    suggestion: Suggestion
    watchers: list[User]
    folder: Path
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def address(self) -> str:
        return f"/en/review/{self.suggestion.pk}/accept/"

    def form(self, key: str) -> dict[str, object]:
        rows = list(self.suggestion.changes.all())
        return {
            "key": key,
            "significance": "major",
            "change": [row.pk for row in rows],
            f"text-{rows[0].pk}": EDITED,
            f"obligation-{rows[0].pk}": "mandatory",
        }

    def accept_and_die(self, when: str, statement: str) -> None:
        form = json.dumps(self.form(self.key))
        who = str(self.world.reviewer.pk)
        module = "tests.community.suggestions.dying_reviewer"
        done = run_elsewhere(self.folder, "-m", module, who, self.address, form, when, statement)
        assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr

    def accept(self, client: Client, who: User, key: str) -> int:
        client.force_login(who)
        return client.post(self.address, self.form(key)).status_code

    def run_worker(self) -> None:
        done = run_elsewhere(self.folder, "manage.py", "run_worker", "--once")
        assert done.returncode == 0, done.stderr

    def get_notified_ids(self) -> list[int]:
        notices = Notification.objects.filter(kind=Kind.CONTENT_CHANGED).order_by("user")
        return list(notices.values_list("user", flat=True))


@pytest.fixture
def desk(transactional_db: None, tmp_path: Path) -> Desk:
    with transaction.atomic():
        world = make_world()
        watchers = make_watchers(world.skill, 3)
        summary = Change(Field.SUMMARY, "", "Bread, from flour to crust.")
        changes = [world.kneading(), world.cell(MIDDLE, "Bakes.", None), world.cell(SENIOR, None, "Teaches."), summary]
        return Desk(world, world.suggested(*changes), watchers, tmp_path)


def assert_nothing_is_done(desk: Desk) -> None:
    assert_matrix_is_the_replay_of_its_revisions(desk.world.skill)
    assert Revision.objects.count() == 1
    assert Suggestion.objects.get().state == State.OPEN
    assert set(desk.suggestion.changes.values_list("outcome", "published")) == {(ChangeOutcome.PENDING, None)}
    assert list(desk.suggestion.steps.values_list("after", flat=True)) == [State.OPEN]
    assert not Decision.objects.exists()
    assert not Event.objects.filter(kind=Kind.CONTENT_CHANGED).exists()
    assert desk.world.text(JUNIOR) == "Kneads."


def assert_all_is_done(desk: Desk) -> None:
    assert_matrix_is_the_replay_of_its_revisions(desk.world.skill)
    assert_every_accepted_change_is_in_history_once()
    revision, decision = Revision.objects.get(number=2), Decision.objects.get()
    assert (decision.revision, decision.verdict, decision.is_closing) == (revision, Verdict.ACCEPT, True)
    assert Revision.objects.count() == 2
    assert Suggestion.objects.get().state == State.ACCEPTED_WITH_CHANGES
    assert (
        list(desk.suggestion.changes.values_list("outcome", flat=True))
        == [ChangeOutcome.EDITED] + [ChangeOutcome.APPLIED] * 3
    )
    assert list(desk.suggestion.steps.values_list("after", flat=True)) == [State.OPEN, State.ACCEPTED_WITH_CHANGES]
    event = Event.objects.get(kind=Kind.CONTENT_CHANGED)
    assert event.revision == revision
    assert [desk.world.text(place) for place in (JUNIOR, MIDDLE, SENIOR)] == [EDITED, None, "Teaches."]


@pytest.mark.parametrize(("when", "statement"), NOTHING_IS_DONE)
def test_killed_before_the_end_nothing_is_done_and_someone_else_accepts_it(
    desk: Desk, client: Client, when: str, statement: str
) -> None:
    desk.accept_and_die(when, statement)
    assert_nothing_is_done(desk)
    assert desk.accept(client, desk.world.other_reviewer, str(uuid.uuid4())) == 302
    assert_all_is_done(desk)
    assert Decision.objects.get().reviewer == desk.world.other_reviewer


@pytest.mark.parametrize(("when", "statement"), ALL_IS_DONE)
def test_killed_after_the_end_all_is_done_and_the_notices_are_still_sent(
    desk: Desk, client: Client, when: str, statement: str
) -> None:
    desk.accept_and_die(when, statement)
    assert_all_is_done(desk)
    assert desk.get_notified_ids() == []
    assert desk.accept(client, desk.world.reviewer, desk.key) == 302, "the same request is answered as before"
    assert desk.accept(client, desk.world.other_reviewer, str(uuid.uuid4())) == 409
    assert_all_is_done(desk)
    desk.run_worker()
    assert desk.get_notified_ids() == [watcher.pk for watcher in desk.watchers]
    desk.run_worker()
    assert desk.get_notified_ids() == [watcher.pk for watcher in desk.watchers]
