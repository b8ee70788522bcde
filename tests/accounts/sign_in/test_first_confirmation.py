"""Signing up with another person's address leaves nothing behind that opens the account once its owner comes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import privacy
from accounts.models import EmailChange, RefusedAddress, User
from tests.accounts.members import make_member, soup
from tests.accounts.visitors import (
    CODE,
    CONFIRM,
    CONFIRM_SIGN_IN,
    RESET,
    code_in_mail,
    is_signed_in,
    sign_in,
    sign_up,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db

VICTIM = "victim@example.org"
PLANTED = "a pass phrase of the attacker"
CHOSEN = "eight green bottles on a wall"


@pytest.fixture
def attacker() -> Client:
    """Return the browser in which a stranger signed up with the victim's address and stopped at the code."""
    client = Client()
    sign_up(client, VICTIM, name="Mallory", password1=PLANTED)
    return client


def enter_by_code(client: Client) -> None:
    client.post(CODE, {"email": VICTIM})
    client.post(CONFIRM_SIGN_IN, {"code": code_in_mail()})


def begin_reset(client: Client) -> str:
    """Ask for a new password and type the code; return the page that asks for the new password."""
    confirm = client.post(RESET, {"email": VICTIM}).headers["Location"]
    return str(client.post(confirm, {"code": code_in_mail()}).headers["Location"])


def enter_by_reset(client: Client) -> None:
    client.post(begin_reset(client), {"password1": CHOSEN, "password2": CHOSEN})


WAYS: dict[str, Callable[[Client], None]] = {"code": enter_by_code, "reset": enter_by_reset}


@pytest.mark.parametrize("enter", WAYS.values(), ids=WAYS)
def test_password_of_a_stranger_opens_nothing_once_the_owner_has_entered(
    attacker: Client, enter: Callable[[Client], None]
) -> None:
    victim = Client()
    enter(victim)
    assert is_signed_in(victim)
    assert EmailAddress.objects.get().verified
    stranger = Client()
    sign_in(stranger, VICTIM, PLANTED)
    assert not is_signed_in(stranger)
    assert not User.objects.get().check_password(PLANTED)


@pytest.mark.parametrize("enter", WAYS.values(), ids=WAYS)
def test_everything_else_that_opens_the_account_is_removed(attacker: Client, enter: Callable[[Client], None]) -> None:
    account = User.objects.get()
    SocialAccount.objects.create(user=account, provider="github", uid="planted")
    Authenticator.objects.create(user=account, type="webauthn", data={"name": "planted"})
    EmailChange.objects.create(user=account, new_email="mallory@example.org")
    planted = Client()
    planted.force_login(account)
    victim = Client()
    enter(victim)
    assert is_signed_in(victim)
    assert not SocialAccount.objects.exists()
    assert not Authenticator.objects.exists()
    assert not EmailChange.objects.exists()
    assert planted.get("/de/me/settings/").status_code == 302
    assert victim.get("/de/me/settings/").status_code == 200


def test_between_the_code_and_the_new_password_the_old_one_opens_nothing(attacker: Client) -> None:
    victim = Client()
    page = begin_reset(victim)
    stranger = Client()
    sign_in(stranger, VICTIM, PLANTED)
    assert not is_signed_in(stranger)
    victim.post(page, {"password1": CHOSEN, "password2": CHOSEN})
    assert is_signed_in(victim)
    assert User.objects.get().check_password(CHOSEN)


def test_sign_up_that_was_left_half_done_cannot_go_on_after_the_owner_has_entered(attacker: Client) -> None:
    code_of_sign_up = code_in_mail()
    enter_by_code(Client())
    attacker.post(CONFIRM, {"code": code_of_sign_up})
    assert not is_signed_in(attacker)
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(("language", "says"), [("de", "zum ersten Mal bestätigt"), ("en", "for the first time")])
def test_person_is_notified_on_the_page_and_by_mail(attacker: Client, language: str, says: str) -> None:
    User.objects.update(language=language)
    victim = Client(headers={"accept-language": language})
    victim.post(CODE.replace("/de/", f"/{language}/"), {"email": VICTIM})
    where = victim.post(CONFIRM_SIGN_IN.replace("/de/", f"/{language}/"), {"code": code_in_mail()})
    assert says in soup(victim.get(where.headers["Location"])).get_text(" ", strip=True)
    subject = {
        "de": "Ihre Adresse wurde bestätigt, frühere Zugänge zum Konto wurden entfernt",
        "en": "Your address was confirmed, and earlier ways into the account were removed",
    }
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == ([VICTIM], subject[language])


