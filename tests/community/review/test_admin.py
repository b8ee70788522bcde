"""Suggestions in Django admin: read, and decided through the rules alone."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group as PermissionGroup
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.membership import REVIEWERS
from accounts.models import User
from community.drafting import drafts
from community.models import Decision, DeclineReason, State, Step, SuggestedChange, Suggestion, Vote
from community.review import deciding
from community.suggestions import voting
from skills.admin.skills import RequirementInline
from skills.content.changes import Change, Field
from skills.models import Group, Requirement, Revision, Significance
from tests.admin_pages import change_address, page_of
from tests.community.suggestions.world import JUNIOR, World, make_reviewer
from tests.factories import cell, make_domain, make_user

LIST = "/admin/community/suggestion/"
MEDIUM = Significance.MEDIUM
WRITTEN_BY_RULES: dict[str, type[Model]] = {
    "suggestion": Suggestion,
    "suggestedchange": SuggestedChange,
    "decision": Decision,
    "vote": Vote,
    "revision": Revision,
}
LISTS = {name: f"/admin/{model._meta.app_label}/{name}/" for name, model in WRITTEN_BY_RULES.items()}


def act(client: Client, action: str, *chosen: Suggestion, **answers: Any) -> str:
    """Choose an action and answer what it asks."""
    data = {"action": action, "_selected_action": [suggestion.pk for suggestion in chosen], "answered": "1", **answers}
    return client.post(LIST, data, follow=True, headers={"Accept-Language": "en"}).content.decode()


def asked_fields(client: Client, action: str, *chosen: Suggestion) -> list[str]:
    """Choose an action; return the names of what its page asks."""
    data = {"action": action, "_selected_action": [suggestion.pk for suggestion in chosen]}
    response = client.post(LIST, data)
    form = BeautifulSoup(response.content, "html.parser")
    return [str(field["name"]) for field in form.select("#question select, #question textarea")]


def found_ids(client: Client, query: str) -> set[str]:
    return {row.get_text() for row in page_of(client, f"{LIST}?{query}").select("#result_list .field-pk")}


def test_accepting_asks_the_significance_first(admin_site: Client, world: World) -> None:
    suggestion = world.suggested()
    assert asked_fields(admin_site, "accept_chosen", suggestion) == ["significance"]
    assert Suggestion.objects.get().state == State.OPEN
    act(admin_site, "accept_chosen", suggestion, significance="typo")
    assert Decision.objects.get().significance == world.skill.revisions.get(number=2).significance == "typo"


def test_accepting_reports_what_was_and_was_not_done(admin_site: Client, staff: User, world: World) -> None:
    first, own = world.suggested(), world.suggested(author=staff)
    text = act(admin_site, "accept_chosen", first, own, significance="medium")
    assert f"Done: #{first.pk}" in text
    assert f"Not done: #{own.pk}: Nobody reviews their own suggestion." in text
    assert world.text(JUNIOR) == "Kneads dough by hand."
    assert Suggestion.objects.get(pk=own.pk).state == State.OPEN


def test_conflict_is_not_published_and_reported(admin_site: Client, world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading("Stirs."))
    text = act(admin_site, "accept_chosen", suggestion, significance="medium")
    assert "The text was changed meanwhile." in text
    assert world.text(JUNIOR) == "Stirs."


def test_what_nothing_holds_any_more_is_not_published_and_reported(admin_site: Client, world: World) -> None:
    group = Group.objects.create(domain=world.skill.group.domain, key="attic", slug="attic", name="Attic")
    here, there = (f"{each.domain.key}/{each.key}" for each in (world.skill.group, group))
    suggestion = world.suggested(Change(Field.GROUP, here, there))
    group.delete()
    text = act(admin_site, "accept_chosen", suggestion, significance="medium")
    assert f"Not done: #{suggestion.pk}: There is no such group in this framework." in text
    assert Suggestion.objects.get().state == State.OPEN


def test_declining_asks_the_reason_first(admin_site: Client, world: World) -> None:
    suggestion = world.suggested()
    assert asked_fields(admin_site, "decline_chosen", suggestion) == ["reason", "message"]
    act(admin_site, "decline_chosen", suggestion, reason="")
    assert Suggestion.objects.get().state == State.OPEN
    act(admin_site, "decline_chosen", suggestion, reason=world.spam.pk, message="Not ours.")
    assert Suggestion.objects.get().state == State.DECLINED
    assert (Decision.objects.get().decline_reason, Decision.objects.get().message) == (world.spam, "Not ours.")


def test_claiming_asks_nothing(admin_site: Client, staff: User, world: World) -> None:
    assert asked_fields(admin_site, "claim_chosen", world.suggested()) == []
    assert Suggestion.objects.get().claimed_by == staff


def test_undoing_asks_why_and_says_which_texts_stay(admin_site: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    assert asked_fields(admin_site, "undo_chosen", suggestion) == ["message"]
    assert Suggestion.objects.get().state == State.ACCEPTED
    act(admin_site, "undo_chosen", suggestion, message="Wrong skill.")
    assert (Suggestion.objects.get().state, world.text(JUNIOR)) == (State.OPEN, "Kneads.")
    assert Step.objects.latest("pk").message == "Wrong skill."
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    world.publish(world.cell(JUNIOR, "Kneads dough by hand.", "Stirs."))
    text = act(admin_site, "undo_chosen", suggestion, message="Wrong skill.")
    assert f"Done: #{suggestion.pk} (1 text was changed since and stays as it is.)" in text
    assert world.text(JUNIOR) == "Stirs."


def test_no_more_than_a_hundred_are_decided_in_one_go(admin_site: Client, world: World) -> None:
    one = world.suggested()
    rows = Suggestion.objects.bulk_create(
        Suggestion(skill=world.skill, author=world.author, state="open", reason="x", submitted_at=one.submitted_at)
        for _ in range(100)
    )
    assert "at most 100" in act(admin_site, "claim_chosen", one, *rows)
    assert not Suggestion.objects.filter(claimed_by__isnull=False).exists()


def test_who_only_looks_is_offered_no_action(client: Client, world: World) -> None:
    looker = make_user(is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_suggestion"))
    client.force_login(looker)
    suggestion = world.suggested()
    assert page_of(client, LIST).select("[name=action]") == []
    act(client, "accept_chosen", suggestion, significance="medium")
    assert Suggestion.objects.get().state == State.OPEN
    looker.groups.add(PermissionGroup.objects.get(name=REVIEWERS))
    act(client, "accept_chosen", suggestion, significance="medium")
    assert Suggestion.objects.get().state == State.ACCEPTED


def test_difference_is_on_the_read_only_page(admin_site: Client, world: World) -> None:
    text = admin_site.get(f"{LIST}{world.suggested().pk}/change/").content.decode()
    assert "dough by hand</ins>" in text
    assert 'name="_save"' not in text


@pytest.mark.parametrize("name", ["suggestion", "decision", "vote", "declinereason"])
def test_lists_open(admin_site: Client, world: World, name: str) -> None:
    deciding.decline(world.suggested(), world.reviewer, world.spam)
    assert admin_site.get(f"/admin/community/{name}/").status_code == 200


def test_change_of_obligation_alone_is_in_the_difference(admin_site: Client, world: World) -> None:
    change = Change(Field.REQUIREMENT, cell("Kneads."), cell("Kneads.", "optional"), JUNIOR)
    suggestion = world.suggested(change)
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    row, revision = suggestion.changes.get(), world.skill.revisions.get(number=2)
    for thing in (suggestion, row, revision):
        page = page_of(admin_site, change_address(thing))
        assert [mark.get_text() for mark in page.select("ins.added")] == ["hinzugefügt: optional"]


def test_drafts_are_their_authors_alone(admin_site: Client, world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading()])
    assert found_ids(admin_site, "") == set()
    for thing in (draft, draft.changes.get()):
        assert admin_site.get(change_address(thing)).status_code == 302


def test_suggestions_are_found_by_state_age_author_and_domain(admin_site: Client, world: World) -> None:
    new, old = world.suggested(), world.suggested(author=make_user("mara"))
    deciding.decline(new, world.reviewer, world.spam)
    Suggestion.objects.filter(pk=old.pk).update(submitted_at=timezone.now() - timedelta(days=8))
    domain = world.skill.group.domain
    other = make_domain(domain.framework)
    expected = {
        "state__exact=open": {str(old.pk)},
        "age=day": {str(new.pk)},
        "age=week": set(),
        "age=month": {str(old.pk)},
        "age=older": set(),
        "age=nonsense": {str(new.pk), str(old.pk)},
        f"author__id__exact={world.author.pk}": {str(new.pk)},
        "q=mara": {str(old.pk)},
        f"skill__group__domain__id__exact={domain.pk}": {str(new.pk), str(old.pk)},
        f"skill__group__domain__id__exact={other.pk}": set(),
    }
    for query, numbers in expected.items():
        assert found_ids(admin_site, query) == numbers, query


def grow(world: World) -> None:
    """Add three of everything."""
    for _ in range(3):
        suggestion = world.suggested(author=make_user())
        voting.vote(suggestion, make_user(), 1)
        text = str(world.text(JUNIOR))
        edits = {suggestion.changes.get().pk: world.cell(JUNIOR, text, f"{text} Well.")}
        deciding.accept(suggestion, make_reviewer(), significance=MEDIUM, edits=edits)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_however_long_it_is(admin_site: Client, world: World, name: str) -> None:
    counts = []
    for _ in range(2):
        grow(world)
        with CaptureQueriesContext(connection) as queries:
            page = page_of(admin_site, f"{LISTS[name]}?q=e")
        counts.append((len(queries), len(page.select("#result_list tbody tr"))))
    assert counts[0][0] == counts[1][0], "\n".join(query["sql"] for query in queries)
    assert 0 < counts[0][1] < counts[1][1]


@pytest.mark.parametrize("name", LISTS)
def test_what_is_published_and_decided_cannot_be_edited_around_the_rules(
    admin_site: Client, world: World, name: str
) -> None:
    grow(world)
    thing = WRITTEN_BY_RULES[name]._default_manager.order_by("-pk")[0]
    before = list(WRITTEN_BY_RULES[name]._default_manager.order_by("pk").values())
    assert page_of(admin_site, change_address(thing)).select("[type=submit]:not(form[action*=logout] *)") == []
    for address in (change_address(thing), f"{LISTS[name]}add/", change_address(thing).replace("/change/", "/delete/")):
        assert admin_site.post(address, {"post": "yes", "state": "accepted", "summary": "x"}).status_code == 403
    admin_site.post(LISTS[name], {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"})
    assert list(WRITTEN_BY_RULES[name]._default_manager.order_by("pk").values()) == before


def test_no_other_form_of_the_admin_holds_what_is_published_or_decided(admin_site: Client) -> None:
    guarded = {*WRITTEN_BY_RULES.values(), Step, Requirement}
    request = admin_site.get("/admin/").wsgi_request
    for model, page in admin.site._registry.items():
        assert model not in guarded or not page.has_change_permission(request), model
        for inline in page.get_inline_instances(request):
            if inline.model in guarded and not isinstance(inline, RequirementInline):  # whose rows are published
                permissions = (inline.has_add_permission, inline.has_change_permission, inline.has_delete_permission)
                assert [has_permission(request, None) for has_permission in permissions] == [False] * 3, inline


@pytest.mark.django_db
def test_reasons_that_every_site_began_with_are_reworded_unless_they_were_changed() -> None:
    migration = import_module("community.migrations.0012_decline_reasons_in_plain_english")
    german, before, after = migration.REWORDED[0]
    own, changed = migration.REWORDED[1][:2]
    DeclineReason.objects.filter(german=german).update(english=before)
    DeclineReason.objects.filter(german=own).update(english=f"{changed}, we think")
    migration.reword(apps, None)
    assert DeclineReason.objects.get(german=german).english == after
    assert DeclineReason.objects.get(german=own).english == f"{changed}, we think"
