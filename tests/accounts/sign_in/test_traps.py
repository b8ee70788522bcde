"""Forms that programs fill in: a field nobody sees, and the time that passes."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail, signing
from django.test import Client
from django.test.utils import override_settings

from accounts.models import User
from accounts.sign_in import traps
from community.models import State, Suggestion
from tests.accounts.members import make_member
from tests.accounts.visitors import SIGN_UP, sign_up
from tests.community.drafting.test_form import form_data
from tests.community.suggestions.world import JUNIOR, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_seconds() -> Iterator[None]:
    with override_settings(FORM_MIN_SECONDS=2):
        yield


@pytest.fixture
def world() -> World:
    return make_world()


def ago(seconds: int) -> str:
    """Return what a form holds that was shown so many seconds ago."""
    return signing.dumps(int(time.time()) - seconds, salt=traps.SALT)


CAUGHT: list[dict[str, str]] = [
    {"started": ago(-3600)},  # only just shown, however long the tests take
    {"started": ""},
    {"started": "1:forged:forged"},
    {"started": ago(60), "website": "https://cheap.example"},
]


@pytest.mark.parametrize("sent", CAUGHT)
def test_sign_up_that_a_program_sent_makes_no_account_and_comes_back(client: Client, sent: dict[str, str]) -> None:
    answer = sign_up(client, "anna@example.org", **sent)
    assert (answer.status_code, User.objects.count(), mail.outbox) == (422, 0, [])
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select_one("[role=alert]")
    assert [field["value"] for field in page.select("#id_name, #id_email")] == ["Anna Beck", "anna@example.org"]
    assert not page.select("#id_website[value]")


@pytest.mark.parametrize("sent", CAUGHT)
def test_a_trap_tells_nothing_of_accounts(sent: dict[str, str]) -> None:
    member = make_member()
    answers: list[Any] = [sign_up(Client(), email, **sent) for email in (member.email, "nobody@example.org")]
    words = [BeautifulSoup(each.content, "html.parser").select_one("[role=alert]").text for each in answers]  # type: ignore[union-attr]
    assert words[0] == words[1]
    assert [each.status_code for each in answers] == [422, 422]
    assert mail.outbox == []


def test_who_took_a_moment_signs_up_however_old_the_form_is(client: Client) -> None:
    assert sign_up(client, "anna@example.org", started=ago(2)).status_code == 302
    assert sign_up(Client(), "berta@example.org", started=ago(900_000)).status_code == 302
    assert User.objects.count() == 2


def test_the_field_to_leave_empty_is_out_of_sight_and_reach(client: Client) -> None:
    page = BeautifulSoup(client.get(SIGN_UP).content, "html.parser")
    field = page.select_one("#id_website")
    assert field
    assert (field["tabindex"], field["autocomplete"]) == ("-1", "off")
    assert field.find_parent(attrs={"aria-hidden": "true"})
    started = page.select_one("#id_started")
    assert started
    assert signing.loads(str(started["value"]), salt=traps.SALT) == pytest.approx(time.time(), abs=60)


@pytest.mark.parametrize("sent", CAUGHT)
def test_a_first_suggestion_that_a_program_sent_comes_back(client: Client, world: World, sent: dict[str, str]) -> None:
    client.force_login(world.author)
    data = form_data(world, (JUNIOR, "Kneads by hand."), intent="submit") | sent
    path = f"/en/skills/{world.skill.slug}/suggestions/new/"
    answer = client.post(path, data)
    assert (answer.status_code, Suggestion.objects.count()) == (422, 0)
    assert "Kneads by hand." in answer.text
    assert client.post(path, data | {"started": ago(5), "website": ""}).status_code == 302
    again = form_data(world, (JUNIOR, "Kneads rye by hand."), intent="submit") | sent
    assert client.post(path, again).status_code == 302  # who has posted before meets no trap
    assert Suggestion.objects.filter(state=State.OPEN).count() == 2
