"""Suggestions in Django admin: read, and decided through the rules alone."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from community import suggestions
from community.models import State, Suggestion
from skills.models import Significance
from tests.community.suggestions.world import JUNIOR, World

LIST = "/admin/community/suggestion/"


def act(client: Client, action: str, *chosen: Suggestion, **more: Any) -> str:
    data = {"action": action, "_selected_action": [one.pk for one in chosen], **more}
    return client.post(LIST, data, follow=True, headers={"Accept-Language": "en"}).content.decode()


def test_accepting_reports_what_was_and_was_not_done(admin_site: Client, staff: User, world: World) -> None:
    first, own = world.suggested(), world.suggested(author=staff)
    text = act(admin_site, "accept_chosen", first, own)
    assert f"Done: #{first.pk}" in text
    assert f"Not done: #{own.pk}: Nobody reviews their own suggestion." in text
    assert world.text(JUNIOR) == "Kneads dough by hand."
    assert Suggestion.objects.get(pk=own.pk).state == State.OPEN


def test_conflict_is_not_published_and_reported(admin_site: Client, world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading("Stirs."))
    assert "The text was changed meanwhile." in act(admin_site, "accept_chosen", suggestion)
    assert world.text(JUNIOR) == "Stirs."


def test_declining_asks_the_reason_first(admin_site: Client, world: World) -> None:
    suggestion = world.suggested()
    assert 'name="reason"' in act(admin_site, "decline_chosen", suggestion)
    assert Suggestion.objects.get().state == State.OPEN
    act(admin_site, "decline_chosen", suggestion, reason=world.spam.pk)
    assert Suggestion.objects.get().state == State.DECLINED


def test_claiming_and_undoing_go_through_the_rules(admin_site: Client, staff: User, world: World) -> None:
    suggestion = world.suggested()
    act(admin_site, "claim_chosen", suggestion)
    assert Suggestion.objects.get().claimed_by == staff
    suggestions.accept(suggestion, staff, significance=Significance.MEDIUM)
    act(admin_site, "undo_chosen", suggestion)
    assert (Suggestion.objects.get().state, world.text(JUNIOR)) == (State.OPEN, "Kneads.")


def test_difference_stands_on_the_read_only_page(admin_site: Client, world: World) -> None:
    text = admin_site.get(f"{LIST}{world.suggested().pk}/change/").content.decode()
    assert '<ins class="added"> dough by hand</ins>' in text
    assert 'name="_save"' not in text


@pytest.mark.parametrize("name", ["suggestion", "decision", "vote", "declinereason"])
def test_lists_open(admin_site: Client, world: World, name: str) -> None:
    suggestions.decline(world.suggested(), world.reviewer, world.spam)
    assert admin_site.get(f"/admin/community/{name}/").status_code == 200
