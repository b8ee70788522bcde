"""What the author's form does: keep and submit in one go, within the limits of a new account, never the same twice."""

import uuid
from functools import partial

import pytest
from django.db import transaction
from django.utils import translation

from accounts.models import User
from community.drafting import drafts, filing
from community.drafting.filing import FormContent
from community.models import CountedWrite, State, Suggestion
from community.posting.refusals import InvalidInput, NotAllowed, OverLimit
from community.review import deciding
from community.suggestions.changes import list_pending_changes
from community.suggestions.refusals import AlreadySuggested
from community.suggestions.rivals import find_rival_changes
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.content.places import load_places
from skills.models import Significance
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World, make_reviewer, make_world
from tests.factories import cell, make_domain, make_framework, make_group, make_role, make_skill, make_user
from tests.races import at_once, kinds, on_postgresql


def draft(*changes: Change, reason: str = "Clearer.") -> FormContent:
    return FormContent(uuid.uuid4(), changes, reason)


def filed(world: World, author: User, number: int) -> Suggestion:
    """Let minutes pass, and file a suggestion."""
    CountedWrite.objects.all().delete()
    return filing.submit_form(author, world.skill, draft(world.kneading(f"Kneads {number}.")), confirmed=True)


def test_what_is_refused_stays_a_draft(world: World) -> None:
    with pytest.raises(InvalidInput):
        filing.submit_form(world.author, world.skill, draft(world.kneading(), reason=""))
    found = Suggestion.objects.get()
    assert (found.state, list_pending_changes(found)) == (State.DRAFT, [world.kneading()])


def test_filing_the_same_form_twice_is_one_suggestion(world: World) -> None:
    form = draft(world.kneading())
    first, second = (filing.submit_form(world.author, world.skill, form) for _ in range(2))
    assert (first, second.state) == (second, State.OPEN)
    with pytest.raises(NotAllowed):
        filing.submit_form(make_user(), world.skill, form)


def test_new_accounts_have_at_most_5_open_suggestions(world: World) -> None:
    opened = [filed(world, world.author, number) for number in range(5)]
    with pytest.raises(OverLimit):
        filed(world, world.author, 5)
    assert Suggestion.objects.filter(state=State.DRAFT).count() == 1  # the text is kept
    drafts.withdraw(opened[0], world.author)
    filed(world, world.author, 6)
    assert Suggestion.objects.filter(state=State.OPEN).count() == 5


def test_what_reviewers_sent_back_counts_and_may_be_submitted_again(world: World) -> None:
    opened = [filed(world, world.author, number) for number in range(5)]
    deciding.request_changes(opened[0], world.reviewer, "More.")
    with pytest.raises(OverLimit):
        filed(world, world.author, 5)
    again = FormContent(opened[0].key, [world.kneading("Kneads better.")], "Clearer.")
    assert filing.submit_form(world.author, world.skill, again).state == State.OPEN


def test_after_5_accepted_suggestions_the_limits_lift(world: World) -> None:
    text = "Kneads."
    for number in range(5):
        CountedWrite.objects.all().delete()
        change = world.cell(JUNIOR, text, text := f"Kneads {number}.")
        accepted = filing.submit_form(world.author, world.skill, draft(change), confirmed=True)
        deciding.accept(accepted, world.reviewer, significance=Significance.TYPO)
    for number in range(6):
        filed(world, world.author, 100 + number)
    assert Suggestion.objects.filter(state=State.OPEN).count() == 6


def test_reviewers_have_no_limit(world: World) -> None:
    reviewer = make_reviewer()
    for number in range(6):
        filed(world, reviewer, number)
    assert Suggestion.objects.filter(state=State.OPEN).count() == 6


def test_same_as_an_open_suggestion_is_blocking_and_names_that_one(world: World) -> None:
    other = world.suggested(author=make_user())
    with pytest.raises(AlreadySuggested) as refused:
        filing.submit_form(world.author, world.skill, draft(world.kneading()), confirmed=True)
    assert refused.value.same_suggestion == other
    assert Suggestion.objects.get(author=world.author).state == State.DRAFT


