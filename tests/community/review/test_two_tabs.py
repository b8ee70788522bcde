"""A reviewer's tab that is older than the suggestion: nobody declines or sends back what they have not read."""

import pytest
from django.test import Client

from community.drafting import drafts
from community.models import Decision, State, Suggestion
from tests.community.suggestions.world import JUNIOR, World
from tests.tabs import Fields, read_fields

pytestmark = pytest.mark.django_db
TYPED = "Typed for long."


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    client.force_login(world.reviewer)
    return client


def edit(world: World, suggestion: Suggestion) -> None:
    drafts.save(suggestion, world.author, [world.kneading("Kneads rye by hand.")], reason="Clearer by far.")


def read_base(suggestion: Suggestion) -> str:
    base = suggestion.changes.get().base
    assert base
    return str(base["description"])


def open_pane(browser: Client, suggestion: Suggestion) -> Fields:
    return read_fields(browser.get(f"/en/review/{suggestion.pk}/"), "form#decide")


@pytest.mark.parametrize(
    ("action", "state"), [("decline", State.DECLINED), ("request-changes", State.CHANGES_REQUESTED)]
)
def test_an_edited_suggestion_is_shown_before_it_is_decided(
    browser: Client, world: World, action: str, state: State
) -> None:
    suggestion = world.suggested()
    address = f"/en/review/{suggestion.pk}/{action}/"
    typed = {"reason": str(world.spam.pk), "decline_message": TYPED, "message": TYPED}
    older = open_pane(browser, suggestion) | typed
    edit(world, suggestion)
    response = browser.post(address, older)
    assert (response.status_code, Decision.objects.count()) == (409, 0)
    assert "Kneads rye by hand." in response.text
    again = read_fields(response, "form#decide")
    assert (again["message"], again["decline_message"]) == (TYPED, TYPED)
    for _time in range(2):  # a double click decides once
        assert browser.post(address, again | {"reason": str(world.spam.pk)}).status_code == 302
    suggestion.refresh_from_db()
    assert (suggestion.state, [decision.message for decision in Decision.objects.all()]) == (state, [TYPED])


def test_of_the_ticked_ones_only_those_that_are_as_they_were_shown_are_declined(browser: Client, world: World) -> None:
    edited, other = world.suggested(), world.suggested()
    page = browser.get("/en/review/")
    older = read_fields(page, "form#bulk")
    # The fields of the rows belong to the form by their attribute `form`.
    displayed = read_fields(page, "section.review-list")["displayed"]
    edit(world, edited)
    sent = older | {"displayed": displayed, "pick": [str(edited.pk), str(other.pk)], "reason": str(world.spam.pk)}
    response = browser.post("/en/review/decline/", sent, follow=True)
    assert f"#{edited.pk}: The suggestion was changed meanwhile." in response.text
    assert [decision.suggestion_id for decision in Decision.objects.all()] == [other.pk]


def test_a_suggestion_is_renewed_only_on_the_text_that_was_displayed(client: Client, world: World) -> None:
    suggestion = world.suggested()
    world.publish(world.kneading("Kneads rye."))
    client.force_login(world.author)
    renew = f"form[action$='/{suggestion.pk}/renew/']"
    older = read_fields(client.get(f"/en/suggestions/{suggestion.pk}/"), renew)
    world.publish(world.cell(JUNIOR, "Kneads rye.", "Kneads wheat."))
    address = f"/en/suggestions/{suggestion.pk}/renew/"
    response = client.post(address, older)
    assert response.status_code == 409
    assert "today&#x27;s text was changed since this page was opened" in response.text
    assert read_base(suggestion) == "Kneads."
    newer = read_fields(client.get(f"/en/suggestions/{suggestion.pk}/"), renew)
    assert [client.post(address, newer).status_code for _time in range(2)] == [302, 302]
    assert read_base(suggestion) == "Kneads wheat."
