"""The author's side: what a draft keeps, what cannot be submitted, and when it can no longer be changed."""

import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone

from community import rules
from community.drafting import drafts
from community.models import State, Step, Suggestion
from community.posting.refusals import InvalidInput, NotAllowed
from community.review import deciding
from community.suggestions.changes import list_pending_changes
from community.suggestions.refusals import TooLate
from community.suggestions.states import TRANSITIONS
from skills.models import Significance
from tests.community.suggestions.world import MIDDLE, SENIOR, World
from tests.factories import make_user


def test_draft_keeps_even_what_cannot_be_submitted_yet(world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading("")])
    assert (draft.state, list_pending_changes(draft)) == (State.DRAFT, [world.kneading("")])
    with pytest.raises(InvalidInput) as refused:
        drafts.submit(draft, world.author, confirmed=True)
    assert len(refused.value.reasons) == 2  # no reason, no text
    assert Suggestion.objects.get().state == State.DRAFT


def test_nothing_changed_cannot_be_submitted(world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading("Kneads.")], reason="Clearer.")
    with pytest.raises(InvalidInput):
        drafts.submit(draft, world.author)


def test_warnings_may_be_confirmed(world: World) -> None:
    change = world.cell(SENIOR, None, "Learns to bake.")
    draft = drafts.start(world.author, world.skill, [change], reason="Clearer.")
    with pytest.raises(InvalidInput) as refused:
        drafts.submit(draft, world.author)
    assert len(refused.value.reasons) == 1
    drafts.submit(draft, world.author, confirmed=True)
    assert Suggestion.objects.get().state == State.OPEN


def test_a_suggestion_has_each_field_at_most_once(world: World) -> None:
    with pytest.raises(InvalidInput):
        drafts.start(world.author, world.skill, [world.kneading("a"), world.kneading("b")])
    assert Suggestion.objects.count() == 0


def test_the_same_form_sent_twice_is_one_draft(world: World) -> None:
    key = uuid.uuid4()
    for text in ("Kneads a.", "Kneads b."):
        drafts.start(world.author, world.skill, [world.kneading(text)], key=key)
    assert list_pending_changes(Suggestion.objects.get()) == [world.kneading("Kneads b.")]
    with pytest.raises(NotAllowed):
        drafts.start(make_user(), world.skill, [world.kneading()], key=key)


def test_only_the_author_changes_submits_withdraws_and_renews(world: World) -> None:
    suggestion, stranger = world.suggested(), make_user()
    actions: tuple[Callable[[], object], ...] = (
        lambda: drafts.save(suggestion, stranger, [world.kneading("x")], reason="Mine."),
        lambda: drafts.submit(suggestion, stranger),
        lambda: drafts.withdraw(suggestion, stranger),
        lambda: drafts.renew(suggestion, stranger),
        lambda: drafts.ask_second_reader(suggestion, stranger, ""),
    )
    for action in actions:
        with pytest.raises(NotAllowed):
            action()
    assert list_pending_changes(suggestion) == [world.kneading()]


def test_drafts_are_seen_by_their_author_alone(world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading()])
    assert rules.may_see(world.author, draft)
    assert not rules.may_see(world.reviewer, draft)


def test_a_decided_suggestion_is_not_changed_any_more(world: World) -> None:
    suggestion = world.suggested()
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    with pytest.raises(TooLate):
        drafts.save(suggestion, world.author, [world.kneading("x")], reason="Clearer.")
    with pytest.raises(TooLate):
        drafts.withdraw(suggestion, world.author)


def test_withdrawn_stays_withdrawn(world: World) -> None:
    suggestion = drafts.withdraw(world.suggested(), world.author)
    with pytest.raises(TooLate):
        deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    assert Suggestion.objects.get().state == State.WITHDRAWN


def test_renewing_takes_todays_text_as_base_and_keeps_the_words(world: World) -> None:
    suggestion = world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    world.publish(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    drafts.renew(suggestion, world.author)
    assert list_pending_changes(suggestion) == [world.cell(MIDDLE, "Bakes bread.", "Bakes rolls.")]
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    assert world.text(MIDDLE) == "Bakes rolls."


def test_every_step_is_written_down(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam, message="Twice already.")
    steps = Step.objects.values_list("actor", "before", "after", "message")
    assert list(steps) == [
        (world.author.pk, "draft", "open", ""),
        (world.reviewer.pk, "open", "declined", "Twice already."),
    ]


def test_every_state_says_what_may_follow() -> None:
    assert set(TRANSITIONS) == set(State)
    assert TRANSITIONS[State.WITHDRAWN] == frozenset()


def test_claim_expires_by_itself(world: World) -> None:
    suggestion = deciding.claim(world.suggested(), world.reviewer)
    assert suggestion.claimed_until is not None
    assert not rules.may_edit(world.author, suggestion, timezone.now())
    assert rules.may_edit(world.author, suggestion, suggestion.claimed_until)
