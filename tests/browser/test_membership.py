"""From a reader to a member who watches something, on a phone without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from community.models import Watch
from tests.browser.conftest import OpenReader
from tests.browser.reader import PHONE, Reader

pytestmark = pytest.mark.browser

PROFILE = "/de/skills/experiment-tracking/"


@pytest.fixture
def newcomer(open_reader: OpenReader, django_db_blocker: DjangoDbBlocker) -> Iterator[Reader]:
    """Return a reader on a phone without JavaScript; the account made meanwhile goes again."""
    mail.outbox.clear()
    yield open_reader(PHONE, has_javascript=False)
    with django_db_blocker.unblock():
        User.objects.filter(email="anna@example.org").delete()


def code_in_mail() -> str:
    found = re.search(r"^([A-Z0-9]{3,}-[A-Z0-9]{3,})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[1]


def test_reader_becomes_a_member_and_watches_what_they_wanted_to(
    newcomer: Reader, django_db_blocker: DjangoDbBlocker
) -> None:
    page = newcomer.page
    newcomer.go(PROFILE)
    page.get_by_role("link", name=re.compile("^Beobachten")).tap()
    page.get_by_role("link", name="Konto anlegen").tap()
    page.get_by_label("Angezeigter Name").fill("Anna Beck")
    page.get_by_label("E-Mail-Adresse").fill("anna@example.org")
    page.get_by_label("Passwort").fill("seven green bottles on a wall")
    page.get_by_role("button", name="Konto anlegen").tap()
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill(code_in_mail())
    page.get_by_role("button", name="Bestätigen").tap()
    expect(page).to_have_url(newcomer.site + PROFILE)
    expect(page.get_by_role("status").filter(has_text="Experiment Tracking")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Beobachten"))).to_have_attribute("aria-pressed", "true")
    with django_db_blocker.unblock():
        assert Watch.objects.get(user__email="anna@example.org").skill.slug == "experiment-tracking"  # type: ignore[union-attr]
