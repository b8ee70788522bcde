"""Automatic publishing asks moderators first: what they hid, hold or look at is never published by votes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.membership import MODERATORS
from accounts.models import User
from accounts.privacy import erasure
from community.drafting import drafts
from community.models import Act, CountedWrite, Event, Fault, Report, State, Step, Suggestion, Sweep
from community.models.moderation import ReportOutcome
from community.moderation import hiding, people, reports, sweeping
from community.review import deciding
from community.review.by_votes import accept_by_votes, accept_due
from community.review.outdating import mark_outdated_suggestions
from community.suggestions import voting
from skills.models import Revision
from tests.community.suggestions.world import JUNIOR, World, make_reviewer, make_trusted, make_world
from tests.factories import make_user
from tests.races import at_once, on_postgresql
from tests.waiting import wait_until_another_waits

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=30)


@pytest.fixture(autouse=True)
def _by_votes(settings: Any) -> None:
    settings.AUTO_ACCEPT_VOTES, settings.AUTO_ACCEPT_DAYS = 3, 7


def make_moderator(name: str = "", **fields: Any) -> User:
    moderator = make_user(name, **fields)
    moderator.groups.add(Group.objects.get_or_create(name=MODERATORS)[0])
    return moderator


def due(world: World, *, voters: list[User] | None = None) -> Suggestion:
    """Return a suggestion that votes accept unless something forbids it."""
    suggestion = world.suggested()
    for voter in voters or [make_trusted() for _ in range(3)]:
        voting.vote(suggestion, voter, 1)
    Step.objects.filter(suggestion=suggestion).update(made_at=timezone.now() - LONG_AGO)
    return suggestion


def is_published(world: World) -> bool:
    """Let the worker decide, and look at the skill itself."""
    accept_due()
    text, count = world.text(JUNIOR), Revision.objects.filter(skill=world.skill).count()
    assert (text, count) in {("Kneads.", 1), ("Kneads dough by hand.", 2)}
    return count == 2


def test_what_nobody_objects_to_is_published(world: World) -> None:
    due(world)
    assert is_published(world)


def test_what_the_checks_refuse_is_looked_at_again_after_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    suggestion = due(world)
    world.publish(world.kneading("Kneads rye."))
    accept_due()
    world.publish(world.cell(JUNIOR, "Kneads rye.", "Kneads."))
    with CaptureQueriesContext(connection) as queries:
        accept_due()
    assert (world.text(JUNIOR), len(queries)) == ("Kneads.", 1)  # it is not even locked
    later = timezone.now() + timedelta(minutes=59)
    monkeypatch.setattr(timezone, "now", lambda: later)
    accept_due()
    assert Suggestion.objects.get(pk=suggestion.pk).state == State.OPEN
    later += timedelta(minutes=2)
    accept_due()
    assert Suggestion.objects.get(pk=suggestion.pk).state == State.ACCEPTED
    assert world.text(JUNIOR) == "Kneads dough by hand."


def test_what_the_checks_refuse_keeps_nothing_else_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.review.by_votes.MAX_ACCEPTED_PER_RUN", 1)
    monkeypatch.setattr("community.review.by_votes.BATCH_SIZE", 1)
    voters = [make_trusted() for _ in range(3)]
    for _ in range(4):
        due(world, voters=voters)
    world.publish(world.kneading("Kneads rye."))
    other = make_world()
    due(other, voters=voters)
    for _ in range(5):  # one at a time, in any order
        accept_due()
    assert (other.text(JUNIOR), world.text(JUNIOR)) == ("Kneads dough by hand.", "Kneads rye.")


def test_trust_is_asked_of_nobody_while_nothing_could_be_due(world: World) -> None:
    suggestion = due(world)
    Step.objects.filter(suggestion=suggestion).update(made_at=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        accept_due()
    assert len(queries) == 1
    assert "accounts_user_groups" not in queries.captured_queries[0]["sql"]


def test_looking_costs_the_same_number_of_queries_for_one_as_for_many(world: World) -> None:
    counts = []
    for number in (1, 6):
        for _ in range(number):
            due(world, voters=[make_user(), make_user(), make_user()])
        with CaptureQueriesContext(connection) as queries:
            accept_due()
        counts.append(len(queries))
    assert counts == [3, 3]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by how many rows there are")
def test_no_query_reads_all_accounts_or_the_whole_log(world: World) -> None:
    suggestion = due(world)
    with CaptureQueriesContext(connection) as queries:
        accept_by_votes(suggestion)
    chosen = [query["sql"] for query in queries.captured_queries if "profile_hidden_at" in query["sql"]]
    asked = [sql for sql in chosen if "community_vote" in sql and sql.startswith("SELECT")]
    assert len(asked) >= 2
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            assert not [row[3] for row in cursor.fetchall() if row[3].startswith("SCAN")], sql


def hide(suggestion: Suggestion) -> None:
    hiding.hide(suggestion, make_moderator(), "Advertising.")


def hold(suggestion: Suggestion) -> None:
    Suggestion.objects.filter(pk=suggestion.pk).update(held_at=timezone.now())


def report(suggestion: Suggestion) -> None:
    reports.get_or_create_report(suggestion, make_user(), Fault.SPAM)


def report_author(suggestion: Suggestion) -> None:
    assert suggestion.author is not None
    reports.get_or_create_report(suggestion.author, make_user(), Fault.SPAM)


def suspend(suggestion: Suggestion) -> None:
    assert suggestion.author is not None
    people.suspend(suggestion.author, make_moderator(), timezone.now() + timedelta(days=1), "Advertising.")


def switch_off(suggestion: Suggestion) -> None:
    User.objects.filter(suggestions=suggestion).update(is_active=False)


def hide_author(suggestion: Suggestion) -> None:
    assert suggestion.author is not None
    hiding.hide(suggestion.author, make_moderator(), "Advertising.")


def ask_for_sweep(suggestion: Suggestion) -> None:
    """Start a sweep that no worker has begun yet: nothing is hidden so far."""
    assert suggestion.author is not None
    sweeping.start_sweep(suggestion.author, make_moderator(is_superuser=True), "Advertising.")


def sweep(suggestion: Suggestion) -> None:
    ask_for_sweep(suggestion)
    sweeping.carry_out(Sweep.objects.get().pk)


@pytest.mark.parametrize(
    "happens", [hide, hold, report, report_author, suspend, switch_off, hide_author, ask_for_sweep, sweep]
)
def test_what_moderators_look_at_is_not_published(world: World, happens: Callable[[Suggestion], None]) -> None:
    suggestion = due(world)
    happens(suggestion)
    assert accept_by_votes(suggestion) is None
    assert not is_published(world)
    assert Suggestion.objects.get(pk=suggestion.pk).state == State.OPEN


def test_what_moderators_hid_on_their_page_is_not_published(client: Client, world: World) -> None:
    suggestion = due(world)
    client.force_login(make_moderator("mo"))
    data = {"intent": "hide", "reason": "Advertising."}
    client.post(f"/en/moderation/suggestion/{suggestion.pk}/", data)
    assert Suggestion.objects.get(pk=suggestion.pk).hidden_at is not None
    assert not is_published(world)


def test_a_report_that_is_decided_no_longer_keeps_it(world: World) -> None:
    suggestion = due(world)
    report(suggestion)
    reports.decide(suggestion, make_moderator(), ReportOutcome.DISAGREED)
    assert Report.objects.get().outcome == ReportOutcome.DISAGREED
    assert is_published(world)


@pytest.mark.parametrize("how", ["hidden", "held", "swept"])
def test_the_waiting_time_begins_when_moderators_show_it_again(world: World, how: str) -> None:
    suggestion, moderator = due(world), make_moderator(is_superuser=True)
    if how == "hidden":
        hide(suggestion)
        hiding.restore(suggestion, moderator, "A mistake.")
    elif how == "held":
        hold(suggestion)
        hiding.release(suggestion, moderator)
    else:
        sweep(suggestion)
        sweeping.undo_sweep(Sweep.objects.get(), moderator, "A mistake.")
        sweeping.carry_out(Sweep.objects.get().pk)
    assert Suggestion.objects.get(pk=suggestion.pk).is_public
    assert not is_published(world)


def test_what_was_shown_again_long_ago_is_published(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    suggestion = due(world)
    hide(suggestion)
    hiding.restore(suggestion, make_moderator(), "A mistake.")
    shown_at = Act.objects.get(kind="restored").at
    monkeypatch.setattr(timezone, "now", lambda: shown_at + timedelta(days=6, hours=23))
    assert not is_published(world)
    monkeypatch.setattr(timezone, "now", lambda: shown_at + timedelta(days=7, hours=1))
    assert is_published(world)


def voter_who_is(kind: str) -> User:
    if kind == "new":
        return make_user()
    voter = make_trusted()
    if kind == "trusted by what was hidden":
        Suggestion.objects.filter(author=voter).update(hidden_at=timezone.now())
    return voter


def leave_as(kind: str, voter: User) -> None:
    if kind == "suspended":
        people.suspend(voter, make_moderator(), timezone.now() + timedelta(days=1), "Advertising.")
    elif kind == "deleted":
        erasure.delete_account(voter)
    elif kind == "switched off":
        User.objects.filter(pk=voter.pk).update(is_active=False)
    elif kind == "hidden":
        hiding.hide(voter, make_moderator(), "Advertising.")
    elif kind == "swept":
        sweeping.start_sweep(voter, make_moderator(is_superuser=True), "Advertising.")


WHO_DO_NOT_COUNT = ["new", "trusted by what was hidden", "suspended", "deleted", "switched off", "hidden", "swept"]


@pytest.mark.parametrize("kind", WHO_DO_NOT_COUNT)
def test_votes_of_some_accounts_do_not_count_for_it(world: World, kind: str) -> None:
    voter = voter_who_is(kind)
    suggestion = due(world, voters=[voter, make_trusted(), make_trusted()])
    leave_as(kind, voter)
    assert suggestion.votes.count() == 3
    assert not is_published(world)
    voting.vote(suggestion, make_trusted(), 1)
    assert is_published(world)
    assert "3" in Suggestion.objects.get(pk=suggestion.pk).decisions.get().message  # not the four that there are


@pytest.mark.parametrize("kind", WHO_DO_NOT_COUNT)
def test_votes_of_these_accounts_do_not_count_against_it(world: World, kind: str) -> None:
    suggestion, voter = due(world), voter_who_is(kind)
    voting.vote(suggestion, voter, -1)
    leave_as(kind, voter)
    assert is_published(world)


def test_votes_of_reviewers_and_of_who_was_suspended_once_count(world: World) -> None:
    freed = make_trusted()
    due(world, voters=[make_reviewer(), make_moderator(), freed])
    User.objects.filter(pk=freed.pk).update(suspended_until=timezone.now() - timedelta(days=1))
    assert is_published(world)


def send_form(world: World, suggestion: Suggestion, **fields: str) -> None:
    """Send the author's form as their browser does."""
    browser = Client()
    browser.force_login(world.author)
    CountedWrite.objects.all().delete()
    data = {
        "intent": "submit", "key": str(suggestion.key), "revision": "1", "cell": "baker/junior",
        "description:baker/junior": "Kneads dough by hand.", "obligation:baker/junior": "mandatory",
        "reason": "Clearer.", "source": "", "confirmed": "1", **fields,
    }  # fmt: skip
    assert browser.post(f"/en/suggestions/{suggestion.pk}/edit/", data).status_code == 302


