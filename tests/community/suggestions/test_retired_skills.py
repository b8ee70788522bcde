"""A skill is retired, merged or restored while suggestions for it are undecided: pages say so, nothing is published."""

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import formats, timezone, translation

from community.drafting import drafts
from community.models import Decision, State, Suggestion, Vote, Watch
from community.review import deciding
from community.review.by_votes import accept_due
from community.suggestions import voting
from skills.content.changes import Change, Field
from skills.models import Revision, Significance, Skill
from tests.community.review.test_admin import act
from tests.community.review.test_by_votes import due
from tests.community.review.test_views import address, form_of, send
from tests.community.suggestions.retired import get_words, join_words, merge, restore, retire
from tests.community.suggestions.world import JUNIOR, MIDDLE, World
from tests.factories import make_role, make_skill, make_user

pytestmark = pytest.mark.django_db
MEDIUM = Significance.MEDIUM


def describe(world: World, successor: Skill | None = None) -> str:
    """Return what the pages say of the world's retired skill."""
    with translation.override("en"):
        date = formats.date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    merged = f": it was merged into “{successor.name}”" if successor else ""
    return f"“{world.skill.name}” has not been part of its framework since {date}{merged}."


def get_state(suggestion: Suggestion) -> str:
    return Suggestion.objects.get(pk=suggestion.pk).state


def assert_nothing_is_published(world: World, revisions: int = 2) -> None:
    """Assert that no revision followed the one that retired the skill, and that nothing was decided."""
    assert world.skill.revisions.count() == revisions
    assert "Kneads dough by hand." not in str(world.skill.revisions.latest("number").content)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("is_merged", [False, True])
def test_pages_say_that_the_skill_was_retired(client: Client, world: World, is_merged: bool) -> None:
    suggestion = world.suggested()
    draft = drafts.start(world.author, world.skill, [world.cell(MIDDLE, "Bakes.", "Bakes rolls.")])
    successor = merge(world) if is_merged else None
    if not is_merged:
        retire(world)
    said = describe(world, successor)
    page, slug = f"/en/suggestions/{suggestion.pk}/", world.skill.slug
    for path in (page, "/en/suggestions/", f"/en/skills/{slug}/suggestions/", f"/en/skills/{slug}/comments/"):
        assert said in get_words(client, path), path
    client.force_login(world.author)
    for path in ("/en/me/suggestions/", "/en/me/", page, f"/en/suggestions/{draft.pk}/", f"{page}comments/"):
        assert said in get_words(client, path), path
    assert said in get_words(client, f"/en/suggestions/{draft.pk}/edit/")
    client.force_login(world.reviewer)
    for path in ("/en/review/", address(suggestion)):
        assert said in get_words(client, path), path
    assert "skill retired" in get_words(client, "/en/review/", ".review-meta")
    if successor:
        assert get_words(client, page, f".alert a[href='{successor.get_absolute_url()}']") == "Roasting"


def test_pages_say_it_in_german(client: Client, world: World) -> None:
    suggestion, successor = world.suggested(), merge(world)
    words = get_words(client, f"/de/suggestions/{suggestion.pk}/", ".alert")
    assert "„Baking“ gehört seit dem " in words
    assert f"nicht mehr zu seinem Rahmenwerk: Der Skill ist in „{successor.name}“ aufgegangen." in words


def test_a_chain_of_merges_names_the_skill_at_its_end(client: Client, world: World) -> None:
    suggestion, middle = world.suggested(), merge(world, "Roasting")
    end = merge(World(middle, world.author, world.reviewer, world.other_reviewer, world.spam), "Grilling")
    words = get_words(client, f"/en/suggestions/{suggestion.pk}/", ".alert")
    assert f"it was merged into “{end.name}”." in words
    assert middle.name not in words


def test_a_circle_of_merges_has_no_end(client: Client, world: World) -> None:
    suggestion, other = world.suggested(), merge(world)
    Skill.objects.filter(pk=other.pk).update(status=Skill.Status.RETIRED, same_as=world.skill)
    assert describe(world) in get_words(client, f"/en/suggestions/{suggestion.pk}/", ".alert")


def test_names_in_the_sentence_are_texts_in_their_language(client: Client, world: World) -> None:
    suggestion, successor = world.suggested(), merge(world)
    Skill.objects.filter(pk=successor.pk).update(name="<b>{name}%s")
    page = BeautifulSoup(client.get(f"/en/suggestions/{suggestion.pk}/").content, "html.parser")
    name, link = page.select(".alert strong > *")
    assert (name.get_text(), link.get_text()) == ("Baking", "<b>{name}%s")
    assert name["lang"] == link["lang"] == world.skill.framework.language


def test_lists_cost_the_same_with_one_retired_skill_or_many(client: Client, world: World) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/me/suggestions/")
        return len(queries)

    client.force_login(world.author)
    world.suggested()
    merge(world)
    count_queries()  # fills the caches
    one = count_queries()
    for name in ("Frying", "Grilling"):
        skill = merge(world_of_another_skill(world, name), f"{name} well")
        assert skill.is_current
    assert count_queries() == one


