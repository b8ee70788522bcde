"""Pages that one comes to only on the way, with a code, a link or a key: well made in both themes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import LazySettings, settings
from django.core.signing import Signer
from django.test import Client
from django.urls import resolve
from pytest_django import DjangoDbBlocker

from accounts.address.change import SALT
from accounts.models import EmailChange, User
from tests.accounts.members import PASS_PHRASE
from tests.accounts.visitors import CODE, RESET, code_in_mail, sign_in, sign_up
from tests.browser.conftest import OpenReader
from tests.browser.reader import Device
from tests.browser.test_every_page import HEIGHT, PHONE_WIDTH, assert_well_made
from tests.config.url_stage import credential_of
from tests.factories import make_user

pytestmark = pytest.mark.browser

CONFIRM_RESET, SET_AGAIN = "/de/accounts/password/reset/confirm/", "/de/accounts/password/reset/complete/"


@dataclass
class Traveller:
    """A user in the middle of a flow, and their session so far."""

    person: User
    client: Client

    def signing_in_by_code(self) -> str:
        self.client.post(CODE, {"email": self.person.email})
        return "/de/accounts/login/code/confirm/"

    def signing_up(self) -> str:
        sign_up(self.client, "newcomer@browser.example")
        return "/de/accounts/confirm-email/"

    def resetting(self) -> str:
        self.client.post(RESET, {"email": self.person.email})
        return CONFIRM_RESET

    def setting_again(self) -> str:
        self.resetting()
        self.client.post(CONFIRM_RESET, {"code": code_in_mail()})
        return SET_AGAIN

    def saying_the_second_factor(self) -> str:
        TOTP.activate(self.person, generate_totp_secret())
        sign_in(self.client, self.person.email)
        return "/de/accounts/2fa/authenticate/"

    def naming_a_key(self) -> str:
        return f"/de/accounts/2fa/webauthn/keys/{self._key().pk}/edit/"

    def removing_a_key(self) -> str:
        return f"/de/accounts/2fa/webauthn/keys/{self._key().pk}/remove/"

    def proving_by_key(self) -> str:
        self._key()
        return "/de/accounts/2fa/webauthn/reauthenticate/"

    def _key(self) -> Authenticator:
        sign_in(self.client, self.person.email)
        self.client.post("/de/accounts/reauthenticate/", {"password": PASS_PHRASE})
        data = {"name": "Finger", "credential": credential_of(self.person)}
        kind = Authenticator.Type.WEBAUTHN
        key: Authenticator = Authenticator.objects.create(user=self.person, type=kind, data=data)
        return key

    def coming_from_another_server(self) -> str:
        account = SocialAccount(provider="github", uid="1", extra_data={"login": "newcomer"})
        login = SocialLogin(user=User(email=""), account=account, provider=account.get_provider())
        session = self.client.session
        session["socialaccount_sociallogin"] = login.serialize()
        session.save()
        self.client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
        return "/de/accounts/3rdparty/signup/"

    def confirming_an_address(self) -> str:
        sign_in(self.client, self.person.email)
        change = EmailChange.objects.create(user=self.person, new_email="new@browser.example")
        return f"/de/me/settings/address/confirm/{Signer(salt=SALT).sign_object([change.pk, 'new'])}/"


WAYS: dict[str, Callable[[Traveller], str]] = {
    "account_confirm_login_code": Traveller.signing_in_by_code,
    "account_email_verification_sent": Traveller.signing_up,
    "account_confirm_password_reset_code": Traveller.resetting,
    "account_complete_password_reset": Traveller.setting_again,
    "mfa_authenticate": Traveller.saying_the_second_factor,
    "mfa_edit_webauthn": Traveller.naming_a_key,
    "mfa_remove_webauthn": Traveller.removing_a_key,
    "mfa_reauthenticate_webauthn": Traveller.proving_by_key,
    "socialaccount_signup": Traveller.coming_from_another_server,
    "accounts:address_confirm": Traveller.confirming_an_address,
}
"""How to come to a page, by the name of its address."""


@pytest.fixture
def traveller(site: str, django_db_blocker: DjangoDbBlocker, settings: LazySettings) -> Iterator[Traveller]:
    """Return a user whose account is deleted afterwards, with everything that the flow created."""
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "x", "secret": "y"}]}}
    with django_db_blocker.unblock():
        before = set(User.objects.values_list("pk", flat=True))
        person = make_user("traveller")
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        yield Traveller(person, Client())
        User.objects.exclude(pk__in=before).delete()


@pytest.mark.parametrize("name", WAYS)
def test_page_on_the_way_is_well_made(open_reader: OpenReader, traveller: Traveller, name: str) -> None:
    reader = open_reader(Device(PHONE_WIDTH, HEIGHT))
    address = WAYS[name](traveller)
    assert resolve(address).view_name == name
    cookie: Any = traveller.client.cookies.get(settings.SESSION_COOKIE_NAME)
    if cookie:
        known = {"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": reader.site}
        reader.page.context.add_cookies([known])  # type: ignore[list-item]
    reader.go(address)
    assert reader.path == address
    assert_well_made(reader)
