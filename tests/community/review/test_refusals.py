"""Actions that cross each other, forms sent again or for something else: nothing is published unread or lost."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.models import User
from community.drafting import drafts, filing
from community.drafting.filing import FormContent
from community.models import ChangeOutcome, Decision, State, Step, Suggestion, Verdict
from community.posting.refusals import InvalidInput, NotAllowed
from community.review import deciding
from community.suggestions import voting
from community.suggestions.changes import list_pending_changes
from community.suggestions.refusals import ClaimedByOther, SuggestionChanged, TooLate
from skills.content.changes import Change, Field
from skills.models import Group, Revision, Significance
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World
from tests.factories import make_group, make_skill, make_user

MEDIUM = Significance.MEDIUM


def accepted(suggestion: Suggestion, reviewer: User, **more: object) -> Decision:
    return deciding.accept(suggestion, reviewer, significance=MEDIUM, **more)  # type: ignore[arg-type]


def moved_to(name: str, world: World) -> Change:
    old = world.skill.group
    new = make_group(old.domain, name)
    return Change(Field.GROUP, f"{old.domain.key}/{old.key}", f"{new.domain.key}/{new.key}")


def state_of(suggestion: Suggestion) -> str:
    return Suggestion.objects.get(pk=suggestion.pk).state


def test_undoing_a_merge_restores_the_text_before_it_and_not_the_older_base(world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading("Kneads rye."))
    edits = {suggestion.changes.get().pk: world.cell(JUNIOR, "Kneads rye.", "Kneads rye by hand.")}
    accepted(suggestion, world.reviewer, edits=edits)
    assert deciding.undo(suggestion, world.reviewer, "Too early.") == []
    assert world.text(JUNIOR) == "Kneads rye."


def test_the_decision_that_was_read_is_undone_and_no_later_one(world: World) -> None:
    suggestion = world.suggested()
    read = deciding.decline(suggestion, world.reviewer, world.spam)
    deciding.undo(suggestion, world.other_reviewer, "No spam.", decision_id=read.pk)
    accepted(suggestion, world.other_reviewer)
    with pytest.raises(TooLate) as refused:
        deciding.undo(suggestion, world.reviewer, "No spam.", decision_id=read.pk)
    assert refused.value.decision == Decision.objects.get(verdict=Verdict.ACCEPT)
    assert (state_of(suggestion), world.text(JUNIOR)) == (State.ACCEPTED, "Kneads dough by hand.")


def test_undoing_what_can_no_longer_be_published_is_refused_with_a_message(world: World) -> None:
    suggestion, old = world.suggested(moved_to("Stoves", world)), world.skill.group
    accepted(suggestion, world.reviewer)
    old.delete()
    with pytest.raises(InvalidInput):
        deciding.undo(suggestion, world.reviewer, "Too early.")
    assert state_of(suggestion) == State.ACCEPTED


def test_who_declined_it_does_not_undo_what_the_second_reader_decided(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    drafts.ask_second_reader(suggestion, world.author, "Please look again.")
    accepted(suggestion, world.other_reviewer)
    with pytest.raises(NotAllowed):
        deciding.undo(suggestion, world.reviewer, "Still spam.")
    assert state_of(suggestion) == State.ACCEPTED


def test_who_took_their_decline_back_may_be_the_second_reader(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    deciding.undo(suggestion, world.reviewer, "By mistake.")
    deciding.decline(suggestion, world.other_reviewer, world.spam)
    drafts.ask_second_reader(suggestion, world.author, "Please look again.")
    accepted(suggestion, world.reviewer)
    assert state_of(suggestion) == State.ACCEPTED


def test_superuser_undoes_what_they_decided_on_their_own_suggestion(world: World) -> None:
    root = make_user(is_superuser=True)
    suggestion = world.suggested(author=root)
    accepted(suggestion, root, own_reason="I am alone here.")
    deciding.undo(suggestion, root, "By mistake.")
    assert (state_of(suggestion), world.text(JUNIOR)) == (State.OPEN, "Kneads.")


def test_changes_that_nobody_read_are_not_accepted(world: World) -> None:
    suggestion = world.suggested()
    read = {change.pk for change in suggestion.changes.all()}
    drafts.save(suggestion, world.author, [world.kneading("Buy my bread.")], reason="Clearer.")
    with pytest.raises(SuggestionChanged):
        accepted(suggestion, world.reviewer, change_ids=read)
    assert (state_of(suggestion), world.text(JUNIOR)) == (State.OPEN, "Kneads.")


def test_a_part_decided_meanwhile_or_of_another_suggestion_is_not_passed_over(world: World) -> None:
    suggestion, other = world.suggested(world.kneading(), world.cell(SENIOR, None, "Invents.")), world.suggested()
    first, second = suggestion.changes.all()
    accepted(suggestion, world.other_reviewer, change_ids={first.pk})
    for change_ids in ({first.pk, second.pk}, {second.pk, other.changes.get().pk}, {first.pk}):
        with pytest.raises(SuggestionChanged):
            accepted(suggestion, world.reviewer, change_ids=change_ids)
    assert world.text(SENIOR) is None


def test_an_edit_changes_words_and_never_the_place(world: World) -> None:
    suggestion = world.suggested()
    edits = {suggestion.changes.get().pk: replace(world.kneading("Kneads rye."), place=MIDDLE)}
    accepted(suggestion, world.reviewer, edits=edits)
    assert (world.text(JUNIOR), world.text(MIDDLE)) == ("Kneads rye.", "Bakes.")


def test_who_kept_the_words_of_a_conflict_is_no_co_author(world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading("Kneads rye."))
    edits = {suggestion.changes.get().pk: world.cell(JUNIOR, "Kneads rye.", "Kneads dough by hand.")}
    accepted(suggestion, world.reviewer, edits=edits)
    assert not Revision.objects.get(number=3).is_co_written
    assert suggestion.changes.get().outcome == ChangeOutcome.APPLIED


def test_what_cannot_be_published_is_refused_with_a_message(world: World) -> None:
    suggestion = world.suggested()
    pk = suggestion.changes.get().pk
    for text in ("x" * 8001, "  ", "Kneads\0."):
        with pytest.raises(InvalidInput):
            accepted(suggestion, world.reviewer, edits={pk: world.kneading(text)})
    move = world.suggested(moved_to("Stoves", world))
    Group.objects.get(name="Stoves").delete()
    with pytest.raises(InvalidInput):
        accepted(move, world.reviewer)
    assert (state_of(suggestion), Decision.objects.count()) == (State.OPEN, 0)


def test_a_key_decides_one_thing(world: World) -> None:
    first, second, key = world.suggested(), world.suggested(), uuid.uuid4()
    accepted(first, world.reviewer, key=key)
    with pytest.raises(InvalidInput):
        accepted(second, world.reviewer, key=key)
    with pytest.raises(InvalidInput):
        deciding.decline(first, world.reviewer, world.spam, key=key)
    with pytest.raises(InvalidInput):
        accepted(first, world.other_reviewer, key=key)
    assert (Decision.objects.count(), state_of(second)) == (1, State.OPEN)


def test_what_another_reviewer_holds_is_taken_over_before_it_is_decided(world: World) -> None:
    suggestion = world.suggested()
    deciding.claim(suggestion, world.reviewer)
    actions: tuple[Callable[[], object], ...] = (
        lambda: accepted(suggestion, world.other_reviewer),
        lambda: deciding.decline(suggestion, world.other_reviewer, world.spam),
        lambda: deciding.request_changes(suggestion, world.other_reviewer, "More."),
    )
    for action in actions:
        with pytest.raises(ClaimedByOther) as refused:
            action()
        assert world.reviewer.get_full_name() in str(refused.value)
    deciding.claim(suggestion, world.other_reviewer)
    accepted(suggestion, world.other_reviewer)
    assert state_of(suggestion) == State.ACCEPTED


def test_changes_requested_of_the_rest_are_answered_after_a_part_was_accepted(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(SENIOR, None, "Invents."))
    accepted(suggestion, world.reviewer, change_ids={suggestion.changes.all()[0].pk})
    deciding.request_changes(suggestion, world.reviewer, "Invents what?")
    with pytest.raises(NotAllowed):
        drafts.save(suggestion, world.author, [world.kneading("Kneads.")], reason="Clearer.")
    drafts.save(suggestion, world.author, [world.cell(SENIOR, None, "Invents breads.")], reason="Clearer.")
    drafts.submit(suggestion, world.author, confirmed=True)
    accepted(suggestion, world.reviewer)
    assert (state_of(suggestion), world.text(SENIOR)) == (State.ACCEPTED, "Invents breads.")
    assert world.text(JUNIOR) == "Kneads dough by hand."


def test_withdrawing_leaves_the_part_that_was_accepted(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(SENIOR, None, "Invents."))
    accepted(suggestion, world.reviewer, change_ids={suggestion.changes.all()[0].pk})
    deciding.claim(suggestion, world.reviewer)
    drafts.withdraw(suggestion, world.author)
    assert (world.text(JUNIOR), world.text(SENIOR)) == ("Kneads dough by hand.", None)
    assert list(suggestion.changes.values_list("outcome", flat=True)) == [ChangeOutcome.APPLIED, ChangeOutcome.PENDING]
    assert Suggestion.objects.get().claimed_by is None


def test_renewing_leaves_the_part_that_was_accepted(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    accepted(suggestion, world.reviewer, change_ids={suggestion.changes.all()[0].pk})
    world.publish(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    drafts.renew(suggestion, world.author)
    assert list_pending_changes(suggestion) == [world.cell(MIDDLE, "Bakes bread.", "Bakes rolls.")]
    assert suggestion.changes.all()[0].base == world.kneading().as_json()["base"]


def test_other_words_lose_the_votes_of_the_earlier_ones_and_are_written_down(world: World) -> None:
    suggestion = world.suggested()
    voting.vote(suggestion, make_user(), 1)
    drafts.save(suggestion, world.author, list_pending_changes(suggestion), reason="Much clearer.")
    assert suggestion.votes.count() == 1
    drafts.save(suggestion, world.author, [world.kneading("Kneads well.")], reason="Clearer.")
    assert suggestion.votes.count() == 0
    step = Step.objects.latest("pk")
    assert (step.before, step.after, step.actor) == (State.OPEN, State.OPEN, world.author)


def test_a_form_belongs_to_one_skill(world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading()])
    other = make_skill(world.skill.group)
    with pytest.raises(NotAllowed):
        drafts.start(world.author, other, [world.kneading("x")], key=draft.key)
    assert list_pending_changes(draft) == [world.kneading()]


def test_what_a_page_saves_by_itself_never_touches_what_was_submitted(world: World) -> None:
    suggestion = world.suggested()
    older = FormContent(suggestion.key, [world.kneading("Kne")], "Clearer.")
    with pytest.raises(TooLate):
        filing.save_form(world.author, world.skill, older, drafts_only=True)
    assert list_pending_changes(suggestion) == [world.kneading()]