def world_of_another_skill(world: World, name: str) -> World:
    """Return a world whose skill, of this name, has an open suggestion of the same author."""
    another = World(make_skill(world.skill.group, name), world.author, world.reviewer, world.other_reviewer, world.spam)
    another.suggested(another.cell(JUNIOR, None, f"{name} as a junior."))
    return another


@pytest.mark.parametrize("is_merged", [False, True])
def test_a_reviewer_cannot_accept_and_keeps_the_edited_text(client: Client, world: World, is_merged: bool) -> None:
    suggestion = world.suggested()
    client.force_login(world.reviewer)
    edited = {f"text-{suggestion.changes.get().pk}": "Kneads rye by hand."}
    data = form_of(client, suggestion, **edited)  # opened before
    (merge if is_merged else retire)(world)
    response = client.post(address(suggestion, "accept"), data)
    assert response.status_code == 409
    words = join_words(response.content)
    assert "“Baking” has not been part of its framework since" in words
    assert "What you had typed Kneads rye by hand." in words
    assert_nothing_is_published(world)
    assert get_state(suggestion) == State.OPEN


def test_a_reviewer_is_offered_to_decline_but_not_to_accept_or_claim(client: Client, world: World) -> None:
    suggestion = world.suggested()
    retire(world)
    client.force_login(world.reviewer)
    buttons = get_words(client, address(suggestion), ".review-pane button")
    assert "Accept" not in buttons
    assert "Claim" not in buttons
    response = client.post(address(suggestion, "claim"))
    assert response.status_code == 409
    assert Suggestion.objects.get().claimed_by is None
    assert send(client, suggestion, "decline", reason=world.spam.pk).status_code == 302
    assert get_state(suggestion) == State.DECLINED
    assert world.skill.revisions.count() == 2


def test_undoing_publishes_nothing_there(client: Client, world: World) -> None:
    suggestion = world.suggested()
    decision = deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    retire(world)
    client.force_login(world.reviewer)
    data = {"message": "A mistake, sorry.", "decision": decision.pk}
    response = client.post(address(suggestion, "undo"), data)
    assert response.status_code == 409
    words = join_words(response.content)
    assert "“Baking” has not been part of its framework since" in words
    assert "A mistake, sorry." in words
    assert get_state(suggestion) == State.ACCEPTED
    assert world.skill.revisions.count() == 3


def test_a_decision_to_retire_the_skill_is_undone_as_before(client: Client, world: World) -> None:
    to_retire = world.suggested(Change(Field.STATUS, "current", "retired"))
    decision = deciding.accept(to_retire, world.reviewer, significance=MEDIUM)
    client.force_login(world.reviewer)
    data = {"message": "Bakers still bake.", "decision": decision.pk}
    assert client.post(address(to_retire, "undo"), data).status_code == 302
    assert Skill.objects.get(pk=world.skill.pk).is_current


@pytest.mark.parametrize("is_about_status", [False, True])
def test_a_second_reader_is_asked_only_for_what_can_be_accepted(
    client: Client, world: World, is_about_status: bool
) -> None:
    if is_about_status:
        retire(world)
    suggestion = world.suggested(*[Change(Field.STATUS, "retired", "current")] * is_about_status)
    deciding.decline(suggestion, world.reviewer, world.spam)
    if not is_about_status:
        retire(world)
    client.force_login(world.author)
    page = f"/en/suggestions/{suggestion.pk}/"
    assert ("second-reader/" in client.get(page).text) is is_about_status
    response = client.post(f"{page}second-reader/", {"message": "Please look again."})
    if is_about_status:
        assert (response.status_code, get_state(suggestion)) == (302, State.OPEN)
        return
    assert (response.status_code, get_state(suggestion)) == (409, State.DECLINED)
    words = join_words(response.content)
    assert "“Baking” has not been part of its framework since" in words
    assert "Please look again." in words


def test_the_admin_site_cannot_accept(client: Client, world: World) -> None:
    suggestion = world.suggested()
    retire(world)
    client.force_login(make_user(is_superuser=True, is_staff=True))
    words = act(client, "accept_chosen", suggestion, significance="medium")
    assert f"Not done: #{suggestion.pk}: “Baking” has not been part of its framework since" in words
    assert_nothing_is_published(world)


def test_votes_cannot_accept(world: World, settings: Any) -> None:
    settings.AUTO_ACCEPT_VOTES, settings.AUTO_ACCEPT_DAYS = 3, 7
    suggestion = due(world)
    retire(world)
    accept_due()
    assert_nothing_is_published(world)
    assert get_state(suggestion) == State.OPEN


