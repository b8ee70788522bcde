"""Several people at once, with real connections. Without the lock on the suggestion's row these tests fail."""

import random
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from community.drafting import drafts
from community.models import Decision, State, Suggestion, Verdict, Vote
from community.posting.refusals import InvalidInput, NotAllowed
from community.review import deciding
from community.suggestions import voting
from community.suggestions.refusals import TooLate
from skills.content.changes import ChangedMeanwhile
from skills.models import Significance
from skills.revisions import NothingToPublish
from tests.community.suggestions.agreement import (
    assert_every_accepted_change_is_in_history_once,
    assert_matrix_is_the_replay_of_its_revisions,
)
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World, make_reviewer
from tests.factories import make_user
from tests.races import ON_POSTGRESQL, at_once, done_at_once, kinds

pytestmark = ON_POSTGRESQL

MEDIUM = Significance.MEDIUM
REFUSALS = (ChangedMeanwhile, NotAllowed, NothingToPublish, TooLate, InvalidInput)
PEOPLE, ACTIONS = 20, 25


@pytest.mark.parametrize("time", range(5))
def test_of_two_reviewers_at_once_one_decides_and_the_other_reads_who(world: World, time: int) -> None:
    suggestion = world.suggested()
    outcomes = at_once(
        partial(deciding.accept, suggestion, world.reviewer, significance=MEDIUM),
        partial(deciding.decline, suggestion, world.other_reviewer, world.spam),
    )
    assert kinds(outcomes) == ["Decision", "TooLate"]
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, TooLate)]
    decision = Decision.objects.get()
    assert refused.decision == decision
    accepted = decision.reviewer == world.reviewer
    assert world.text(JUNIOR) == ("Kneads dough by hand." if accepted else "Kneads.")
    assert Suggestion.objects.get().state == (State.ACCEPTED if accepted else State.DECLINED)


def test_both_accepting_at_once_publish_once(world: World) -> None:
    suggestion = world.suggested()
    actions = [
        partial(deciding.accept, suggestion, who, significance=MEDIUM) for who in (world.reviewer, world.other_reviewer)
    ]
    assert kinds(at_once(*actions)) == ["Decision", "TooLate"]
    assert world.skill.revisions.count() == 2


def test_the_same_request_sent_twice_at_once_decides_once(world: World) -> None:
    suggestion, key = world.suggested(), uuid.uuid4()
    action = partial(deciding.accept, suggestion, world.reviewer, significance=MEDIUM, key=key)
    assert at_once(action, action) == [Decision.objects.get()] * 2
    assert world.skill.revisions.count() == 2


def test_two_suggestions_for_one_cell_at_once_end_in_one_conflict(world: World) -> None:
    actions = [
        partial(deciding.accept, world.suggested(world.kneading(text)), world.reviewer, significance=MEDIUM)
        for text in ("Kneads rye.", "Kneads wheat.")
    ]
    assert kinds(at_once(*actions)) == ["ChangedMeanwhile", "Decision"]


def test_withdrawing_while_it_is_accepted_is_one_or_the_other(world: World) -> None:
    suggestion = world.suggested()
    outcomes = at_once(
        partial(deciding.accept, suggestion, world.reviewer, significance=MEDIUM),
        partial(drafts.withdraw, suggestion, world.author),
    )
    assert kinds(outcomes) in (["Decision", "TooLate"], ["Suggestion", "TooLate"])
    is_accepted = Suggestion.objects.get().state == State.ACCEPTED
    assert (world.skill.revisions.count(), Decision.objects.count()) == ((2, 1) if is_accepted else (1, 0))


def test_one_person_voting_twice_at_once_has_one_vote(world: World) -> None:
    suggestion, member = world.suggested(), make_user()
    assert at_once(*[partial(voting.vote, suggestion, member, 1)] * 4) == [1] * 4
    assert Vote.objects.count() == 1


def test_of_two_claims_at_once_the_later_holds(world: World) -> None:
    suggestion = world.suggested()
    done_at_once(*(partial(deciding.claim, suggestion, who) for who in (world.reviewer, world.other_reviewer)))
    suggestion.refresh_from_db()
    assert suggestion.claimed_by in {world.reviewer, world.other_reviewer}
    assert suggestion.claimed_until is not None
    assert suggestion.claimed_until > timezone.now()


def test_twenty_people_at_random_leave_text_and_history_in_agreement(world: World) -> None:
    people = [make_reviewer() for _ in range(PEOPLE)]
    done_at_once(*(partial(act_at_random, world, person, random.Random(seed)) for seed, person in enumerate(people)))
    assert Decision.objects.filter(verdict=Verdict.ACCEPT).count() > 5  # else it shows nothing
    assert_matrix_is_the_replay_of_its_revisions(world.skill)
    assert_every_accepted_change_is_in_history_once()
    for suggestion in Suggestion.objects.all():
        in_force = suggestion.decisions.filter(is_closing=True, undone_at__isnull=True).count()
        assert in_force == (suggestion.state in {State.ACCEPTED, State.ACCEPTED_WITH_CHANGES, State.DECLINED})
    assert not any(decision.reviewer == decision.suggestion.author for decision in Decision.objects.all())


def act_at_random(world: World, person: object, chance: random.Random) -> None:
    for number in range(ACTIONS):
        try:
            do_one_action(world, person, chance, f"Text {person} {number}.")
        except REFUSALS:
            continue


def do_one_action(world: World, person: object, chance: random.Random, text: str) -> None:
    action = chance.choice(["suggest", "suggest", "accept", "accept", "decline", "withdraw", "undo", "renew"])
    if action == "suggest":
        place = chance.choice([JUNIOR, MIDDLE, SENIOR])
        world.suggested(world.cell(place, world.text(place), text), author=person)  # type: ignore[arg-type]
        return
    suggestion = chance.choice(list(Suggestion.objects.all()) or [None])
    if suggestion is None:
        return
    actions: dict[str, Callable[[], object]] = {
        "accept": lambda: deciding.accept(suggestion, person, significance=MEDIUM),  # type: ignore[arg-type]
        "decline": lambda: deciding.decline(suggestion, person, world.spam),  # type: ignore[arg-type]
        "withdraw": lambda: drafts.withdraw(suggestion, person),  # type: ignore[arg-type]
        "undo": lambda: deciding.undo(suggestion, person, "Again."),  # type: ignore[arg-type]
        "renew": lambda: drafts.renew(suggestion, person),  # type: ignore[arg-type]
    }
    actions[action]()
