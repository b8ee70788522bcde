"""What is above every page: search, theme, language, and the menu of a phone."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenReader
from tests.browser.reader import PHONE, Reader

pytestmark = pytest.mark.browser

THEME_SWITCH = "Switch between light and dark"


def assert_theme(reader: Reader, theme: str) -> None:
    expect(reader.page.locator("html")).to_have_attribute("data-bs-theme", theme)
    is_dark = reader.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert is_dark == (theme == "dark")


@pytest.mark.parametrize("address", ["/de/", "/de/skills/", "/de/roles/", "/de/skills/experiment-tracking/"])
def test_slash_focuses_the_search(reader: Reader, address: str) -> None:
    reader.go(address)
    reader.page.keyboard.press("/")
    expect(reader.search_field()).to_be_focused()
    reader.page.keyboard.type("a/b")
    expect(reader.search_field()).to_have_value("a/b")


def test_search_in_the_head_opens_the_list(reader: Reader) -> None:
    reader.go("/de/roles/")
    reader.search_field().fill("experiment")
    reader.search_field().press("Enter")
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/?q=experiment")


def test_chosen_theme_stays_and_choosing_the_system_s_own_follows_it_again(reader: Reader) -> None:
    reader.uses_theme("light")
    reader.go("/de/")
    assert_theme(reader, "light")
    reader.button(THEME_SWITCH).click()
    assert_theme(reader, "dark")
    reader.page.reload()
    assert_theme(reader, "dark")
    reader.go("/de/roles/")
    assert_theme(reader, "dark")
    reader.button(THEME_SWITCH).click()
    assert_theme(reader, "light")
    reader.uses_theme("dark")
    assert_theme(reader, "dark")
    reader.page.reload()
    assert_theme(reader, "dark")


def test_theme_of_the_account_counts_until_the_switch_overrules_it_here(reader: Reader) -> None:
    """The page comes as it does for a user whose account says so."""
    reader.uses_theme("light")
    reader.go("/de/")
    reader.button(THEME_SWITCH).click()  # a choice from before signing in
    accounts_theme = {"theme": "light"}

    def with_theme(route: Route) -> None:
        mark = f'<html data-bs-theme="{accounts_theme["theme"]}" data-chosen-theme'
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("<html", mark, 1))

    reader.page.route("**/de/roles/", with_theme)
    reader.go("/de/roles/")
    assert_theme(reader, "light")
    reader.uses_theme("dark")
    assert_theme(reader, "light")
    reader.button(THEME_SWITCH).click()
    assert_theme(reader, "dark")
    reader.page.reload()
    assert_theme(reader, "dark")
    accounts_theme["theme"] = "dark"  # chosen again in the settings
    reader.page.reload()
    assert_theme(reader, "dark")
    reader.button(THEME_SWITCH).click()
    assert_theme(reader, "light")
    accounts_theme["theme"] = "light"
    reader.page.reload()
    assert_theme(reader, "light")


def test_bare_address_redirects_to_the_language_chosen_last(reader: Reader) -> None:
    reader.go("/")
    assert reader.path == "/de/"
    reader.link("EN – English").click()
    expect(reader.page).to_have_url(f"{reader.site}/en/")
    reader.go("/")
    assert reader.path == "/en/"


def test_menu_of_a_phone_opens_has_working_links_and_closes_with_escape(open_reader: OpenReader) -> None:
    reader = open_reader(PHONE)
    reader.go("/de/")
    menu = reader.page.locator("summary", has=reader.page.locator("svg")).and_(reader.page.get_by_label("Menü"))
    entries = reader.page.get_by_role("navigation", name="Menü").get_by_role("link")
    expect(entries.first).to_be_hidden()
    menu.tap()
    expect(entries).to_have_text(["Skills", "Rollen", "Domänen", "Rahmenwerke", "Änderungen"])
    assert reader.accessibility_faults() == []
    reader.page.keyboard.press("Escape")
    expect(entries.first).to_be_hidden()
    expect(menu).to_be_focused()
    menu.tap()
    entries.get_by_text("Rollen").tap()
    expect(reader.page).to_have_url(f"{reader.site}/de/roles/")
    expect(entries.first).to_be_hidden()


def test_menu_of_a_phone_has_a_search(open_reader: OpenReader) -> None:
    reader = open_reader(PHONE)
    reader.go("/de/roles/")
    reader.page.get_by_label("Menü").first.tap()
    reader.search_field().fill("experiment")
    reader.search_field().press("Enter")
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/?q=experiment")
