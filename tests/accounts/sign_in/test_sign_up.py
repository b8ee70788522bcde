"""A reader becomes a member in a minute and returns to what they wanted to do."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.sign_in import traps
from tests.accounts.members import make_member
from tests.accounts.visitors import CONFIRM, SIGN_UP, code_in_mail, is_signed_in, sign_up

pytestmark = pytest.mark.django_db
WANTED = "/de/skills/?q=data"


def test_sign_up_by_name_address_and_password_redirects_back(client: Client) -> None:
    assert sign_up(client, "anna@example.org", next=WANTED).headers["Location"].startswith(CONFIRM)
    assert not is_signed_in(client)
    answer = client.post(CONFIRM, {"code": code_in_mail()})
    assert (answer.status_code, answer.headers["Location"]) == (302, WANTED)
    user = User.objects.get()
    assert (user.name, user.username, user.language) == ("Anna Beck", "anna-beck", "de")
    assert EmailAddress.objects.get(user=user).verified
    assert is_signed_in(client)


def test_account_speaks_the_language_it_was_made_in(client: Client) -> None:
    data = {"name": "Anna", "email": "a@example.org", "password1": "green bottles, seven"}
    client.post("/en/accounts/signup/", data | {"started": traps.sign_current_time()})
    assert User.objects.get().language == "en"
    assert mail.outbox[-1].subject == "Your code: confirm your e-mail address"


@pytest.mark.parametrize(
    ("name", "username"), [("Jürgen Öz", "juergen-oez"), ("Анна", "anna"), ("Anna Beck", "anna-beck-2")]
)
def test_user_name_is_made_from_the_name_shown(client: Client, name: str, username: str) -> None:
    make_member("anna-beck")
    sign_up(client, "new@example.org", name=name)
    assert User.objects.latest("pk").username == username


def test_user_name_never_holds_the_address(client: Client) -> None:
    sign_up(client, "secret.person@example.org", name="💥")
    username = User.objects.get().username
    assert username.startswith("member-")
    assert "secret" not in username


def test_an_address_is_no_name_and_nothing_typed_is_lost(client: Client) -> None:
    answer = sign_up(client, "anna@example.org", name="anna@example.org")
    assert User.objects.count() == 0
    assert answer.content.decode().count('value="anna@example.org"') == 2
    assert "sähen sie" in answer.content.decode()


@pytest.mark.parametrize("character", ["\u200b", "\u00ad", "\u034f"])
def test_an_address_with_a_character_that_nobody_sees_is_refused(client: Client, character: str) -> None:
    answer = sign_up(client, f"anna@exa{character}mple.de")
    assert answer.status_code == 422
    assert "Die Adresse enthält ein Zeichen, das nicht zu sehen ist. Geben Sie sie neu ein." in answer.content.decode()
    assert not User.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("field", ["name", "email", "password1"])
def test_every_field_is_needed(client: Client, field: str) -> None:
    answer = sign_up(client, **({"email": "anna@example.org"} | {field: ""}))
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert User.objects.count() == 0


def test_weak_password_is_refused(client: Client) -> None:
    assert b"id_password1_error" in sign_up(client, "anna@example.org", password1="12345678").content
    assert User.objects.count() == 0


def test_wrong_code_does_not_confirm(client: Client) -> None:
    sign_up(client, "anna@example.org")
    answer = client.post(CONFIRM, {"code": "ABC-DEF"})
    assert "Der Code stimmt nicht" in answer.content.decode()
    assert not EmailAddress.objects.get().verified
    assert not is_signed_in(client)


def test_foreign_address_to_go_on_to_is_not_followed(client: Client) -> None:
    sign_up(client, "anna@example.org", next="https://evil.example/")
    assert client.post(CONFIRM, {"code": code_in_mail()}).headers["Location"] == "/de/me/"


def test_closed_site_takes_no_new_members(client: Client, settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False
    assert "keine neuen Mitglieder" in client.get(SIGN_UP).content.decode()
    sign_up(client, "anna@example.org")
    assert User.objects.count() == 0