@pytest.mark.parametrize("field", ["other text", "other place", "other obligation"])
def test_what_differs_from_an_open_suggestion_may_be_submitted(world: World, field: str) -> None:
    world.suggested(author=make_user())
    change = {
        "other text": world.kneading("Kneads dough gently."),
        "other place": world.cell(SENIOR, None, "Kneads dough by hand."),
        "other obligation": Change(
            Field.REQUIREMENT, cell("Kneads."), cell("Kneads dough by hand.", "optional"), JUNIOR
        ),
    }[field]
    assert filing.submit_form(world.author, world.skill, draft(change), confirmed=True).state == State.OPEN


def test_same_as_a_decided_suggestion_may_be_submitted(world: World) -> None:
    deciding.decline(world.suggested(author=make_user()), world.reviewer, world.spam)
    assert filing.submit_form(world.author, world.skill, draft(world.kneading())).state == State.OPEN


def test_an_open_suggestion_does_not_become_the_same_as_another(world: World) -> None:
    world.suggested(author=make_user())
    mine = world.suggested(world.kneading("Kneads slowly."))
    with pytest.raises(AlreadySuggested):
        drafts.save(mine, world.author, [world.kneading()], reason="Clearer.")
    assert list_pending_changes(mine) == [world.kneading("Kneads slowly.")]


def test_touching_are_undecided_changes_of_the_same_fields_by_others(world: World) -> None:
    mine = world.suggested(world.kneading("Kneads a."), world.cell(MIDDLE, "Bakes.", "Bakes a."))
    other = world.suggested(world.kneading("Kneads b."), world.cell(SENIOR, None, "Teaches."))
    drafts.withdraw(world.suggested(world.kneading("Kneads c.")), world.author)
    drafts.start(make_user(), world.skill, [world.kneading("Kneads d.")])
    found = find_rival_changes(mine, list_pending_changes(mine))
    assert [(row.suggestion, row.level) for row in found] == [(other, "junior")]


def test_places_of_another_framework_or_track_cannot_be_submitted(world: World) -> None:
    make_role(make_framework(), "Butcher")
    for place in (Place("butcher", "junior"), Place("baker", "ic9")):
        with translation.override("en"), pytest.raises(InvalidInput, match="no such role or level"):
            filing.submit_form(world.author, world.skill, draft(world.cell(place, None, "Cuts.")))
    framework = make_framework(levels=("IC1", "M1"), tracks={"IC1": "IC", "M1": "M"})
    role, fresh = make_role(framework, "Engineer"), make_role(framework, "Fresh")
    level = framework.levels.get(slug="ic1")
    make_skill(make_group(make_domain(framework)), cells={(role, level): cell()})
    places = load_places(framework.pk)
    assert places.get_refusal_reason(Place(role.key, "m1")) != ""
    assert (places.get_refusal_reason(Place(role.key, "ic1")), places.get_refusal_reason(Place(fresh.key, "m1"))) == (
        "",
        "",
    )


@on_postgresql
def test_two_forms_at_once_do_not_pass_the_limit_together() -> None:
    with transaction.atomic():
        world = make_world()
    for number in range(4):
        filed(world, world.author, number)
    outcomes = at_once(partial(filed, world, world.author, 10), partial(filed, world, world.author, 11))
    assert kinds(outcomes) == ["OverLimit", "Suggestion"]
    assert Suggestion.objects.filter(state=State.OPEN).count() == 5


@on_postgresql
@pytest.mark.parametrize("time", range(3))
def test_the_same_form_submitted_twice_at_once_is_one_suggestion(time: int) -> None:
    with transaction.atomic():
        world = make_world()
    form = draft(world.kneading())
    submit = partial(filing.submit_form, world.author, world.skill, form, confirmed=True)
    assert at_once(submit, submit) == [Suggestion.objects.get()] * 2
    assert Suggestion.objects.get().state == State.OPEN


@on_postgresql
@pytest.mark.parametrize("time", range(3))
def test_of_two_people_who_submit_the_same_at_once_one_is_refused_because_of_the_other(time: int) -> None:
    with transaction.atomic():
        world, other = make_world(), make_user()
    people = (world.author, other)
    submits = [
        partial(filing.submit_form, person, world.skill, draft(world.kneading()), confirmed=True) for person in people
    ]
    assert kinds(at_once(*submits)) == ["AlreadySuggested", "Suggestion"]
