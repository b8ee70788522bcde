"""What the worker decides without anybody: accepted by votes where a site wants it, outdated when nobody took it up."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from accounts.models import User
from community.drafting import drafts
from community.events import fanout
from community.models import ChangeOutcome, Decision, State, Step, Suggestion
from community.review import deciding
from community.review.by_votes import accept_by_votes
from community.suggestions import voting
from skills.models import Revision, Significance
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World, make_trusted, make_world
from tests.races import at_once, on_postgresql

MEDIUM = Significance.MEDIUM


def aged(suggestion: Suggestion, days: int = 8) -> Suggestion:
    Step.objects.filter(suggestion=suggestion).update(made_at=timezone.now() - timedelta(days=days))
    return suggestion


def voted(suggestion: Suggestion, *values: int) -> Suggestion:
    for value in values or (1, 1, 1):
        voting.vote(suggestion, make_trusted(), value)
    return suggestion


def work() -> None:
    """Do what the worker does, which itself would give the test's connection back."""
    with translation.override(settings.LANGUAGE_CODE):
        for name in settings.SCHEDULE:
            if name.startswith("community.review."):
                import_string(name)()


def state_of(suggestion: Suggestion) -> str:
    return Suggestion.objects.get(pk=suggestion.pk).state


def assert_notified_without_actor(client: Client, author: User) -> None:
    fanout.notify_of_unfinished_events()
    client.force_login(author)
    assert "by itself" in client.get("/en/notifications/").text


@pytest.fixture
def by_votes(settings: Any) -> None:  # pytest's, which are taken back
    settings.AUTO_ACCEPT_VOTES, settings.AUTO_ACCEPT_DAYS = 3, 7


def test_votes_never_decide_by_default(world: World) -> None:
    suggestion = aged(voted(world.suggested(), *[1] * 20), days=400)
    work()
    assert (state_of(suggestion), world.text(JUNIOR)) == (State.OPEN, "Kneads.")


@pytest.mark.usefixtures("by_votes")
def test_auto_accept_publishes_and_credits_nobody_as_reviewer(client: Client, world: World) -> None:
    suggestion = aged(voted(world.suggested()))
    work()
    work()
    assert (state_of(suggestion), world.text(JUNIOR)) == (State.ACCEPTED, "Kneads dough by hand.")
    revision = Revision.objects.get(number=2)
    assert (revision.author, revision.reviewer, revision.is_co_written) == (world.author, None, False)
    decision, step = Decision.objects.get(), Step.objects.latest("pk")
    assert (decision.reviewer, decision.revision, decision.is_closing) == (None, revision, True)
    assert (step.actor, step.after) == (None, State.ACCEPTED)
    assert step.message == "Mit 3 Stimmen und keiner dagegen angenommen, nach 7 Tagen."
    page = BeautifulSoup(client.get(f"/en/suggestions/{suggestion.pk}/").content, "html.parser")
    assert "by votes" in page.select(".decision")[0].get_text()
    assert "deleted account" not in page.select("main")[0].get_text()
    assert_notified_without_actor(client, world.author)
    deciding.undo(suggestion, world.reviewer, "Not so fast.")
    assert world.text(JUNIOR) == "Kneads."


@pytest.mark.usefixtures("by_votes")
@pytest.mark.parametrize(
    "reason", ["few", "against", "young", "edited", "claim", "conflict", "warning", "part", "second"]
)
def test_auto_accept_needs_a_threshold_no_vote_against_a_minimum_age_and_nothing_to_look_at(
    world: World, reason: str
) -> None:
    change = world.cell(SENIOR, None, "Learns to bake." if reason == "warning" else "Invents.")
    suggestion = world.suggested(world.kneading(), change)
    if reason == "second":
        deciding.decline(suggestion, world.reviewer, world.spam)
        drafts.ask_second_reader(suggestion, world.author, "Again.")
    voted(suggestion, *{"few": (1, 1), "against": (1, 1, 1, 1, -1)}.get(reason, (1, 1, 1)))
    aged(suggestion, 6 if reason == "young" else 8)
    if reason == "edited":
        drafts.save(suggestion, world.author, [world.kneading("Buy bread.")], reason="Clearer.")
        voted(suggestion)
    if reason == "claim":
        deciding.claim(suggestion, world.reviewer)
    if reason == "conflict":
        world.publish(world.kneading("Kneads rye."))
    if reason == "part":
        deciding.accept(suggestion, world.reviewer, significance=MEDIUM, change_ids={suggestion.changes.all()[0].pk})
    revisions = Revision.objects.count()
    work()
    assert state_of(suggestion) == State.OPEN
    assert (Revision.objects.count(), world.text(SENIOR)) == (revisions, None)


