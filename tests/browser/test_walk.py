"""The way most readers take: home, search, profile, comparison, and all of it again in the other language."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenReader
from tests.browser.reader import ALL_RULES, DESKTOP, PHONE, RULES_OF_COLOUR, Device, Reader

pytestmark = pytest.mark.browser

ROLE, ROLE_SLUG = "Data Scientist", "data-scientist"
COMPARED = f"role={ROLE_SLUG}&level=middle"


def assert_nothing_for_axe(reader: Reader) -> None:
    faults: list[str] = []
    for theme, rules in (("light", ALL_RULES), ("dark", RULES_OF_COLOUR)):
        reader.uses_theme(theme)
        expect(reader.page.locator("html")).to_have_attribute("data-bs-theme", theme)
        faults += [f"{theme}: {fault}" for fault in reader.accessibility_faults(rules)]
    assert faults == []


def search_from_home(reader: Reader, language: str) -> None:
    expect(reader.page).to_have_url(f"{reader.site}/{language}/")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(reader.word("What is expected at which level?"))
    assert_nothing_for_axe(reader)
    reader.search_field().fill("exper track")
    reader.search_field().press("Enter")


def open_profile_from_list(reader: Reader, language: str) -> None:
    expect(reader.page).to_have_url(f"{reader.site}/{language}/skills/?q=exper+track")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(reader.word("All skills"))
    assert_nothing_for_axe(reader)
    reader.page.get_by_role("main").get_by_role("link", name="Experiment Tracking", exact=True).click()


def compare_on_profile(reader: Reader, language: str) -> None:
    expect(reader.page).to_have_url(f"{reader.site}/{language}/skills/experiment-tracking/")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("Experiment Tracking")
    assert_nothing_for_axe(reader)
    reader.page.get_by_label(reader.word("Role"), exact=True).select_option(ROLE)
    reader.choose_level("Middle")
    assert_compared(reader, language)


def assert_compared(reader: Reader, language: str) -> None:
    expect(reader.page).to_have_url(re.compile(f"/{language}/skills/experiment-tracking/\\?{COMPARED}$"))
    expect(reader.page.locator("#today-title")).to_have_text(re.compile(f"{reader.word('Today')}\\s+Middle"))
    expect(reader.page.locator("#next-title")).to_have_text(re.compile(f"{reader.word('Next level')}\\s+Senior"))


def walk(reader: Reader, language: str) -> None:
    search_from_home(reader, language)
    open_profile_from_list(reader, language)
    compare_on_profile(reader, language)
    assert_nothing_for_axe(reader)


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_reader_walks_from_home_to_a_comparison_in_german_and_then_in_english(
    open_reader: OpenReader, device: Device
) -> None:
    reader = open_reader(device, locale="de-DE")
    reader.go("/")
    walk(reader, "de")
    reader.link("EN – English").click()
    assert_compared(reader, "en")
    reader.go("/")
    walk(reader, "en")
    reader.link("DE – Deutsch").click()
    assert_compared(reader, "de")