def test_votes_stay_and_nobody_votes_any_more(client: Client, world: World) -> None:
    suggestion, voter = world.suggested(), make_user()
    voting.vote(suggestion, voter, 1)
    retire(world)
    client.force_login(voter)
    assert "1 for, 0 against" in get_words(client, f"/en/suggestions/{suggestion.pk}/", "#votes")
    assert get_words(client, f"/en/suggestions/{suggestion.pk}/", "#votes button") == ""
    response = client.post(f"/en/suggestions/{suggestion.pk}/vote/", {"value": "-1"})
    assert response.status_code == 409
    assert "“Baking” has not been part of its framework" in join_words(response.content)
    assert Vote.objects.get().value == 1


def test_everything_can_be_decided_again_once_the_skill_is_restored(client: Client, world: World) -> None:
    suggestion = world.suggested()
    draft = drafts.start(world.author, world.skill, [world.cell(MIDDLE, "Bakes.", "Bakes rolls.")], reason="Rolls.")
    retire(world)
    restore(world)
    assert "has not been part" not in get_words(client, f"/en/suggestions/{suggestion.pk}/")
    client.force_login(world.reviewer)
    assert send(client, suggestion, "accept").status_code == 302
    assert world.text(JUNIOR) == "Kneads dough by hand."
    drafts.submit(draft, world.author)
    assert get_state(draft) == State.OPEN


def test_suggestions_to_retire_or_restore_the_skill_are_decided_as_before(client: Client, world: World) -> None:
    to_retire = world.suggested(Change(Field.STATUS, "current", "retired"))
    retire(world)
    to_restore = world.suggested(Change(Field.STATUS, "retired", "current"))
    client.force_login(world.reviewer)
    assert "has not been part" not in get_words(client, address(to_restore), ".review-pane")
    assert send(client, to_retire, "accept").status_code == 302  # it is retired already: nothing is published
    assert world.skill.revisions.count() == 2
    assert send(client, to_restore, "accept").status_code == 302
    assert Skill.objects.get(pk=world.skill.pk).is_current


def test_a_new_skill_that_was_unpublished_takes_no_change_of_its_text(client: Client, world: World) -> None:
    group = f"{world.skill.group.domain.key}/{world.skill.group.key}"
    client.force_login(world.author)
    data = {"framework": world.skill.framework.slug, "key": str(uuid.uuid4()), "revision": "0", "name": "Proofing"}
    data |= {"group": group, "cell": "baker/junior", "description:baker/junior": "Waits.", "reason": "Needed."}
    client.post("/en/suggestions/new-skill/", data | {"intent": "save"})
    new = Suggestion.objects.get()
    drafts.submit(new, world.author)
    deciding.accept(new, world.reviewer, significance=MEDIUM)
    proofing = World(Skill.objects.get(name="Proofing"), world.author, world.reviewer, world.other_reviewer, world.spam)
    other = proofing.suggested(proofing.cell(JUNIOR, "Waits.", "Waits an hour."), author=make_user())
    deciding.undo(new, world.reviewer, "Not yet.")
    assert "“Proofing” has not been part of its framework since" in get_words(client, f"/en/suggestions/{other.pk}/")
    client.force_login(world.reviewer)
    response = client.post(
        address(other, "accept"),
        {"key": uuid.uuid4(), "significance": "medium", "change": other.changes.get().pk},
    )
    assert response.status_code == 409
    assert get_state(other) == State.OPEN
    assert Revision.objects.filter(skill=proofing.skill).count() == 2


def test_a_change_for_a_role_that_was_deleted_says_so_and_is_not_accepted(client: Client, world: World) -> None:
    role = make_role(world.skill.framework, "Miller")
    place = JUNIOR._replace(role=role.key)
    suggestion = world.suggested(world.cell(place, None, "Mills."))
    role.delete()
    words = "The framework no longer has this role or level: this change cannot be accepted."
    assert words in get_words(client, f"/en/suggestions/{suggestion.pk}/")
    client.force_login(world.reviewer)
    assert words in get_words(client, address(suggestion), ".review-pane")
    assert send(client, suggestion, "accept").status_code == 422
    assert get_state(suggestion) == State.OPEN


def test_watches_of_a_merged_skill_say_so_and_are_moved(client: Client, world: World) -> None:
    watcher = make_user()
    Watch.objects.create(user=watcher, skill=world.skill)
    successor = merge(world)
    assert Watch.objects.filter(user=watcher, skill=successor, level="watch").exists()
    client.force_login(watcher)
    assert describe(world, successor) in get_words(client, "/en/me/watching/")
    assert describe(world, successor) in get_words(client, f"/en/watch/skill/{world.skill.pk}/")
    assert "Baking skill retired" in get_words(client, "/en/me/")


def test_comments_stay_open_and_name_the_other_discussion(client: Client, world: World) -> None:
    successor = merge(world)
    client.force_login(world.author)
    path = f"/en/skills/{world.skill.slug}/comments/"
    assert "You can still comment here" in get_words(client, path)
    assert (
        get_words(client, path, f"a[href='/en/skills/{successor.slug}/comments/']") == f"Comments on {successor.name}"
    )
    assert "textarea" in client.get(path).content.decode()
