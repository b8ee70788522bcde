"""Sentences of the rules that no other test is named after, each tested through the pages that people use."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.admin.sites import site
from django.db.models import ProtectedError
from django.test import Client, RequestFactory

from accounts.privacy import delete_account
from community.drafting import drafts
from community.models import ChangeOutcome, Decision, DeclineReason, SuggestedChange, Suggestion
from community.review import deciding
from community.review.pane import build_author_record
from skills.models import Significance
from tests.accounts.visitors import sign_in, sign_up
from tests.community.drafting.test_form import form_data
from tests.community.review.test_views import address, form_of, send
from tests.community.suggestions.world import JUNIOR, MIDDLE, World
from tests.factories import make_user

MEDIUM = Significance.MEDIUM


def get_text(client: Client, path: str, selector: str = "main") -> str:
    page = BeautifulSoup(client.get(path).content, "html.parser")
    return " ".join(" ".join(element.get_text().split()) for element in page.select(selector))


def submit(client: Client, world: World, **fields: str) -> Any:
    data = form_data(world, (JUNIOR, "Kneads by hand."), **fields) | {"intent": "submit"}
    return client.post(f"/en/skills/{world.skill.slug}/suggestions/new/", data)


def get_kept_fields(page: Tag) -> dict[str, str]:
    """Return the fields that the button of the page with the kept texts sends."""
    fields = page.select("form[action^='/en/review/'] input[name]")
    return {str(field["name"]): str(field["value"]) for field in fields}


def test_a_reason_is_required_and_a_source_optional(client: Client, world: World) -> None:
    client.force_login(world.author)
    assert submit(client, world, reason=" ", source="A book.").status_code == 422
    assert submit(client, world, reason="Clearer.", source="").status_code == 302


def test_rows_are_kept_for_ever(client: Client, world: World) -> None:
    declined, withdrawn = world.suggested(), world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    deciding.decline(declined, world.reviewer, world.spam)
    drafts.withdraw(withdrawn, world.author)
    request = RequestFactory().get("/")
    request.user = make_user(is_superuser=True, is_staff=True)
    for model in (Suggestion, Decision):
        assert not site._registry[model].has_delete_permission(request)
    with pytest.raises(ProtectedError):
        world.skill.delete()
    delete_account(world.author)
    assert set(Suggestion.objects.values_list("pk", flat=True)) == {declined.pk, withdrawn.pk}
    assert not Suggestion.objects.filter(author__isnull=False).exists()
    assert SuggestedChange.objects.count() == 2
    assert Decision.objects.get().suggestion == declined


def test_drafts_are_saved_on_the_server_and_listed_under_me(client: Client, world: World) -> None:
    client.force_login(world.author)
    data = form_data(world, (JUNIOR, "Kneads by")) | {"intent": "autosave"}
    client.post(f"/en/skills/{world.skill.slug}/suggestions/new/", data, headers={"HX-Request": "true"})
    another_browser = Client()
    another_browser.force_login(world.author)
    draft = Suggestion.objects.get()
    mine = BeautifulSoup(another_browser.get("/en/me/suggestions/").content, "html.parser")
    assert mine.select(f"main a[href*='/en/suggestions/{draft.pk}/']")
    assert "Kneads by" in get_text(another_browser, f"/en/suggestions/{draft.pk}/edit/", "textarea")


def test_confirmed_email_comes_before_the_first_write(client: Client, world: World) -> None:
    sign_up(client, "anna@example.org")
    sign_in(client, "anna@example.org")
    assert submit(client, world).status_code == 401
    assert Suggestion.objects.count() == 0


def test_already_applied_and_superseded_do_not_count_against_the_author(world: World) -> None:
    applied = world.suggested()
    world.publish(world.kneading())
    deciding.accept(applied, world.reviewer, significance=MEDIUM)
    assert applied.changes.get().outcome == ChangeOutcome.ALREADY_APPLIED
    superseded = world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    superseded.changes.update(outcome=ChangeOutcome.SUPERSEDED)
    record = build_author_record(world.author)
    assert (record.decided_count, record.accepted_count, record.rate) == (1, 1, 100)


def test_a_superusers_written_reason_is_shown_by_the_history_of_the_skill(client: Client, world: World) -> None:
    root = make_user(is_superuser=True)
    suggestion = world.suggested(author=root)
    client.force_login(root)
    send(client, suggestion, "accept", own_reason="I am <alone> here.")
    client.logout()
    for path in ("history/", "history/2/"):
        text = get_text(client, f"/en/skills/{world.skill.slug}/{path}")
        assert "decided by its author: I am <alone> here." in text
    assert "I am <alone> here." in get_text(client, f"/en/suggestions/{suggestion.pk}/")


def test_history_names_author_reviewer_and_co_author(client: Client, world: World) -> None:
    suggestion = world.suggested()
    client.force_login(world.reviewer)
    send(client, suggestion, "accept", **{f"text-{suggestion.changes.get().pk}": "Kneads rye."})
    text = get_text(client, f"/en/skills/{world.skill.slug}/history/")
    assert f"{world.author.get_full_name()} · reviewed and co-written by {world.reviewer.get_full_name()}" in text


def test_accepting_needs_no_reason(client: Client, world: World) -> None:
    suggestion = world.suggested()
    client.force_login(world.reviewer)
    data = {name: value for name, value in form_of(client, suggestion).items() if "message" not in name}
    assert client.post(address(suggestion, "accept"), data).status_code == 302
    assert Decision.objects.get().decline_reason is None


def test_declining_takes_its_reason_from_the_list_that_admins_edit(client: Client, world: World) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))
    client.post("/admin/community/declinereason/add/", {"german": "Doppelt", "english": "Twice", "position": "9",
                "is_offered": "on"})  # fmt: skip
    DeclineReason.objects.create(german="Nicht mehr", english="Withdrawn from the list", is_offered=False)
    client.force_login(world.reviewer)
    offered = get_text(client, address(world.suggested()), "#decline-reason option")
    assert "Twice" in offered
    assert "Withdrawn from the list" not in offered


@pytest.mark.parametrize("significance", Significance.values)
def test_significance_is_set_on_accept(client: Client, world: World, significance: str) -> None:
    suggestion = world.suggested()
    client.force_login(world.reviewer)
    send(client, suggestion, "accept", significance=significance)
    assert world.skill.revisions.get(number=2).significance == significance
    assert Decision.objects.get().significance == significance


def test_an_old_form_of_a_reviewer_comes_back_with_its_message_and_can_be_sent_again(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.reviewer)
    suggestion = world.suggested()
    data = form_of(browser, suggestion, decline_message="Think of <rye>.", reason=world.spam.pk)
    response = browser.post(address(suggestion, "decline"), data | {"csrfmiddlewaretoken": "x" * 64})
    assert (response.status_code, Decision.objects.count()) == (403, 0)
    page = BeautifulSoup(response.content, "html.parser")
    assert "Think of <rye>." in [block.get_text() for block in page.select("main blockquote")]
    assert browser.post(address(suggestion, "decline"), get_kept_fields(page)).status_code == 302
    assert Decision.objects.get().message == "Think of <rye>."


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_the_message_of_a_reviewer_whose_session_ended_is_kept(
    client: Client, world: World, htmx: dict[str, str]
) -> None:
    suggestion = world.suggested()
    client.force_login(world.reviewer)
    data = form_of(client, suggestion, message="Think of rye.")
    client.logout()
    response = client.post(address(suggestion, "request-changes"), data, headers=htmx)
    assert (response.status_code, "Think of rye." in response.text) == (401, True)
    assert bool(re.search("<html", response.text)) is not bool(htmx)
    client.force_login(world.reviewer)
    client.post(address(suggestion, "request-changes"), get_kept_fields(BeautifulSoup(response.content, "html.parser")))
    assert Decision.objects.get().message == "Think of rye."


def test_a_form_of_another_site_is_not_offered_to_be_sent_again(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.reviewer)
    data = {"message": "Evil.", "key": "x"}
    response = browser.post(address(world.suggested(), "decline"), data, headers={"Origin": "https://evil.example"})
    assert (response.status_code, "Evil." in response.text) == (403, False)


def test_text_that_a_reviewer_typed_is_shown_again_beside_a_conflict(client: Client, world: World) -> None:
    suggestion = world.suggested()
    client.force_login(world.reviewer)
    data = form_of(client, suggestion, **{f"text-{suggestion.changes.get().pk}": "My own long text."})
    world.publish(world.kneading("Stirs."))
    response = client.post(address(suggestion, "accept"), data)
    assert (response.status_code, world.text(JUNIOR)) == (409, "Stirs.")
    page = BeautifulSoup(response.content, "html.parser")
    assert [lost.get_text() for lost in page.select(".lost")] == ["My own long text."]
    assert "My own" not in page.select("textarea[name^=text-]")[0].get_text()
