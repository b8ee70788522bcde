"""The title of the window belongs to the address, also when htmx has changed the address."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from tests.browser.conftest import OpenReader, SignIn
from tests.browser.stage import Stage, staged

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Return a stage of the test's own."""
    with staged(django_db_blocker) as made:
        yield made


@pytest.mark.parametrize(
    ("address", "control", "title"),
    [
        ("/de/roles/baker/", "a.step >> nth=0", "Baker · Junior"),
        ("/de/roles/baker/?level=junior", "nav.switch a >> nth=1", "Baker"),
        ("/de/review/", ".review-link >> nth=0", "Prüfen #{suggestion}"),
        ("/de/review/{suggestion}/", ".review-filters a >> nth=1", "Prüfen"),
        ("/de/review/{suggestion}/", "#review-domain", "Prüfen"),
        ("/de/skills/?framework=dropbox", ".chosen a >> nth=0", "Alle Skills"),
        ("/de/skills/", "#results select", "Alle Skills"),
        ("/de/suggestions/", "form[hx-get] select >> nth=0", "Vorschläge"),
        ("/de/changes/", "form[hx-get] select >> nth=0", "Letzte Änderungen"),
        ("{profile}", "#profile-body nav.switch a >> nth=1", "Baking"),
        ("{profile}", "input[name=level] >> nth=0", "Baking"),
        ("{profile}", "input[name=obligation]", "Baking"),
        ("{profile}history/1/", "input[name=obligation]", "Baking, Revision 1"),
    ],
)
def test_title_follows_the_address(
    open_reader: OpenReader, sign_in: SignIn, stage: Stage, address: str, control: str, title: str
) -> None:
    reader = open_reader()
    sign_in(reader, stage.world.reviewer)
    names = {"suggestion": stage.suggested().pk, "profile": stage.profile}
    reader.go(address.format(**names))
    page, before = reader.page, (reader.page.title(), reader.page.url)
    used = page.locator(control).first
    if "select" in control or "domain" in control:
        used.select_option(index=1)
    else:
        used.press("Space" if "input" in control else "Enter")
    expect(page).not_to_have_url(before[1])
    expect(page).to_have_title(f"{title.format(**names)} · Stufenplan")
    there = (page.title(), page.url)
    page.go_back()
    expect(page).to_have_title(before[0])
    assert page.url == before[1]
    page.go_forward()
    expect(page).to_have_title(there[0])
    page.reload()
    assert (page.title(), page.url) == there


def test_title_of_a_search_follows_what_is_typed(open_reader: OpenReader) -> None:
    reader = open_reader()
    reader.go("/de/skills/")
    reader.search_field().fill("<b> Track & more")
    expect(reader.page).to_have_url(re.compile(r"\?q="))
    expect(reader.page).to_have_title(re.compile(r"<b> Track & more.* · Stufenplan"))


def test_draft_that_got_an_address_has_its_title(open_reader: OpenReader, sign_in: SignIn, stage: Stage) -> None:
    reader = open_reader()
    sign_in(reader, stage.world.author)
    reader.go(f"{stage.profile}suggestions/new/?role=baker&level=junior")
    reader.page.get_by_label("Beschreibung").fill("Kneads. Rye.")
    expect(reader.page).to_have_url(re.compile(r"/suggestions/\d+/edit/"))
    saved = reader.page.title()
    reader.page.reload()
    assert (saved, saved.startswith("Änderung vorschlagen: Baking")) == (reader.page.title(), True)
