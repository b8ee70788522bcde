"""Two tabs with the vote buttons of one suggestion: the older one does not undo the newer vote."""

import pytest
from django.test import Client

from community.models import Vote
from tests.community.suggestions.world import World
from tests.tabs import read_fields

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_htmx", [False, True])
@pytest.mark.parametrize("value", ["0", "1"])
def test_a_newer_vote_is_shown_before_it_is_changed(client: Client, world: World, value: str, *, is_htmx: bool) -> None:
    suggestion, headers = world.suggested(), {"HX-Request": "true"} if is_htmx else {}
    page, address = f"/en/suggestions/{suggestion.pk}/", f"/en/suggestions/{suggestion.pk}/vote/"
    client.force_login(world.reviewer)
    displayed = {"0": "1", "1": "0"}[value]
    if displayed == "1":
        client.post(address, {"value": "1"})
    older = read_fields(client.get(page), "form.vote-buttons") | {"value": value}
    assert older["displayed"] == displayed
    client.post(address, {"value": "-1"})
    response = client.post(address, older, headers=headers)
    assert response.status_code == 409
    assert "In another window you voted differently." in response.text
    assert [vote.value for vote in Vote.objects.all()] == [-1]
    again = read_fields(response, "form.vote-buttons") | {"value": value}
    for _time in range(2):  # a double click is no conflict
        assert client.post(address, again, headers=headers).status_code in {200, 302}
    assert [vote.value for vote in Vote.objects.all()] == ([1] if value == "1" else [])
