"""Pages around signing in and the second factor that need something to be set up first: well made in both themes."""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from pytest_django import DjangoDbBlocker

from accounts.models import User
from tests.browser.conftest import OpenReader
from tests.browser.reader import Device
from tests.browser.stage import enter
from tests.browser.test_every_page import HEIGHT, PHONE_WIDTH, assert_well_made
from tests.factories import make_user

pytestmark = pytest.mark.browser

PAGES = [
    ("stranger", "/de/accounts/inactive/"),
    ("stranger", "/de/accounts/password/reset/done/"),
    ("stranger", "/de/accounts/3rdparty/login/cancelled/"),
    ("stranger", "/de/accounts/3rdparty/login/error/"),
    ("without password", "/de/accounts/password/set/"),
    ("careless", "/de/accounts/2fa/totp/activate/"),
    ("careless", "/de/accounts/2fa/webauthn/"),
    ("careless", "/de/accounts/2fa/webauthn/add/"),
    ("careless", "/de/me/settings/delete/"),
    ("careful", "/de/accounts/2fa/"),
    ("careful", "/de/accounts/2fa/reauthenticate/"),
    ("careful", "/de/accounts/2fa/totp/deactivate/"),
    ("careful", "/de/accounts/2fa/recovery-codes/"),
    ("careful", "/de/accounts/2fa/recovery-codes/generate/"),
]


@pytest.fixture(scope="module")
def people(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, User]]:
    """Return people with and without a second factor, and one without a password; gone again afterwards."""
    with django_db_blocker.unblock():
        made = {name: make_user(name.replace(" ", "-")) for name in ("careful", "careless", "without password")}
        for person in made.values():
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        TOTP.activate(made["careful"], generate_totp_secret())
        RecoveryCodes.activate(made["careful"])
        made["without password"].set_unusable_password()
        made["without password"].save(update_fields=["password"])
        yield made
        for person in made.values():
            person.delete()


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_page_around_signing_in_is_well_made(
    open_reader: OpenReader, people: dict[str, User], django_db_blocker: DjangoDbBlocker, who: str, address: str
) -> None:
    reader = open_reader(Device(PHONE_WIDTH, HEIGHT))
    if who in people:
        enter(reader, people[who], django_db_blocker, has_proven=True)
    reader.go(address, 401 if address.endswith("/error/") else 200)
    assert reader.path == address
    assert_well_made(reader)