@pytest.mark.parametrize("field", ["reason", "source"])
def test_another_reason_or_source_begins_the_waiting_time_again(world: World, field: str) -> None:
    suggestion = due(world)
    send_form(world, suggestion, **{field: "https://example.org/other"})
    assert getattr(Suggestion.objects.get(pk=suggestion.pk), field) == "https://example.org/other"
    assert suggestion.votes.count() == 3
    assert not is_published(world)
    Step.objects.filter(suggestion=suggestion).update(made_at=timezone.now() - LONG_AGO)
    assert is_published(world)


def test_the_same_form_sent_again_changes_no_waiting_time(world: World) -> None:
    suggestion = due(world)
    send_form(world, suggestion, reason=" Clearer. ")
    assert is_published(world)


def test_other_words_and_another_reason_are_one_line_of_history(world: World) -> None:
    suggestion = due(world)
    send_form(world, suggestion, reason="Better.", **{"description:baker/junior": "Kneads with care."})
    steps = Step.objects.filter(suggestion=suggestion, before=State.OPEN)
    assert [(step.actor, step.after) for step in steps] == [(world.author, State.OPEN)]


def test_what_is_hidden_is_not_outdated_and_tells_nobody(world: World) -> None:
    suggestion = due(world)
    world.publish(world.kneading("Kneads rye."))
    Step.objects.update(made_at=timezone.now() - timedelta(days=40))
    hide(suggestion)
    events = Event.objects.count()
    mark_outdated_suggestions()
    assert Suggestion.objects.get(pk=suggestion.pk).state == State.OPEN
    assert Event.objects.count() == events


