"""The list of skills in a browser: every choice swaps it at once and is in an address that can be shared."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenReader
from tests.browser.reader import PHONE, Reader

pytestmark = pytest.mark.browser

ALL, DROPBOX = 199, 44


def found(reader: Reader) -> list[str]:
    """Return the names in the list, in their order."""
    return reader.page.get_by_role("main").get_by_role("heading", level=2).all_inner_texts()


def count(reader: Reader) -> Locator:
    return reader.page.get_by_role("main").get_by_role("status")


def filter_box(reader: Reader, name: str) -> Locator:
    return reader.page.get_by_role("checkbox", name=re.compile(f"^{name}"))


def mark(reader: Reader) -> None:
    """Leave a mark that a new page would not have."""
    reader.page.evaluate("document.body.dataset.mark = 'left'")


def is_marked(reader: Reader) -> bool:
    return reader.page.locator("body").get_attribute("data-mark") == "left"


def test_filter_swaps_the_list_and_gives_an_address_that_shows_the_same_again(reader: Reader) -> None:
    reader.go("/de/skills/")
    mark(reader)
    filter_box(reader, "Dropbox").check()
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/?framework=dropbox")
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    shown = found(reader)
    assert is_marked(reader)
    reader.page.reload()
    assert not is_marked(reader)
    assert found(reader) == shown
    expect(filter_box(reader, "Dropbox")).to_be_checked()


def test_focus_stays_on_the_chosen_filter(reader: Reader) -> None:
    reader.go("/de/skills/")
    filter_box(reader, "Dropbox").focus()
    reader.page.keyboard.press("Space")
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    expect(filter_box(reader, "Dropbox")).to_be_focused()


def test_back_and_forward_show_what_was_shown_before(reader: Reader) -> None:
    reader.go("/de/skills/")
    filter_box(reader, "Dropbox").check()
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    reader.page.go_back()
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/")
    expect(count(reader)).to_have_text(f"{ALL} Skills")
    expect(filter_box(reader, "Dropbox")).not_to_be_checked()
    reader.page.go_forward()
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    expect(filter_box(reader, "Dropbox")).to_be_checked()


def test_back_from_a_profile_shows_the_filtered_list(reader: Reader) -> None:
    reader.go("/de/skills/")
    filter_box(reader, "Dropbox").check()
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    shown = found(reader)
    reader.link(shown[0]).click()
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(shown[0])
    reader.page.go_back()
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    assert found(reader) == shown


def test_a_filter_is_taken_back_by_its_chip_and_focus_is_not_lost(reader: Reader) -> None:
    reader.go("/de/skills/?framework=dropbox&level=ic3")
    mark(reader)
    reader.page.get_by_role("link", name="Filter IC3 entfernen").press("Enter")
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/?framework=dropbox")
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    expect(reader.page.locator("#results :focus, #results:focus")).to_have_count(1)
    assert is_marked(reader)


def test_search_runs_while_one_types_and_keeps_the_focus(reader: Reader) -> None:
    reader.go("/de/skills/")
    mark(reader)
    reader.search_field().press_sequentially("exper track", delay=20)
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/?q=exper%20track")
    expect(count(reader)).to_have_text(re.compile("zu „exper track“$"))
    expect(reader.search_field()).to_be_focused()
    expect(reader.search_field()).to_have_value("exper track")
    assert found(reader)[0] == "Experiment Tracking"
    assert is_marked(reader)


def test_search_keeps_the_filters_and_filters_keep_the_search(reader: Reader) -> None:
    reader.go("/de/skills/?framework=dropbox")
    reader.search_field().fill("scope")
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/?q=scope&framework=dropbox")
    expect(count(reader)).to_have_text(re.compile("zu „scope“$"))
    filter_box(reader, "IC1").check()
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/?q=scope&framework=dropbox&level=ic1")


def test_order_is_chosen_without_a_new_page(reader: Reader) -> None:
    reader.go("/de/skills/")
    mark(reader)
    reader.page.get_by_label("Reihenfolge").select_option("meiste Anforderungen zuerst")
    expect(reader.page).to_have_url(f"{reader.site}/de/skills/?sort=size")
    assert is_marked(reader)


def test_language_switch_keeps_search_and_filters_chosen_since_the_page_came(reader: Reader) -> None:
    reader.go("/de/skills/")
    filter_box(reader, "Dropbox").check()
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    reader.link("EN – English").click()
    expect(reader.page).to_have_url(f"{reader.site}/en/skills/?framework=dropbox")
    expect(count(reader)).to_have_text(f"{DROPBOX} skills")


def test_a_bad_search_is_explained_and_the_list_is_kept(reader: Reader) -> None:
    reader.go("/de/skills/")
    shown = found(reader)
    reader.refuses("/de/skills/?q=%00&sort=")
    reader.search_field().evaluate("field => { field.value = '\\0'; field.form.requestSubmit() }")
    expect(reader.page.get_by_role("alert")).to_be_visible()
    assert found(reader) == shown


def test_filters_on_a_phone_fold_out_and_stay_so_while_one_chooses(open_reader: OpenReader) -> None:
    reader = open_reader(PHONE)
    reader.go("/de/skills/")
    expect(filter_box(reader, "Dropbox")).to_be_hidden()
    reader.page.locator("summary", has_text="Filter").tap()
    filter_box(reader, "Dropbox").check()
    expect(count(reader)).to_have_text(f"{DROPBOX} Skills")
    expect(filter_box(reader, "Dropbox")).to_be_visible()
    expect(filter_box(reader, "Dropbox")).to_be_checked()