def test_own_sign_up_keeps_its_password_and_sends_no_notice() -> None:
    client = Client()
    sign_up(client, VICTIM, password1=CHOSEN)
    client.post(CONFIRM, {"code": code_in_mail()})
    assert is_signed_in(client)
    assert len(mail.outbox) == 1
    other = Client()
    sign_in(other, VICTIM, CHOSEN)
    assert is_signed_in(other)


@pytest.mark.parametrize("enter", WAYS.values(), ids=WAYS)
def test_account_with_a_confirmed_address_keeps_what_it_has(enter: Callable[[Client], None]) -> None:
    member = make_member("victim")
    SocialAccount.objects.create(user=member, provider="github", uid="own")
    enter(Client())
    member.refresh_from_db()
    assert member.has_usable_password()
    assert SocialAccount.objects.exists()


def test_administrator_made_by_hand_keeps_the_password_when_entering_by_code() -> None:
    made = make_user("victim", is_staff=True, is_superuser=True)
    client = Client()
    enter_by_code(client)
    client.post(CONFIRM, {"code": code_in_mail()})
    assert is_signed_in(client)
    made.refresh_from_db()
    assert made.has_usable_password()


def test_stranger_who_was_made_staff_before_confirming_gets_nothing(attacker: Client) -> None:
    User.objects.update(is_staff=True)
    stranger = Client()
    sign_in(stranger, VICTIM, PLANTED)
    assert not is_signed_in(stranger)
    enter_by_code(Client())
    sign_in(stranger, VICTIM, PLANTED)
    assert not is_signed_in(stranger)


def test_entering_by_code_twice_removes_what_was_set_up_once(attacker: Client) -> None:
    victim = Client()
    enter_by_code(victim)
    victim.post("/de/accounts/password/set/", {"password1": CHOSEN, "password2": CHOSEN})
    assert User.objects.get().check_password(CHOSEN)
    enter_by_code(Client())
    assert User.objects.get().check_password(CHOSEN)


def test_mail_reaches_an_address_again_however_it_was_confirmed(attacker: Client) -> None:
    RefusedAddress.objects.create(email=VICTIM, reason="550 gone")
    enter_by_code(Client())
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize("enter", WAYS.values(), ids=WAYS)
def test_new_address_that_staff_gave_an_account_does_not_get_past_what_protects_it(
    enter: Callable[[Client], None],
) -> None:
    """Otherwise staff without rights could type an address of their own, and bypass a member's second factor."""
    member = make_member("mira")
    Authenticator.objects.create(user=member, type="webauthn", data={"name": "own"})
    User.objects.update(email=VICTIM)
    EmailAddress.objects.create(user=member, email=VICTIM, verified=False)
    client = Client()
    enter(client)
    assert not is_signed_in(client)
    assert Authenticator.objects.exists()
    member.refresh_from_db()
    assert member.has_usable_password()


def test_owner_is_received_neither_by_the_stranger_s_name_nor_in_their_language(attacker: Client) -> None:
    User.objects.update(language="en")
    victim = Client()
    enter_by_code(victim)
    account = User.objects.get()
    assert (account.name, account.language) == ("", "de")
    assert account.username.startswith("member-")
    assert "Mallory" not in victim.get("/de/me/").content.decode()


def is_there(account: User) -> bool:
    return User.objects.filter(pk=account.pk).exists()


def test_sign_up_that_nobody_confirms_is_deleted_after_two_weeks(attacker: Client) -> None:
    account = User.objects.get()
    privacy.prune_unconfirmed()
    assert is_there(account)
    User.objects.update(date_joined=timezone.now() - timedelta(days=14, seconds=1))
    privacy.prune_unconfirmed()
    assert not is_there(account)
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize("change", [{"is_staff": True}, {"is_superuser": True}, {"last_login": timezone.now()}])
def test_old_account_with_rights_or_that_was_entered_stays(attacker: Client, change: dict[str, Any]) -> None:
    User.objects.update(date_joined=timezone.now() - timedelta(days=400), **change)
    privacy.prune_unconfirmed()
    assert is_there(User.objects.get(email=VICTIM))


def test_old_account_with_a_confirmed_address_or_made_by_an_administrator_stays() -> None:
    accounts = [make_member("anna"), make_user("made")]
    User.objects.update(date_joined=timezone.now() - timedelta(days=400))
    privacy.prune_unconfirmed()
    assert all(is_there(account) for account in accounts)
