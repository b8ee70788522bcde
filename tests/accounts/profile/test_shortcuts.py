"""The switch of single-key shortcuts: members save it in their account, visitors in their browser."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import User
from tests.factories import make_user
from tests.tabs import read_fields

pytestmark = pytest.mark.django_db

PAGE = "/en/shortcuts/"


@pytest.fixture
def member(client: Client) -> User:
    user = make_user()
    client.force_login(user)
    return user


def get_choice(client: Client, address: str = PAGE) -> tuple[list[str], str | None]:
    """Return which position of the switch is chosen, and what the page says to its scripts."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert page.html
    chosen = [str(button["value"]) for button in page.select("input[name=shortcuts][checked]")]
    said = page.html.get("data-shortcuts")
    return chosen, said if said is None else str(said)


def test_a_member_saves_the_choice_for_every_device(client: Client, member: User) -> None:
    assert get_choice(client) == (["on"], "on")
    assert client.post(PAGE, {"shortcuts": "alt"})["Location"] == PAGE
    member.refresh_from_db()
    assert member.shortcuts == "alt"
    assert "shortcuts" not in client.cookies
    other_device = Client()
    other_device.force_login(member)
    other_device.cookies["shortcuts"] = "on"  # chosen there before the member signed in
    assert get_choice(other_device) == (["alt"], "alt")
    assert get_choice(other_device, "/en/skills/")[1] == "alt"


def test_a_visitor_saves_the_choice_in_a_cookie_that_scripts_can_read(client: Client) -> None:
    assert get_choice(client) == (["on"], None)
    assert client.post(PAGE, {"shortcuts": "off"}).status_code == 302
    cookie = client.cookies["shortcuts"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("off", "", "Lax")
    assert get_choice(client) == (["off"], None)
    client.cookies["shortcuts"] = "loud"
    assert get_choice(client) == (["on"], None)


@pytest.mark.parametrize("data", [{}, {"shortcuts": ""}, {"shortcuts": "loud"}])
def test_another_choice_is_refused_in_words_and_changes_nothing(
    client: Client, member: User, data: dict[str, str]
) -> None:
    member.shortcuts = "off"
    member.save(update_fields=["shortcuts"])
    response = client.post(PAGE, data)
    assert (response.status_code, "Choose one of the three." in response.text) == (422, True)
    member.refresh_from_db()
    assert member.shortcuts == "off"


def test_the_dialog_of_the_queue_saves_it_without_a_page(client: Client, member: User) -> None:
    response = client.post(PAGE, {"shortcuts": "off"}, headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (204, b"")
    member.refresh_from_db()
    assert member.shortcuts == "off"
    assert b"Saved." not in client.get(PAGE).content


def test_an_older_tab_undoes_no_newer_choice(client: Client, member: User) -> None:
    tab = read_fields(client.get(PAGE))
    client.post(PAGE, tab | {"shortcuts": "off"})
    assert client.post(PAGE, tab).status_code == 302  # the older tab, saved without a change
    member.refresh_from_db()
    assert member.shortcuts == "off"
    response = client.post(PAGE, tab | {"shortcuts": "alt"})
    assert (response.status_code, "Single-key shortcuts: changed to “off” in another window." in response.text) == (
        409,
        True,
    )
    member.refresh_from_db()
    assert member.shortcuts == "off"
    assert client.post(PAGE, read_fields(response)).status_code == 302  # the next press decides
    member.refresh_from_db()
    assert member.shortcuts == "alt"
