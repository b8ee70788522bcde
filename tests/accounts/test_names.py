"""Names of people: typed at sign-up and in settings, sent by another server, searched and sorted."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import User
from accounts.profile.preferences import update_preferences
from tests.accounts.members import make_member, signed_in
from tests.accounts.visitors import sign_up
from tests.admin_pages import change_address, errors_of, page_of, typed
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def completed(client: Client, typed_name: str) -> list[str]:
    page = BeautifulSoup(client.get("/de/comments/people/", {"q": typed_name}).content, "html.parser")
    text = page.get_text()
    return [person.username for person in User.objects.order_by("sort_key") if person.username in text]


def test_a_name_is_signed_up_in_its_normal_form(client: Client) -> None:
    sign_up(client, "anna@example.org", name=" A\u0308nne\u00a0\u2003Beck ")
    person = User.objects.get()
    assert (person.name, person.sort_key, person.username) == ("Änne Beck", "anne beck", "aenne-beck")


@pytest.mark.parametrize("name", ["An\u200bna", "\u3164", "\u2800\u2800", "Anna\u202e"])
def test_nobody_signs_up_with_a_name_that_cannot_be_read(client: Client, name: str) -> None:
    response: Any = sign_up(client, "anna@example.org", name=name)
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("[name=name]")["value"] == name  # type: ignore[index]
    assert not User.objects.exists()


def test_a_name_is_set_in_its_normal_form_and_sorted_by_it(client: Client) -> None:
    person = make_member()
    browser = signed_in(person)
    page = BeautifulSoup(browser.get("/de/me/settings/").content, "html.parser")
    assert page.select_one("[name=name]")
    chosen = {"name": "O\u0308zgür\u00a0Ak", "is_public": "on", "language": "de", "theme": "", "time_zone": ""}
    assert browser.post("/de/me/settings/", chosen).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.sort_key) == ("Özgür Ak", "ozgur ak")
    update_preferences(person, name="")
    person.refresh_from_db()
    assert person.sort_key == person.username.lower()


def test_mentions_are_completed_in_every_script_and_without_accents(client: Client) -> None:
    make_user("aa", name="Zoe")
    make_user("bb", name="Änne")
    make_user("cc", name="anders")
    client.force_login(make_user("dd", name="Dora"))
    assert completed(client, "@än") == ["cc", "bb"]
    assert completed(client, "@Än") == ["cc", "bb"]
    assert completed(client, "zO") == ["aa"]
    assert completed(client, "\u0301") == []


def test_administrators_find_and_sort_people_in_every_script(admin_site: Client) -> None:
    for name in ("Zoe", "Änne", "anders"):
        make_user(name=name)
    names = [cell.get_text() for cell in page_of(admin_site, "/admin/accounts/user/").select("td.field-name")]
    assert [name for name in names if name in {"Zoe", "Änne", "anders"}] == ["anders", "Änne", "Zoe"]
    names = [cell.get_text() for cell in page_of(admin_site, "/admin/accounts/user/?q=ÄNN").select("td.field-name")]
    assert names == ["Änne"]


def test_a_user_name_that_differs_in_case_only_is_taken(admin_site: Client) -> None:
    make_user("Änne")
    other = make_user("otto")
    data = typed(page_of(admin_site, change_address(other)))
    assert len(errors_of(admin_site.post(change_address(other), data | {"username": "ÄNNE"}))) == 1
    other.refresh_from_db()
    assert other.username == "otto"
    assert admin_site.post(change_address(other), data | {"username": "OTTO"}).status_code == 302
    added = {"username": "änne", "password1": "a long pass phrase", "password2": "a long pass phrase"}
    assert errors_of(admin_site.post("/admin/accounts/user/add/", added | {"usable_password": "true"})) != []
    assert User.objects.filter(username__iexact="änne").count() == 1
