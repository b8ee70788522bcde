"""Accepting, declining, sending back, taking back: what of it is published, and what is written down."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from community.drafting import drafts
from community.models import ChangeOutcome, Decision, State, Step, Suggestion, Verdict
from community.posting.refusals import InvalidInput, NotAllowed
from community.review import deciding
from community.suggestions.refusals import TooLate
from skills.content.changes import Change, ChangedMeanwhile, Field
from skills.content.matrix import Place
from skills.models import Revision, Significance
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World
from tests.factories import make_role, make_user

MEDIUM = Significance.MEDIUM


def state_of(suggestion: Suggestion) -> str:
    return Suggestion.objects.values_list("state", flat=True).get(pk=suggestion.pk)


def outcomes_of(suggestion: Suggestion) -> list[str]:
    return list(suggestion.changes.values_list("outcome", flat=True))


def test_accepting_publishes_and_credits_author_and_reviewer(world: World) -> None:
    suggestion = world.suggested()
    decision = deciding.accept(suggestion, world.reviewer, significance=Significance.MAJOR)
    revision = Revision.objects.get(skill=world.skill, number=2)
    assert world.text(JUNIOR) == "Kneads dough by hand."
    assert (revision.author, revision.reviewer, revision.is_co_written) == (world.author, world.reviewer, False)
    assert (revision.origin, revision.summary, revision.significance) == ("suggestion", "Clearer.", "major")
    assert (decision.revision, decision.verdict, decision.is_closing) == (revision, Verdict.ACCEPT, True)
    assert (state_of(suggestion), outcomes_of(suggestion)) == (State.ACCEPTED, [ChangeOutcome.APPLIED])


def test_today_equal_to_the_proposed_text_counts_as_already_applied(world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading())
    decision = deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    assert decision.revision is None
    assert (state_of(suggestion), outcomes_of(suggestion)) == (State.ACCEPTED, [ChangeOutcome.ALREADY_APPLIED])
    assert world.skill.revisions.count() == 2


def test_anything_else_is_a_conflict_that_shows_all_three_texts(world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading("Kneads rye."))
    with pytest.raises(ChangedMeanwhile) as refused:
        deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    ((change, today),) = refused.value.conflicts
    texts = [value.description for value in (change.base, today, change.proposed)]  # type: ignore[union-attr]
    assert texts == ["Kneads.", "Kneads rye.", "Kneads dough by hand."]
    assert (state_of(suggestion), world.text(JUNIOR)) == (State.OPEN, "Kneads rye.")
    assert Decision.objects.count() == 0


def test_a_conflict_leaves_the_other_changes_unapplied(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(SENIOR, None, "Invents."))
    world.publish(world.kneading("Kneads rye."))
    with pytest.raises(ChangedMeanwhile):
        deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    assert world.text(SENIOR) is None
    assert outcomes_of(suggestion) == [ChangeOutcome.PENDING] * 2


def test_reviewer_merges_a_conflict_and_becomes_co_author(world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading("Kneads rye."))
    edits = {suggestion.changes.get().pk: world.cell(JUNIOR, "Kneads rye.", "Kneads rye dough by hand.")}
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM, edits=edits)
    revision = world.skill.revisions.get(number=3)
    assert world.text(JUNIOR) == "Kneads rye dough by hand."
    assert (revision.author, revision.reviewer, revision.is_co_written) == (world.author, world.reviewer, True)
    assert (state_of(suggestion), outcomes_of(suggestion)) == (State.ACCEPTED_WITH_CHANGES, [ChangeOutcome.EDITED])


def test_single_changes_are_accepted_alone_and_the_rest_stays_open(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(SENIOR, None, "Invents."))
    first, second = suggestion.changes.all()
    partly = deciding.accept(suggestion, world.reviewer, significance=MEDIUM, change_ids={first.pk})
    assert (partly.is_closing, state_of(suggestion)) == (False, State.OPEN)
    assert outcomes_of(suggestion) == [ChangeOutcome.APPLIED, ChangeOutcome.PENDING]
    deciding.accept(suggestion, world.other_reviewer, significance=MEDIUM, change_ids={second.pk})
    assert (state_of(suggestion), world.text(SENIOR)) == (State.ACCEPTED, "Invents.")


def test_nobody_reviews_their_own_suggestion(world: World) -> None:
    suggestion = world.suggested(author=world.reviewer)
    for action in (
        lambda: deciding.claim(suggestion, world.reviewer),
        lambda: deciding.accept(suggestion, world.reviewer, significance=MEDIUM),
        lambda: deciding.accept(suggestion, world.reviewer, significance=MEDIUM, own_reason="I may."),
        lambda: deciding.decline(suggestion, world.reviewer, world.spam),
        lambda: deciding.request_changes(suggestion, world.reviewer, "More."),
    ):
        with pytest.raises(NotAllowed):
            action()
    assert state_of(suggestion) == State.OPEN


def test_superuser_decides_their_own_with_a_reason_that_history_shows(world: World) -> None:
    root = make_user(is_superuser=True)
    suggestion = world.suggested(author=root)
    with pytest.raises(NotAllowed):
        deciding.accept(suggestion, root, significance=MEDIUM, own_reason="  ")
    decision = deciding.accept(suggestion, root, significance=MEDIUM, own_reason="I am alone here.")
    assert decision.own_reason == "I am alone here."
    assert Step.objects.filter(suggestion=suggestion).last().message == "I am alone here."  # type: ignore[union-attr]


def test_database_refuses_a_decision_by_the_author_without_a_reason(world: World) -> None:
    suggestion = world.suggested()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            suggestion=suggestion, author=world.author, reviewer=world.author, verdict=Verdict.ACCEPT
        )


def test_database_refuses_a_second_decision_in_force(world: World) -> None:
    suggestion = world.suggested()
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(suggestion=suggestion, reviewer=world.other_reviewer, verdict=Verdict.ACCEPT)


def test_members_decide_nothing(world: World) -> None:
    suggestion, member = world.suggested(), make_user()
    for action in (
        lambda: deciding.claim(suggestion, member),
        lambda: deciding.accept(suggestion, member, significance=MEDIUM),
        lambda: deciding.decline(suggestion, member, world.spam),
        lambda: deciding.request_changes(suggestion, member, "More."),
    ):
        with pytest.raises(NotAllowed):
            action()
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    with pytest.raises(NotAllowed):
        deciding.undo(suggestion, member, "No.")
    assert state_of(suggestion) == State.ACCEPTED


def test_undoing_a_decline_leaves_what_was_accepted_before(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(SENIOR, None, "Invents."))
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM, change_ids={suggestion.changes.all()[0].pk})
    deciding.decline(suggestion, world.reviewer, world.spam)
    deciding.undo(suggestion, world.reviewer, "Read it again.")
    assert (world.text(JUNIOR), state_of(suggestion)) == ("Kneads dough by hand.", State.OPEN)
    assert outcomes_of(suggestion) == [ChangeOutcome.APPLIED, ChangeOutcome.PENDING]
    assert list(suggestion.decisions.filter(undone_at=None).values_list("verdict", flat=True)) == [Verdict.ACCEPT]


def test_second_reviewer_reads_who_decided(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam, message="Twice already.")
    with pytest.raises(TooLate) as refused:
        deciding.accept(suggestion, world.other_reviewer, significance=MEDIUM)
    assert refused.value.decision is not None
    assert refused.value.decision.reviewer == world.reviewer
    assert refused.value.state == State.DECLINED


def test_the_same_request_twice_decides_once(world: World) -> None:
    suggestion, key = world.suggested(), uuid.uuid4()
    first = deciding.accept(suggestion, world.reviewer, significance=MEDIUM, key=key)
    assert deciding.accept(suggestion, world.reviewer, significance=MEDIUM, key=key) == first
    assert (Decision.objects.count(), world.skill.revisions.count()) == (1, 2)


def test_declining_needs_a_reason_of_the_list(world: World) -> None:
    suggestion = world.suggested()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(suggestion=suggestion, reviewer=world.reviewer, verdict=Verdict.DECLINE)
    decision = deciding.decline(suggestion, world.reviewer, world.spam)
    assert (decision.decline_reason, state_of(suggestion)) == (world.spam, State.DECLINED)
    assert world.text(JUNIOR) == "Kneads."


def test_changes_requested_are_answered_and_then_accepted(world: World) -> None:
    suggestion = world.suggested()
    with pytest.raises(InvalidInput):
        deciding.request_changes(suggestion, world.reviewer, " ")
    deciding.request_changes(suggestion, world.reviewer, "Which dough?")
    assert state_of(suggestion) == State.CHANGES_REQUESTED
    drafts.save(suggestion, world.author, [world.kneading("Kneads rye dough.")], reason="Clearer.")
    drafts.submit(suggestion, world.author, confirmed=True)
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    assert world.text(JUNIOR) == "Kneads rye dough."


def test_claim_holds_off_the_author_and_can_be_taken_over(world: World) -> None:
    suggestion = world.suggested()
    deciding.claim(suggestion, world.reviewer)
    with pytest.raises(NotAllowed):
        drafts.save(suggestion, world.author, [world.kneading("Kneads..")], reason="Clearer.")
    assert deciding.claim(suggestion, world.other_reviewer).claimed_by == world.other_reviewer
    deciding.unclaim(suggestion, world.reviewer)
    suggestion.refresh_from_db()
    assert suggestion.claimed_by == world.other_reviewer
    deciding.unclaim(suggestion, world.other_reviewer)
    drafts.save(suggestion, world.author, [world.kneading("Kneads well.")], reason="Clearer.")


def test_undoing_restores_the_text_and_opens_the_suggestion_again(world: World) -> None:
    suggestion = world.suggested()
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    assert deciding.undo(suggestion, world.other_reviewer, "Too early.") == []
    assert (world.text(JUNIOR), state_of(suggestion)) == ("Kneads.", State.OPEN)
    assert outcomes_of(suggestion) == [ChangeOutcome.PENDING]
    assert world.skill.revisions.get(number=3).origin == Revision.Origin.REVERT
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    assert world.text(JUNIOR) == "Kneads dough by hand."


def test_undoing_leaves_what_someone_changed_since_and_says_so(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    world.publish(world.cell(MIDDLE, "Bakes rolls.", "Bakes pretzels."))
    ((change, today),) = deciding.undo(suggestion, world.reviewer, "Too early.")
    assert (change.place, today.description) == (MIDDLE, "Bakes pretzels.")  # type: ignore[union-attr]
    assert (world.text(JUNIOR), world.text(MIDDLE)) == ("Kneads.", "Bakes pretzels.")


def test_undoing_a_partial_acceptance_takes_all_of_it_back(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(SENIOR, None, "Invents."))
    for change in suggestion.changes.all():
        deciding.accept(suggestion, world.reviewer, significance=MEDIUM, change_ids={change.pk})
    deciding.undo(suggestion, world.reviewer, "Too early.")
    assert (world.text(JUNIOR), world.text(SENIOR)) == ("Kneads.", None)


def test_what_is_not_decided_cannot_be_undone(world: World) -> None:
    with pytest.raises(TooLate):
        deciding.undo(world.suggested(), world.reviewer, "Why not.")


def test_second_reader_is_another_reviewer_and_asked_once(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    drafts.ask_second_reader(suggestion, world.author, "Please look again.")
    with pytest.raises(NotAllowed):
        deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    deciding.decline(suggestion, world.other_reviewer, world.spam)
    with pytest.raises(NotAllowed):
        drafts.ask_second_reader(suggestion, world.author, "And again.")
    assert state_of(suggestion) == State.DECLINED


def test_name_and_group_of_a_skill_are_changed_by_suggestion(world: World) -> None:
    change = Change(Field.NAME, "Baking", "Bread baking")
    deciding.accept(world.suggested(change), world.reviewer, significance=MEDIUM)
    world.skill.refresh_from_db()
    assert world.skill.name == "Bread baking"


def test_what_nothing_holds_any_more_is_neither_accepted_nor_put_back(world: World) -> None:
    role = make_role(world.skill.framework, "Miller")
    place = Place("miller", "junior")
    gone = world.suggested(world.cell(place, None, "Mills."))
    removal = world.suggested(world.kneading(), world.cell(MIDDLE, "Bakes.", None))
    deciding.accept(removal, world.reviewer, significance=MEDIUM)
    role.delete()
    world.skill.framework.levels.get(slug="middle").delete()
    with pytest.raises(InvalidInput):
        deciding.accept(gone, world.reviewer, significance=MEDIUM)
    with pytest.raises(InvalidInput):
        deciding.undo(removal, world.reviewer, "Needed.")
    assert {one.state for one in Suggestion.objects.all()} == {State.OPEN, State.ACCEPTED}
    assert world.text(JUNIOR) == "Kneads dough by hand."
