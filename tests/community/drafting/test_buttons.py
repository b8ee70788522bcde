"""The table of buttons knows every button of the page, and what is none of them writes nothing."""

import json

import pytest
from django.test import Client

from community.drafting.buttons import BUTTONS
from community.models import Suggestion
from tests.community.drafting.test_form import HTMX, address, form_data, parsed, post
from tests.community.suggestions.world import JUNIOR, World


def test_every_button_of_the_page_is_in_the_table(client: Client, world: World) -> None:
    client.force_login(world.author)
    page = parsed(client.get(address(world, "?role=baker&level=junior")))
    pressed = {str(button["value"]) for button in page.select("button[name=intent]")}
    sent_alone = {json.loads(str(part["hx-vals"]))["intent"] for part in page.select("[hx-vals]")}
    others = {str(button["name"]) for button in page.select("#suggestion-form button:not([name=intent])")}
    assert pressed | sent_alone | others == set(BUTTONS)


@pytest.mark.parametrize("intent", ["", "publish", "\0"])
def test_what_is_no_button_only_checks(client: Client, world: World, intent: str) -> None:
    client.force_login(world.author)
    answer = post(client, world, intent, form_data(world, (JUNIOR, "Kneads by hand.")))
    assert (answer.status_code, "Kneads by hand." in answer.text) == (200, True)
    assert not Suggestion.objects.exists()


def test_a_refusal_of_what_the_page_saves_by_itself_is_one_line(client: Client, world: World) -> None:
    client.force_login(world.author)
    data = form_data(world, (JUNIOR, "Kneads by hand."), group="no/where")
    answer = post(client, world, "autosave", data, headers=HTMX)
    assert (answer.status_code, parsed(answer).select("form")) == (422, [])
    assert "no such group" in answer.text