@on_postgresql
@pytest.mark.parametrize("other", ["worker", "reviewer", "author", "voter"])
def test_auto_accept_at_once_with_anything_else_is_one_or_the_other(
    transactional_db: None, settings: Any, other: str
) -> None:
    settings.AUTO_ACCEPT_VOTES, settings.AUTO_ACCEPT_DAYS = 3, 7
    with transaction.atomic():
        world = make_world()
        suggestion, against = aged(voted(world.suggested())), make_trusted()
    actions: dict[str, Callable[[], object]] = {
        "worker": partial(accept_by_votes, suggestion),
        "reviewer": partial(deciding.decline, suggestion, world.reviewer, world.spam),
        "author": partial(drafts.save, suggestion, world.author, [world.kneading("Buy bread.")], reason="Clearer."),
        "voter": partial(voting.vote, suggestion, against, -1),
    }
    at_once(partial(accept_by_votes, suggestion), actions[other])
    is_accepted = state_of(suggestion) == State.ACCEPTED
    assert is_accepted or other != "worker"
    assert world.text(JUNIOR) == ("Kneads dough by hand." if is_accepted else "Kneads.")
    assert Revision.objects.count() == (2 if is_accepted else 1)
    assert Decision.objects.filter(is_closing=True).count() <= 1


def test_a_conflict_nobody_takes_up_is_outdated_and_superseded_and_counts_against_nobody(
    client: Client, world: World
) -> None:
    suggestion = aged(world.suggested(world.kneading(), world.cell(MIDDLE, "Bakes.", "Bakes rolls.")), days=31)
    world.publish(world.kneading("Kneads rye."))
    work()
    assert state_of(suggestion) == State.OUTDATED
    outcomes = list(suggestion.changes.values_list("outcome", flat=True))
    assert (outcomes, Decision.objects.count()) == ([ChangeOutcome.SUPERSEDED, ChangeOutcome.PENDING], 0)
    assert_notified_without_actor(client, world.author)
    assert client.post(f"/en/suggestions/{suggestion.pk}/renew/").status_code == 302
    assert state_of(suggestion) == State.OPEN
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    assert (world.text(JUNIOR), world.text(MIDDLE)) == ("Kneads dough by hand.", "Bakes rolls.")


@pytest.mark.parametrize("reason", ["no conflict", "young", "claimed"])
def test_what_is_current_young_or_claimed_is_not_outdated(world: World, reason: str) -> None:
    suggestion = aged(world.suggested(), days=29 if reason == "young" else 31)
    if reason != "no conflict":
        world.publish(world.kneading("Kneads rye."))
    if reason == "claimed":
        deciding.claim(suggestion, world.reviewer)
    work()
    assert state_of(suggestion) == State.OPEN


def test_renewing_what_is_outdated_counts_as_one_under_review(client: Client, world: World) -> None:
    suggestion = aged(world.suggested(), days=31)
    world.publish(world.kneading("Kneads rye."))
    work()
    for number in range(5):
        world.suggested(world.cell(MIDDLE, "Bakes.", f"Bakes {number} rolls."))
    client.force_login(world.author)
    assert client.post(f"/en/suggestions/{suggestion.pk}/renew/").status_code == 429
    assert state_of(suggestion) == State.OUTDATED
