"""Taking a revision, or one change of it, back."""

import uuid
from functools import partial

import pytest
from django.db import transaction
from django.test import Client

from community.drafting import drafts
from community.models import Suggestion
from community.reverting import reverting
from community.reverting.reverting import RevertTarget
from community.suggestions import changes
from skills.content.changes import Change, ChangedMeanwhile, Field
from skills.models import Revision, Significance, Skill
from tests.community.suggestions.retired import retire
from tests.community.suggestions.world import JUNIOR, World, make_world
from tests.races import at_once, kinds, on_postgresql
from tests.tabs import read_fields


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    made.publish(made.kneading("Kneads rye."))
    return made


def address(world: World, number: int = 1, query: str = "") -> str:
    return f"/en/skills/{world.skill.slug}/history/{number}/revert/{query}"


def form(seen: int = 2) -> dict[str, str]:
    return {"seen": str(seen), "key": str(uuid.uuid4()), "summary": "It was better.", "significance": "medium"}


def test_visitor_is_sent_to_sign_in_and_back(client: Client, world: World) -> None:
    response = client.get(address(world))
    assert response.status_code == 302
    assert response.headers["Location"].endswith(f"?next={address(world)}")


def test_page_before_shows_exactly_what_would_change(client: Client, world: World) -> None:
    client.force_login(world.reviewer)
    page = client.get(address(world)).content.decode()
    assert "Kneads" in page
    assert ">removed: </span> rye</del>" in page
    assert world.text(JUNIOR) == "Kneads rye."


@pytest.mark.parametrize("query", ["", "?field=requirement&role=baker&level=junior"])
def test_reviewer_takes_back_at_once_and_twice_says_nothing_is_left(client: Client, world: World, query: str) -> None:
    client.force_login(world.reviewer)
    where = address(world, 2 if query else 1, query)
    sent = form()
    assert client.post(where, sent).status_code == 302
    assert world.text(JUNIOR) == "Kneads."
    made = world.skill.revisions.get(number=3)
    assert (made.origin, made.author, made.summary) == (Revision.Origin.REVERT, world.reviewer, "It was better.")
    again = client.post(where, sent, follow=True)
    assert "Nothing is left to take back" in again.content.decode()
    assert world.skill.revisions.count() == 3


def test_text_changed_meanwhile_is_a_conflict_that_keeps_what_was_typed(client: Client, world: World) -> None:
    world.publish(world.cell(JUNIOR, "Kneads rye.", "Kneads wheat."))
    client.force_login(world.reviewer)
    response = client.post(address(world), form(seen=2))
    assert response.status_code == 409
    assert b"It was better." in response.content
    assert b'name="seen" value="3"' in response.content
    assert world.text(JUNIOR) == "Kneads wheat."


def test_member_gets_a_draft_of_a_suggestion_once(client: Client, world: World) -> None:
    client.force_login(world.author)
    sent = form()
    assert [client.post(address(world), sent).status_code for _ in range(2)] == [302, 302]
    draft = Suggestion.objects.get()
    assert (draft.author, draft.state, draft.reason) == (world.author, "draft", "It was better.")
    assert changes.list_pending_changes(draft) == [world.cell(JUNIOR, "Kneads rye.", "Kneads.")]
    assert world.text(JUNIOR) == "Kneads rye."


def test_the_same_form_with_another_reason_keeps_it_for_a_draft_of_its_own(client: Client, world: World) -> None:
    client.force_login(world.author)
    sent = form()
    client.post(address(world), sent)
    response = client.post(address(world), sent | {"summary": "Typed for long."})
    assert response.status_code == 409
    assert "This form has begun a draft already: “It was better.”" in response.text
    assert [draft.reason for draft in Suggestion.objects.all()] == ["It was better."]
    assert client.post(address(world), read_fields(response)).status_code == 302
    assert [draft.reason for draft in Suggestion.objects.order_by("pk")] == ["It was better.", "Typed for long."]


def test_another_reason_is_kept_even_if_the_draft_was_submitted_meanwhile(client: Client, world: World) -> None:
    client.force_login(world.author)
    sent = form()
    client.post(address(world), sent)
    drafts.submit(Suggestion.objects.get(), world.author, confirmed=True)
    response = client.post(address(world), sent | {"summary": "Typed for long."})
    assert (response.status_code, "Typed for long." in response.text) == (409, True)


@pytest.mark.parametrize("query", ["", "?field=requirement&role=baker&level=junior"])
def test_nothing_is_published_into_a_retired_skill(client: Client, world: World, query: str) -> None:
    client.force_login(world.reviewer)
    retire(world)
    world.publish(Change(Field.SUMMARY, "", "All about dough."))
    # Without a field: back to the revision that retired it.
    response = client.post(address(world, 2 if query else 3, query), form(4))
    assert response.status_code == 409
    assert "“Baking” has not been part of its framework since" in response.text
    assert "It was better." in response.text
    assert world.skill.revisions.count() == 4


def test_going_back_to_before_a_skill_was_retired_brings_it_back(client: Client, world: World) -> None:
    client.force_login(world.reviewer)
    retire(world)
    assert client.post(address(world, 2), form(3)).status_code == 302
    assert Skill.objects.get(pk=world.skill.pk).is_current
    assert world.text(JUNIOR) == "Kneads rye."


@pytest.mark.parametrize(
    ("number", "query", "status"),
    [(9, "", 404), (1, "?field=requirement&role=baker&level=junior", 404), (2, "?field=slug", 404), (2, "", 200)],
)
def test_what_does_not_exist_cannot_be_taken_back(
    client: Client, world: World, number: int, query: str, status: int
) -> None:
    client.force_login(world.reviewer)
    assert client.get(address(world, number, query)).status_code == status


@pytest.mark.parametrize("wrong", [{"seen": "77"}, {"seen": "x"}, {"summary": "x" * 301}, {"significance": "huge"}])
def test_form_that_does_not_fit_changes_nothing(client: Client, world: World, wrong: dict[str, str]) -> None:
    client.force_login(world.reviewer)
    assert client.post(address(world), form() | wrong).status_code == 422
    assert world.skill.revisions.count() == 2


@on_postgresql
@pytest.mark.parametrize("time", range(3))
def test_of_a_revert_and_a_publication_at_once_one_is_a_conflict(transactional_db: None, time: int) -> None:
    with transaction.atomic():
        world = make_world()
        world.publish(world.kneading("Kneads rye."))
    planned = reverting.build_revert_plan(world.skill, RevertTarget(1))
    outcomes = at_once(
        partial(reverting.revert, planned, world.reviewer, summary="", significance=Significance.MEDIUM),
        partial(world.publish, world.cell(JUNIOR, "Kneads rye.", "Kneads wheat.")),
    )
    assert kinds(outcomes).count(ChangedMeanwhile.__name__) == 1
    assert world.skill.revisions.count() == 3
    last = world.skill.revisions.get(number=3)
    assert world.text(JUNIOR) == ("Kneads." if last.origin == Revision.Origin.REVERT else "Kneads wheat.")
