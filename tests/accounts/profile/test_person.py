"""What everybody may see of a person: the name and what they published."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.profile.views import CONTRIBUTIONS_PER_PAGE
from skills.models import Revision
from tests.accounts.people import make_person, published_by
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db

PERSON = "/en/people/anna/"


@pytest.fixture
def person() -> User:
    return make_person("anna", "Anna Beck", "secret.address@example.org")


def items(client: Client, address: str = PERSON) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return [" ".join(item.get_text(" ", strip=True).split()) for item in page.select("main ol.line-list > li")]


def test_profile_shows_what_the_person_published_latest_first(client: Client, person: User) -> None:
    first = published_by(person, "Said better.")
    Revision.objects.filter(pk=first.pk).update(published_at=first.published_at - timedelta(days=400))
    published_by(make_user("berta"), "By another.")
    second = published_by(person, "Said <best>.")
    assert [words.split(" Revision ")[1] for words in items(client)] == ["4 Said <best>.", "2 Said better."]
    assert all(revision.skill.name in words for revision, words in zip((second, first), items(client), strict=True))


def test_profile_shows_nothing_else(client: Client, person: User) -> None:
    text = client.get(PERSON).text
    assert "Anna Beck" in text
    assert "secret.address" not in text
    assert f"{person.date_joined.year}" not in BeautifulSoup(text, "html.parser").main.get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("hidden", [{"is_public": False}, {"is_active": False}, {"username": "unknown"}])
def test_who_is_not_to_be_seen_is_as_absent_as_nobody(client: Client, person: User, hidden: dict[str, object]) -> None:
    nobody = client.get("/en/people/nobody/")
    User.objects.filter(pk=person.pk).update(**hidden)
    response = client.get(PERSON)
    assert (response.status_code, nobody.status_code) == (404, 404)
    assert response.text.replace("anna", "nobody") == nobody.text


@pytest.mark.parametrize("username", ["%00", "a%00b", "%0a", "%FF", "a" * 3000, "..", "anna%2F"])
def test_names_that_nobody_can_have_are_not_there(client: Client, person: User, username: str) -> None:
    assert client.get(f"/en/people/{username}/").status_code == 404


def test_without_a_name_the_user_name_is_shown(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(name="")
    page = BeautifulSoup(client.get(PERSON).content, "html.parser")
    assert page.h1 is not None
    assert page.h1.get_text() == "anna"


def test_profile_comes_in_pages(client: Client, person: User) -> None:
    revision = published_by(person)
    Revision.objects.bulk_create(
        Revision(skill=revision.skill, number=number, author=person, origin="admin", changes=[], content={})
        for number in range(10, 10 + CONTRIBUTIONS_PER_PAGE)
    )
    assert (len(items(client)), len(items(client, f"{PERSON}?page=2"))) == (CONTRIBUTIONS_PER_PAGE, 1)
    assert client.get(f"{PERSON}?page=3")["Location"] == f"{PERSON}?page=2"
    for page in ("0", "x"):
        assert client.get(f"{PERSON}?page={page}").status_code == 404


def test_profile_costs_the_same_queries_however_much_there_is(client: Client, person: User) -> None:
    published_by(person)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(PERSON)
        return len(captured)

    few = queries()
    assert few <= 3
    for _ in range(3):
        make_catalogue(skills=2)
        published_by(person)
    Revision.objects.update(author=person)
    assert queries() == few


def test_profile_is_only_read_and_kept_by_nobody_else(client: Client, person: User) -> None:
    assert client.post(PERSON).status_code == 405
    assert "private" in client.get(PERSON)["Cache-Control"]
