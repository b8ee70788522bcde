"""Single-key shortcuts in a browser: who dictates "say a word" accepts nothing, or takes it back on the spot."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from community.models import State, Suggestion
from tests.browser.conftest import OpenReader, SignIn
from tests.browser.reader import Reader
from tests.browser.stage import Stage, staged
from tests.community.suggestions.world import MIDDLE

pytestmark = pytest.mark.browser

DICTATED = "say a word"


@pytest.fixture
def stage(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Return a stage of the test's own."""
    with staged(django_db_blocker) as made:
        yield made


@pytest.fixture
def desk(open_reader: OpenReader, sign_in: SignIn, stage: Stage) -> Reader:
    """A reviewer in front of a suggestion."""
    suggestion, reader = stage.suggested(), open_reader(locale="en")
    sign_in(reader, stage.world.reviewer)
    reader.go(f"/en/review/{suggestion.pk}/")
    return reader


def choose_in_dialog(reader: Reader, label: str) -> None:
    page = reader.page
    page.get_by_role("button", name="Keyboard shortcuts", exact=True).click()
    with page.expect_response("**/shortcuts/") as answer:
        page.get_by_role("radio", name=label, exact=True).check()
    assert answer.value.status == 204
    page.get_by_role("button", name="Close").click()


def dictate(reader: Reader) -> None:
    """Send the keys, and wait until whatever they started has ended."""
    reader.page.locator(".review-skill").focus()  # no button, which a space would press
    reader.page.keyboard.type(DICTATED)
    reader.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    reader.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("label", ["off", "only with Alt"])
def test_dictated_words_accept_nothing_once_the_keys_are_off_or_ask_for_alt(
    desk: Reader, stage: Stage, label: str
) -> None:
    choose_in_dialog(desk, label)
    dictate(desk)
    assert (stage.state(), stage.text()) == (State.OPEN, "Kneads.")
    desk.page.reload()  # the account keeps it
    dictate(desk)
    assert (stage.state(), stage.text()) == (State.OPEN, "Kneads.")
    shortcuts = stage.ask(lambda: User.objects.get(pk=stage.world.reviewer.pk).shortcuts)
    assert shortcuts == ("off" if label == "off" else "alt")


def test_no_other_key_of_the_queue_works_once_the_keys_are_off(
    open_reader: OpenReader, sign_in: SignIn, stage: Stage
) -> None:
    suggestions, desk = [stage.suggested() for _ in range(3)], open_reader(locale="en")
    sign_in(desk, stage.world.reviewer)
    desk.go(f"/en/review/{suggestions[1].pk}/")
    choose_in_dialog(desk, "off")
    page, address = desk.page, desk.page.url
    page.locator(".review-skill").focus()
    focused = page.evaluate_handle("document.activeElement")
    for key in "edcjku?":
        page.keyboard.press(key)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("(before) => document.activeElement === before", focused)
    assert (page.url, page.locator(".review-pane details[open], dialog[open]").count()) == (address, 0)
    claims = stage.ask(lambda: Suggestion.objects.filter(claimed_by=stage.world.reviewer).count())
    assert claims == 0


def test_the_key_only_moves_to_the_button_while_a_change_is_unticked(
    open_reader: OpenReader, sign_in: SignIn, stage: Stage
) -> None:
    world, desk = stage.world, open_reader(locale="en")
    changes = world.kneading(), world.cell(MIDDLE, "Bakes.", "Bakes bread.")
    suggestion = stage.ask(lambda: world.suggested(*changes))
    sign_in(desk, world.reviewer)
    desk.go(f"/en/review/{suggestion.pk}/")
    page, accept = desk.page, desk.page.locator("[data-key=a]")
    tick = page.get_by_role("checkbox", name="Decide on this change").nth(1)
    tick.uncheck()
    page.keyboard.press("a")
    expect(accept).to_be_focused()
    assert (stage.state(), stage.text()) == (State.OPEN, "Kneads.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="published")).to_be_visible()
    assert stage.text() == "Kneads dough by hand."
    assert stage.ask(lambda: world.text(MIDDLE)) == "Bakes."


def test_with_alt_the_same_keys_work(desk: Reader, stage: Stage) -> None:
    choose_in_dialog(desk, "only with Alt")
    expect(desk.page.locator("[data-key=a]")).to_have_attribute("aria-keyshortcuts", "Alt+a")
    desk.page.keyboard.press("Alt+a")
    expect(desk.page.locator(".undo-accept")).to_be_visible()
    assert stage.state() == State.ACCEPTED


@pytest.mark.parametrize("by_key", [True, False])
def test_an_accept_by_key_is_shown_and_undone_on_the_spot(desk: Reader, stage: Stage, by_key: bool) -> None:
    page = desk.page
    page.keyboard.press("a")
    notice = page.locator(".undo-accept")
    expect(notice).to_contain_text(f"{stage.world.skill.name} ({stage.world.author.get_full_name()}): Clearer.")
    expect(page.get_by_role("status").filter(has_text="Accepted and published.")).to_be_visible()
    assert (stage.state(), stage.text()) == (State.ACCEPTED, "Kneads dough by hand.")
    assert desk.accessibility_faults() == []
    if by_key:
        page.keyboard.press("u")
    else:
        undo = notice.get_by_role("button", name="Undo u", exact=True)
        undo.focus()
        expect(undo).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="The decision is undone")).to_be_visible()
    assert (stage.state(), stage.text()) == (State.OPEN, "Kneads.")


def test_a_visitor_turns_the_search_key_off(open_reader: OpenReader) -> None:
    reader = open_reader(locale="en")
    reader.go("/en/roles/")
    field = reader.page.locator("[data-key='/']")
    reader.page.keyboard.press("/")
    expect(field).to_be_focused()
    reader.go("/en/shortcuts/")
    reader.page.get_by_role("radio", name="off", exact=True).check()
    reader.page.get_by_role("button", name="Save", exact=True).click()
    expect(reader.page.get_by_role("status")).to_have_text("Saved.")
    reader.go("/en/roles/")
    reader.page.keyboard.press("/")
    expect(field).not_to_be_focused()
    assert field.get_attribute("aria-keyshortcuts") is None