def test_asking_for_a_second_reader_of_what_is_hidden_tells_no_reviewer(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    hide(suggestion)
    drafts.ask_second_reader(suggestion, world.author, "Please.")
    assert not Event.objects.filter(action="second_reader").exists()


@on_postgresql
@pytest.mark.parametrize("what", ["hide", "report"])
def test_hiding_or_reporting_at_the_same_moment_is_one_or_the_other(transactional_db: None, what: str) -> None:
    with transaction.atomic():
        world = make_world()
        suggestion, moderator, reporter = due(world), make_moderator(), make_user()
    acts: dict[str, Callable[[], object]] = {
        "hide": partial(hiding.hide, suggestion, moderator, "Advertising."),
        "report": partial(reports.get_or_create_report, suggestion, reporter, Fault.SPAM),
    }
    _act, decision = at_once(acts[what], partial(accept_by_votes, suggestion))
    is_accepted = Suggestion.objects.get(pk=suggestion.pk).state == State.ACCEPTED
    assert is_accepted == (decision is not None)
    assert Revision.objects.filter(skill=world.skill).count() == (2 if is_accepted else 1)


@on_postgresql
def test_who_waits_for_hiding_looks_again_before_publishing(transactional_db: None) -> None:
    """The worker has chosen it and waits for the row that a moderator is just hiding."""
    with transaction.atomic():
        world = make_world()
        suggestion, moderator = due(world), make_moderator()
    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            hiding.hide(suggestion, moderator, "Advertising.")
            accepting = worker.submit(at_once, partial(accept_by_votes, suggestion))
            wait_until_another_waits()
        assert accepting.result(timeout=30) == [None]
    assert Suggestion.objects.get(pk=suggestion.pk).state == State.OPEN
    assert world.text(JUNIOR) == "Kneads."
