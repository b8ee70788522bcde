"""The profile of a skill in a browser: compared, shown level by level, filtered, as a grid."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

PROFILE = "/de/skills/experiment-tracking/"
LEVELS = ("Junior", "Middle", "Senior", "Lead", "Principal")


def tab(reader: Reader, level: str) -> Locator:
    return reader.page.get_by_role("navigation", name="Stufen").get_by_role("link", name=re.compile(f"^{level}"))


def shown_levels(reader: Reader) -> list[str]:
    """Return the levels whose tables can be seen."""
    panels = reader.page.locator(".level-panel")
    return [panel.get_by_role("heading", level=3).inner_text() for panel in panels.all() if panel.is_visible()]


def pages_asked_for(reader: Reader) -> list[str]:
    """Return what was asked for but the icon of the site, which the browser fetches as it likes."""
    return [address for address in reader.requests if not address.endswith("favicon.svg")]


def test_comparison_comes_without_a_new_page_and_focus_stays_on_the_level(reader: Reader) -> None:
    reader.go(PROFILE)
    reader.page.evaluate("document.body.dataset.mark = 'left'")
    reader.page.get_by_label("Rolle", exact=True).select_option("ML Engineer")
    reader.choose_level("Middle")
    expect(reader.page).to_have_url(f"{reader.site}{PROFILE}?role=ml-engineer&level=middle")
    expect(reader.page.locator("#today-title")).to_have_text(re.compile("Middle"))
    expect(reader.page.get_by_role("radio", name="Middle")).to_be_focused()
    reader.page.keyboard.press("ArrowRight")
    expect(reader.page).to_have_url(f"{reader.site}{PROFILE}?role=ml-engineer&level=senior")
    expect(reader.page.locator("#today-title")).to_have_text(re.compile("Senior"))
    expect(reader.page.get_by_role("radio", name="Senior")).to_be_focused()
    assert reader.page.locator("body").get_attribute("data-mark") == "left"


def test_another_role_is_compared_at_once_and_keeps_the_focus(reader: Reader) -> None:
    reader.go(f"{PROFILE}?role=ml-engineer&level=middle")
    role = reader.page.get_by_label("Rolle", exact=True)
    role.focus()
    role.select_option("Data Analyst")
    expect(reader.page).to_have_url(f"{reader.site}{PROFILE}?role=data-analyst&level=middle")
    expect(reader.page.get_by_label("Rolle", exact=True)).to_be_focused()


def test_shared_comparison_opens_as_it_was(reader: Reader) -> None:
    reader.go(f"{PROFILE}?role=ml-engineer&level=lead")
    expect(reader.page.get_by_label("Rolle", exact=True)).to_have_value("ml-engineer")
    expect(reader.page.get_by_role("radio", name="Lead")).to_be_checked()
    expect(reader.page.locator("#next-title")).to_have_text(re.compile("Principal"))


def test_back_returns_to_the_comparison_before(reader: Reader) -> None:
    reader.go(f"{PROFILE}?role=ml-engineer&level=lead")
    reader.choose_level("Junior")
    expect(reader.page.locator("#today-title")).to_have_text(re.compile("Junior"))
    reader.page.go_back()
    expect(reader.page).to_have_url(f"{reader.site}{PROFILE}?role=ml-engineer&level=lead")
    expect(reader.page.locator("#today-title")).to_have_text(re.compile("Lead"))
    expect(reader.page.get_by_role("radio", name="Lead")).to_be_checked()


def test_levels_change_without_a_request_and_keep_the_address_true(reader: Reader) -> None:
    reader.go(PROFILE)
    reader.page.wait_for_load_state("networkidle")
    asked = pages_asked_for(reader)
    assert shown_levels(reader) == ["Junior"]
    tab(reader, "Lead").click()
    assert shown_levels(reader) == ["Lead"]
    expect(tab(reader, "Lead")).to_have_attribute("aria-current", "true")
    expect(tab(reader, "Junior")).not_to_have_attribute("aria-current", "true")
    assert reader.path == f"{PROFILE}?tab=lead"
    assert pages_asked_for(reader) == asked
    reader.page.reload()
    assert shown_levels(reader) == ["Lead"]


def test_chosen_level_stays_when_the_table_is_filtered(reader: Reader) -> None:
    reader.go(PROFILE)
    tab(reader, "Senior").click()
    reader.page.get_by_label("Nur Pflicht").check()
    expect(reader.page).to_have_url(re.compile("obligation=mandatory"))
    expect(reader.page.get_by_label("Nur Pflicht")).to_be_focused()
    assert shown_levels(reader) == ["Senior"]
    assert "tab=senior" in reader.path


def test_chosen_level_stays_in_the_other_language(reader: Reader) -> None:
    reader.go(PROFILE)
    tab(reader, "Senior").click()
    reader.link("EN – English").click()
    expect(reader.page).to_have_url(f"{reader.site}/en/skills/experiment-tracking/?tab=senior")
    assert shown_levels(reader) == ["Senior"]


def test_grid_shows_every_role_on_every_level_and_focus_stays_on_the_switch(reader: Reader) -> None:
    reader.go(f"{PROFILE}?role=ml-engineer&level=lead")
    reader.link("Raster").press("Enter")
    expect(reader.page).to_have_url(f"{reader.site}{PROFILE}?role=ml-engineer&level=lead&view=grid")
    grid = reader.page.get_by_role("table")
    expect(grid.get_by_role("columnheader")).to_have_text(list(LEVELS))
    expect(grid.get_by_role("rowheader")).to_have_count(7)
    expect(reader.link("Raster")).to_be_focused()


def test_grid_shows_whole_texts_when_asked(reader: Reader) -> None:
    reader.go(f"{PROFILE}?view=grid")
    text = reader.page.get_by_role("cell").locator(".text").first
    before = text.bounding_box()
    reader.page.get_by_label("Ganze Texte zeigen").check()
    after = text.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]


def test_role_page_swaps_its_levels_and_keeps_focus_and_address(reader: Reader) -> None:
    reader.go("/de/roles/data-scientist/")
    level = reader.page.get_by_role("list", name="Stufe").get_by_role("link", name="Senior")
    level.press("Enter")
    expect(reader.page).to_have_url(f"{reader.site}/de/roles/data-scientist/?level=senior")
    expect(reader.page.get_by_role("heading", name=re.compile("^Data Scientist, Senior"))).to_be_visible()
    expect(level).to_be_focused()
    reader.link("Übersicht").press("Enter")
    expect(reader.page).to_have_url(f"{reader.site}/de/roles/data-scientist/")
    expect(reader.page.locator("#role-level :focus, #role-level:focus")).to_have_count(1)
