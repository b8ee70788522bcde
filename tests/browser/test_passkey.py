"""Passkeys in a real browser, with an authenticator that Chromium plays."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from tests.browser.conftest import OpenReader
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

PASS_PHRASE = "seven loaves of rye"
ADD = "/en/accounts/2fa/webauthn/add/"


@pytest.fixture
def member(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    """Return a user with an account, deleted after the test: this database is not emptied."""
    with django_db_blocker.unblock():
        user = User.objects.create_user(
            "browsing-anna", "anna@browser.example", PASS_PHRASE, name="Anna", language="en"
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        yield user
        user.delete()


@pytest.fixture
def reader(open_reader: OpenReader, site: str) -> Reader:
    """Return a reader who opened the site by the name at which browsers allow passkeys without https."""
    reader = open_reader(locale="en")
    reader.site = site.replace("127.0.0.1", "localhost")
    return reader


def plug_in_authenticator(page: Page) -> Any:
    """Give the browser a device that makes passkeys and always finds the right finger on it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def sign_in_by_password(reader: Reader, user: User, then: str) -> None:
    reader.go(f"/en/accounts/login/?next={then}")
    page = reader.page
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASS_PHRASE)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)
    if "reauthenticate" in page.url:
        page.locator("input[name=password]").fill(PASS_PHRASE)
        page.locator("input[name=password]").press("Enter")


def test_passkey_is_added_and_signs_in_without_a_password(reader: Reader, member: User) -> None:
    plug_in_authenticator(reader.page)
    sign_in_by_password(reader, member, ADD)
    expect(reader.page).to_have_url(f"{reader.site}{ADD}")
    reader.page.locator("input[name=name]").fill("Finger")
    reader.button("Add a key").click()
    expect(reader.page).to_have_url(f"{reader.site}/en/accounts/2fa/recovery-codes/")
    key = Authenticator.objects.get(user=member, type="webauthn")
    assert (key.wrap().name, key.wrap().is_passwordless) == ("Finger", True)

    reader.page.context.clear_cookies()
    reader.go("/en/accounts/login/?next=/en/roles/")
    reader.page.locator("#passkey_login").click()
    expect(reader.page).to_have_url(f"{reader.site}/en/roles/")
    reader.go("/en/me/")
    expect(reader.page).to_have_url(f"{reader.site}/en/me/")
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_passkey_serves_as_second_factor_after_the_password(reader: Reader, member: User) -> None:
    plug_in_authenticator(reader.page)
    sign_in_by_password(reader, member, ADD)
    reader.button("Add a key").click()
    expect(reader.page).to_have_url(f"{reader.site}/en/accounts/2fa/recovery-codes/")
    reader.page.context.clear_cookies()
    sign_in_by_password(reader, member, "/en/roles/")
    reader.button("Use a passkey or security key").click()
    expect(reader.page).to_have_url(f"{reader.site}/en/roles/")


def test_who_calls_the_key_off_reads_so_and_may_try_again(reader: Reader, member: User) -> None:
    devtools, authenticator = plug_in_authenticator(reader.page)
    sign_in_by_password(reader, member, ADD)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    reader.button("Add a key").click()
    expect(reader.page.locator("[data-passkey-fault=refused]")).to_be_visible()
    assert not Authenticator.objects.filter(user=member).exists()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    reader.button("Add a key").click()
    expect(reader.page).to_have_url(f"{reader.site}/en/accounts/2fa/recovery-codes/")
