"""A skill is retired at the same moment as a suggestion for it is accepted, submitted or carried over."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import transaction

from community.drafting import drafts, filing
from community.drafting.filing import FormContent
from community.models import Decision, State, Suggestion
from community.posting.refusals import InvalidInput
from community.review import deciding
from community.suggestions import states
from community.suggestions.refusals import SkillRetired
from skills.content.changes import Change, Field
from skills.models import Revision, Significance, Skill
from tests.community.suggestions.retired import merge, retire
from tests.community.suggestions.world import JUNIOR, World
from tests.races import ON_POSTGRESQL, at_once
from tests.waiting import wait_until_another_waits

pytestmark = ON_POSTGRESQL
MEDIUM = Significance.MEDIUM


def assert_nothing_follows_the_retirement(world: World, outcome: object) -> None:
    """Assert that the suggestion was published before the skill was retired, or not at all."""
    assert not Skill.objects.get(pk=world.skill.pk).is_current
    last = world.skill.revisions.latest("number")
    assert [change["field"] for change in last.changes] == ["status"]
    assert isinstance(outcome, Decision | SkillRetired)
    is_accepted = isinstance(outcome, Decision)
    assert last.number == (3 if is_accepted else 2)
    assert ("Kneads dough by hand." in str(last.content)) == is_accepted
    assert Decision.objects.filter(suggestion__changes__field="requirement").exists() == is_accepted


@pytest.mark.parametrize("time", range(3))
@pytest.mark.parametrize("is_by_suggestion", [False, True])
def test_accepting_while_the_skill_is_retired_is_before_it_or_refused(
    world: World, time: int, is_by_suggestion: bool
) -> None:
    suggestion = world.suggested()
    to_retire = world.suggested(Change(Field.STATUS, "current", "retired"))
    retiring: Callable[[], object] = partial(retire, world)
    if is_by_suggestion:
        retiring = partial(deciding.accept, to_retire, world.other_reviewer, significance=MEDIUM)
    outcome, retired = at_once(partial(deciding.accept, suggestion, world.reviewer, significance=MEDIUM), retiring)
    assert not isinstance(retired, Exception)
    assert_nothing_follows_the_retirement(world, outcome)


def test_a_reviewer_who_waits_for_the_retirement_is_refused(world: World) -> None:
    suggestion = world.suggested()
    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            retire(world)
            accepting = worker.submit(
                at_once, partial(deciding.accept, suggestion, world.reviewer, significance=MEDIUM)
            )
            wait_until_another_waits()
        [outcome] = accepting.result(timeout=30)
    assert_nothing_follows_the_retirement(world, outcome)
    assert isinstance(outcome, SkillRetired)
    assert Suggestion.objects.get(pk=suggestion.pk).state == State.OPEN


def test_an_author_who_waits_for_the_retirement_cannot_submit(world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading()], reason="Clearer.")
    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            retire(world)
            submitting = worker.submit(at_once, partial(drafts.submit, draft, world.author, confirmed=True))
            wait_until_another_waits()
        [outcome] = submitting.result(timeout=30)
    assert isinstance(outcome, InvalidInput)
    assert Suggestion.objects.get().state == State.DRAFT
    assert Revision.objects.filter(skill=world.skill).count() == 2


def test_carrying_over_locks_the_earlier_suggestion_first_as_deleting_the_account_does(world: World) -> None:
    earlier, successor = world.suggested(), merge(world)
    form = FormContent(uuid.uuid4(), [world.cell(JUNIOR, None, "Kneads by hand.")], "Clearer.", carried_from=earlier)
    draft = filing.save_form(world.author, successor, form)
    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            states.lock_suggestion(earlier)
            submitting = worker.submit(at_once, partial(filing.submit_form, world.author, successor, form))
            wait_until_another_waits()
            states.lock_suggestion(draft)  # would be a deadlock if the other one had locked it already
        [outcome] = submitting.result(timeout=30)
    assert isinstance(outcome, Suggestion)
    assert (outcome.state, Suggestion.objects.get(pk=earlier.pk).state) == (State.OPEN, State.WITHDRAWN)
