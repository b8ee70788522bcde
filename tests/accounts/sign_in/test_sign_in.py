"""Signing in by password and by code, out again, and to a new password."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import RefusedAddress, User
from tests.accounts.members import make_member
from tests.accounts.visitors import (
    CODE,
    CONFIRM,
    CONFIRM_SIGN_IN,
    RESET,
    SIGN_IN,
    code_in_mail,
    is_signed_in,
    sign_in,
    sign_up,
)

pytestmark = pytest.mark.django_db
WANTED = "/de/roles/"


@pytest.fixture
def member() -> User:
    return make_member("anna")


def test_password_signs_in_and_redirects_back(client: Client, member: User) -> None:
    answer = sign_in(client, member.email, next=WANTED)
    assert (answer.status_code, answer.headers["Location"]) == (302, WANTED)
    assert is_signed_in(client)


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_foreign_address_is_not_followed(client: Client, member: User, where: str) -> None:
    assert sign_in(client, member.email, next=where).headers["Location"] == "/de/me/"


def test_wrong_password_gives_a_message_and_keeps_the_address(client: Client, member: User) -> None:
    page = sign_in(client, member.email, "wrong").content.decode()
    assert "E-Mail-Adresse und Passwort passen nicht zusammen." in page
    assert f'value="{member.email}"' in page
    assert not is_signed_in(client)


def test_inactive_account_gets_a_message(client: Client, member: User) -> None:
    User.objects.update(is_active=False)
    page = client.get(sign_in(client, member.email).headers["Location"])
    assert "abgeschaltet" in page.content.decode()
    assert not is_signed_in(client)


def test_code_by_mail_signs_in_and_redirects_back(client: Client, member: User) -> None:
    first = client.post(CODE, {"email": member.email, "next": WANTED})
    assert client.get(first.headers["Location"]).status_code == 200
    answer = client.post(CONFIRM_SIGN_IN, {"code": code_in_mail(), "next": WANTED})
    assert answer.headers["Location"] == WANTED
    assert is_signed_in(client)


def test_code_allows_a_new_password(client: Client, member: User) -> None:
    confirm = client.post(RESET, {"email": member.email}).headers["Location"]
    on = client.post(confirm, {"code": code_in_mail()}).headers["Location"]
    new = "eight green bottles on a wall"
    client.post(on, {"password1": new, "password2": new})
    member.refresh_from_db()
    assert member.check_password(new)
    assert mail.outbox[-1].subject == "Ihr Passwort wurde geändert"


def test_signing_out_needs_a_button(client: Client, member: User) -> None:
    client.force_login(member)
    client.get("/de/accounts/logout/")
    assert is_signed_in(client)
    client.post("/de/accounts/logout/")
    assert not is_signed_in(client)


def test_page_that_needs_an_account_leads_through_sign_in(client: Client, member: User) -> None:
    answer = client.get("/de/me/")
    assert answer.headers["Location"] == f"{SIGN_IN}?next=/de/me/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/de/me/"' in page


def test_confirming_an_address_again_lifts_what_its_server_once_refused(client: Client) -> None:
    RefusedAddress.objects.create(email="anna@example.org", reason="550 no such mailbox")
    sign_up(client, "Anna@example.org")
    client.post(CONFIRM, {"code": code_in_mail()})
    assert is_signed_in(client)
    assert not RefusedAddress.objects.exists()
