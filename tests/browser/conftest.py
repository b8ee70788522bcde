"""A browser, the site with its own content, and readers of several kinds."""

import os
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.reader import DESKTOP, Device, Reader
from tests.browser.stage import enter

TIMEOUT_MILLISECONDS = 5000
BROWSER_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

type OpenReader = Callable[..., Reader]
type SignIn = Callable[[Reader, User], None]


@pytest.fixture(scope="package")
def site(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Serve the site with the content it ships with, loaded once because no test here changes it.

    The database is made here: pytest-django makes one for tests that ask for `db`, which would empty it each time.
    """
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False, aliases={"default": None})
        call_command("load_content", stdout=StringIO())
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()
        teardown_databases(databases, verbosity=0)


@pytest.fixture(scope="package")
def browser(site: str) -> Iterator[Browser]:
    """Start the browser; Playwright keeps an event loop in this thread, which Django must allow."""
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=executable, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_reader(browser: Browser, site: str) -> Iterator[OpenReader]:
    """Return what opens a reader: `open_reader(PHONE, locale="en", has_javascript=False)`.

    At the end no reader may have met an error in a script, a breach of the
    policy, a server error, or have asked another host for anything.
    """
    readers: list[Reader] = []
    contexts: list[BrowserContext] = []

    def open_one(device: Device = DESKTOP, *, locale: str = "de", has_javascript: bool = True) -> Reader:
        context = browser.new_context(
            viewport={"width": device.width, "height": device.height},
            has_touch=device.has_touch,
            is_mobile=device.has_touch,
            locale=locale,
            java_script_enabled=has_javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        contexts.append(context)
        readers.append(Reader(context.new_page(), site))
        return readers[-1]

    yield open_one
    for context in contexts:
        context.close()
    assert [fault for reader in readers for fault in reader.faults] == []


@pytest.fixture
def sign_in(django_db_blocker: DjangoDbBlocker) -> SignIn:
    """Return what gives a reader the session of a person."""

    def signed_in(reader: Reader, person: User) -> None:
        enter(reader, person, django_db_blocker)

    return signed_in


@pytest.fixture
def reader(open_reader: OpenReader) -> Reader:
    """Return a reader of German at a desktop."""
    return open_reader()
