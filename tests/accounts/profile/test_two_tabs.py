"""Two tabs with the settings of one account: each saves what was changed in it, and nothing else."""

from functools import partial

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.people import make_person
from tests.races import done_at_once, on_postgresql
from tests.tabs import read_fields

pytestmark = pytest.mark.django_db

SETTINGS = "/en/me/settings/"


@pytest.fixture
def person() -> User:
    return make_person("anna", "Anna Beck", "anna@example.org", language="en")


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def stored(person: User) -> tuple[str, bool, str, str]:
    person.refresh_from_db()
    return person.name, person.is_public, person.theme, person.time_zone


def test_an_older_tab_leaves_alone_what_it_did_not_change(person: User) -> None:
    first, second = sign_in(person), sign_in(person)
    older, newer = read_fields(first.get(SETTINGS)), read_fields(second.get(SETTINGS))
    newer.pop("is_public")
    assert second.post(SETTINGS, newer | {"name": "Anna B.", "language": "de"}).status_code == 302
    response = first.post(SETTINGS, older | {"theme": "dark"})
    assert (response.status_code, response["Location"]) == (302, "/de/me/settings/")
    assert stored(person) == ("Anna B.", False, "dark", "")
    assert person.language == "de"


def test_what_was_changed_in_both_is_shown_and_decided_by_pressing_again(person: User) -> None:
    browser = sign_in(person)
    older = read_fields(browser.get(SETTINGS)) | {"name": "Änne Beck", "theme": "dark"}
    User.objects.filter(pk=person.pk).update(name="Anna B.", is_public=False)
    response = browser.post(SETTINGS, older)
    assert response.status_code == 409
    assert ": changed to “Anna B.” in another window." in response.text
    assert stored(person) == ("Anna B.", False, "", "")
    again = read_fields(response)
    # The entry is kept, and what only the other tab has changed is displayed.
    assert (again["name"], again["theme"], "is_public" in again) == ("Änne Beck", "dark", False)
    assert browser.post(SETTINGS, again).status_code == 302
    assert stored(person) == ("Änne Beck", False, "dark", "")


def test_the_same_change_in_both_tabs_is_no_conflict(person: User) -> None:
    browser = sign_in(person)
    form = read_fields(browser.get(SETTINGS)) | {"name": "Änne", "time_zone": "Asia/Tokyo"}
    assert [browser.post(SETTINGS, form).status_code for _ in range(2)] == [302, 302]
    assert stored(person) == ("Änne", True, "", "Asia/Tokyo")


def test_a_choice_that_this_version_does_not_know_counts_as_another(person: User) -> None:
    browser = sign_in(person)
    form = read_fields(browser.get(SETTINGS)) | {"initial-theme": "sepia", "initial-time_zone": "Moon/Base\0"}
    assert browser.post(SETTINGS, form | {"theme": "dark"}).status_code in {302, 409}


@on_postgresql
@pytest.mark.parametrize("time", range(5))
def test_of_two_tabs_at_the_same_moment_both_changes_are_saved(person: User, time: int) -> None:
    first, second = sign_in(person), sign_in(person)
    form = read_fields(first.get(SETTINGS))
    responses = done_at_once(
        partial(first.post, SETTINGS, form | {"name": "Änne"}), partial(second.post, SETTINGS, form | {"theme": "dark"})
    )
    assert [getattr(response, "status_code", None) for response in responses] == [302, 302]
    assert stored(person) == ("Änne", True, "dark", "")


@on_postgresql
@pytest.mark.parametrize("time", range(5))
def test_of_two_names_at_the_same_moment_one_is_saved_and_the_other_reported(person: User, time: int) -> None:
    first, second = sign_in(person), sign_in(person)
    form = read_fields(first.get(SETTINGS))
    responses = done_at_once(
        partial(first.post, SETTINGS, form | {"name": "Änne"}), partial(second.post, SETTINGS, form | {"name": "Anni"})
    )
    codes = [getattr(response, "status_code", 0) for response in responses]
    assert sorted(codes) == [302, 409]
    assert stored(person)[0] == ("Änne" if codes[0] == 302 else "Anni")
