"""A form that is refused: its summary has the focus, with htmx, without JavaScript and by its links."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from tests.browser.conftest import OpenReader
from tests.browser.reader import DESKTOP
from tests.browser.stage import Stage, enter, staged

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    with staged(django_db_blocker) as stage:
        yield stage


@pytest.mark.parametrize("has_javascript", [True, False])
def test_errors_take_the_focus_and_lead_the_way_to_their_field(
    open_reader: OpenReader, stage: Stage, has_javascript: bool
) -> None:
    reader = enter(open_reader(DESKTOP, has_javascript=has_javascript), stage.world.author, stage.blocker)
    page = reader.page
    reader.go(f"{stage.profile}comments/")
    title = page.title()
    reader.refuses(str(page.locator("#write").get_attribute("action")))
    page.get_by_label("Ihr Kommentar").fill("   ")
    page.get_by_role("button", name="Kommentieren").click()
    summary = page.locator("#form-errors")
    expect(summary).to_be_focused()
    expect(page).to_have_title(f"Fehler: {title}")
    summary.get_by_role("link").click()
    field = page.get_by_label("Ihr Kommentar")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("Schreiben Sie"))
    field.fill("Kneads?")
    page.get_by_role("button", name="Kommentieren").click()
    expect(page.get_by_text("Kneads?")).to_be_visible()
    expect(page).to_have_title(title)
