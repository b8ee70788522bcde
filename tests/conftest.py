"""What every test starts from."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from django.test.utils import override_settings
from django.utils import translation

from accounts.models import User
from tests.factories import make_user
from tests.web_process import prepare, prepare_once, run

YOUNG_OBJECTS = 20_000  # so many are made between two looks of the garbage collector: several times Python's own number


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays until the end: it would look through all modules and tests each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


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


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share, and no other run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def prepared_site(run_folder: Path) -> Path:
    """The files of a site without content, to be copied: no test writes to them."""
    folder = run_folder / "prepared-site"
    prepare_once(folder, prepare)
    return folder


@pytest.fixture(scope="session")
def site_with_content(run_folder: Path, prepared_site: Path) -> Path:
    """The files of a site that `make run` has started before, to be copied as well."""

    def fill(var: Path) -> None:
        shutil.copytree(prepared_site, var, dirs_exist_ok=True)
        run(var, "manage.py", "load_content")

    folder = run_folder / "site-with-content"
    prepare_once(folder, fill)
    return folder


@pytest.fixture
def staff(db: None) -> User:
    return make_user("anna", is_staff=True, is_superuser=True)


@pytest.fixture
def admin_site(client: Client, staff: User) -> Client:
    """The browser of a staff member who is signed in."""
    client.force_login(staff)
    return client
