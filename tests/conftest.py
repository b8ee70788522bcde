"""What every test starts from."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client
from django.test.utils import override_settings
from django.utils import translation

from accounts.models import User
from tests.factories import make_user


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    """Forget finished pages and the last request's language: no rollback undoes them."""
    caches["pages"].clear()
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Passwords of tests need not be slow to guess."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def _patient_requests() -> Iterator[None]:
    """Let no request of a test fail because the machine that runs the tests is busy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("config.database.waits.WAIT_SECONDS", 60.0)
        yield


@pytest.fixture
def staff(db: None) -> User:
    return make_user("anna", is_staff=True, is_superuser=True)


@pytest.fixture
def admin_site(client: Client, staff: User) -> Client:
    """The browser of a staff member who is signed in."""
    client.force_login(staff)
    return client
