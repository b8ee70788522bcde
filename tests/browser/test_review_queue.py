"""The list of waiting suggestions in a browser, when one belongs to a skill that was merged into another."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from tests.browser.conftest import OpenReader, SignIn
from tests.browser.reader import DESKTOP, PHONE, Device
from tests.browser.stage import Stage, staged
from tests.community.suggestions.retired import merge

pytestmark = pytest.mark.browser

MAX_HEIGHT = 300


@pytest.fixture
def stage(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Return a stage of the test's own."""
    with staged(django_db_blocker) as made:
        yield made


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_row_of_a_merged_skill_stays_small_and_its_link_can_be_pressed(
    open_reader: OpenReader, sign_in: SignIn, stage: Stage, device: Device
) -> None:
    stage.suggested()
    successor = stage.ask(lambda: merge(stage.world))
    reader = open_reader(device)
    sign_in(reader, stage.world.reviewer)
    reader.go("/de/review/")
    row = reader.page.locator(".review-row").filter(has_text=successor.name)
    box = row.bounding_box()
    assert box
    assert box["height"] < MAX_HEIGHT
    row.get_by_role("link", name=successor.name, exact=True).click()
    expect(reader.page.locator("h1")).to_contain_text(successor.name)
