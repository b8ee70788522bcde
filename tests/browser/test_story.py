"""The whole story, by three people: suggested on a phone, accepted with a change at a desk, read by who watches."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from community.models import State
from tests.browser.conftest import OpenReader, SignIn
from tests.browser.reader import DESKTOP, PHONE, Device, Reader
from tests.browser.stage import Stage, staged
from tests.browser.test_every_page import HEIGHT, PHONE_WIDTH, assert_well_made

pytestmark = pytest.mark.browser

SUGGESTED = "Kneads dough by hand."
ADDED = " And, each day, checks a jar of leaven."  # with every key of the queue: none may fire while typing


@pytest.fixture
def stage(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Return a stage of the test's own."""
    with staged(django_db_blocker) as made:
        yield made


def open_pencil(reader: Reader, stage: Stage) -> None:
    """Go from the profile to the form, by the pencil of the junior baker's cell."""
    reader.go(stage.profile)
    reader.page.get_by_role("link", name="Änderung vorschlagen: Baker, Junior").first.tap()
    expect(reader.page.get_by_label("Beschreibung")).to_have_value("Kneads.")


def suggest(reader: Reader, stage: Stage, *, has_javascript: bool) -> None:
    page = reader.page
    open_pencil(reader, stage)
    page.get_by_label("Beschreibung").fill(SUGGESTED)
    page.get_by_label("Begründung").fill("How is what matters.")
    if not has_javascript:
        page.get_by_role("button", name="Prüfen und ansehen").last.tap()
    expect(page.locator("#suggestion-live ins").first).to_have_text(re.compile("dough by hand"))
    page.get_by_role("button", name="Zur Prüfung einreichen").tap()
    expect(page).to_have_url(re.compile(r"/de/suggestions/\d+/$"))
    expect(page.locator("h1")).to_contain_text("Baking")


def accept_by_keyboard(reader: Reader) -> None:
    """Open, claim, edit and accept without ever touching the mouse."""
    page, keyboard = reader.page, reader.page.keyboard
    reader.go("/de/review/")
    keyboard.press("j")
    expect(page.locator(".review-skill")).to_be_focused()
    keyboard.press("c")
    expect(page.locator(".review-facts")).to_contain_text("noch 15 min")
    keyboard.press("e")
    expect(page.get_by_label("Text, der veröffentlicht wird")).to_be_focused()
    keyboard.press("Control+End")
    keyboard.type(ADDED)
    expect(page.get_by_label("Text, der veröffentlicht wird")).to_have_value(SUGGESTED + ADDED)
    keyboard.press("Tab")  # the obligation
    keyboard.press("Tab")
    expect(page.get_by_role("button", name="Annehmen")).to_be_focused()
    keyboard.press("a")


def accept_without_javascript(reader: Reader) -> None:
    page = reader.page
    reader.go("/de/review/")
    page.get_by_role("link", name="How is what matters.").click()
    page.get_by_role("button", name="Übernehmen").click()
    expect(page.locator(".review-facts")).to_contain_text("noch 15 min")
    page.get_by_text("Mit Änderungen annehmen: Text bearbeiten").click()
    page.get_by_label("Text, der veröffentlicht wird").fill(SUGGESTED + ADDED)
    page.get_by_role("button", name="Annehmen").click()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_suggested_on_a_phone_accepted_with_a_change_and_read_by_who_watches(
    open_reader: OpenReader, sign_in: SignIn, stage: Stage, has_javascript: bool
) -> None:
    member, reviewer, watcher = (
        open_reader(device, has_javascript=has_javascript) for device in (PHONE, DESKTOP, DESKTOP)
    )
    people = (stage.world.author, stage.world.reviewer, stage.watcher)
    for reader, person in zip((member, reviewer, watcher), people, strict=True):
        sign_in(reader, person)

    suggest(member, stage, has_javascript=has_javascript)
    (accept_by_keyboard if has_javascript else accept_without_javascript)(reviewer)
    expect(reviewer.page.get_by_role("status").filter(has_text="Angenommen und veröffentlicht.")).to_be_visible()
    assert (stage.state(), stage.text()) == (State.ACCEPTED_WITH_CHANGES, SUGGESTED + ADDED)

    stage.notify_watchers()
    watcher.go(stage.profile)
    watcher.page.get_by_role("link", name=re.compile("Mitteilungen")).first.click()
    watcher.page.get_by_role("button", name="Änderung ansehen").first.click()
    expect(watcher.page.locator("ins").first).to_contain_text("dough by hand")
    expect(
        watcher.page.get_by_text(f"geprüft und mitverfasst von {stage.world.reviewer.get_full_name()}").first
    ).to_be_visible()

    member.page.reload()
    expect(member.page.get_by_text("mit Änderungen angenommen").first).to_be_visible()


def test_what_is_typed_is_kept_when_the_browser_closes(open_reader: OpenReader, sign_in: SignIn, stage: Stage) -> None:
    writer = open_reader(PHONE)
    sign_in(writer, stage.world.author)
    open_pencil(writer, stage)
    writer.page.get_by_label("Beschreibung").press_sequentially(" Rye, too.")
    expect(writer.page.locator("#draft-status")).to_contain_text("gespeichert um")
    writer.page.context.close()

    again = open_reader()
    sign_in(again, stage.world.author)
    again.go("/de/me/suggestions/")
    again.page.get_by_role("link", name="Weiterschreiben").click()
    expect(again.page.get_by_label("Beschreibung")).to_have_value(re.compile("Rye, too."))
    assert (stage.state(), stage.text()) == (State.DRAFT, "Kneads.")


def test_difference_follows_what_is_typed_and_the_focus_stays(
    open_reader: OpenReader, sign_in: SignIn, stage: Stage
) -> None:
    writer = open_reader()
    sign_in(writer, stage.world.author)
    writer.go(f"{stage.profile}suggestions/new/?role=baker&level=junior")
    field, live = writer.page.get_by_label("Beschreibung"), writer.page.locator("#suggestion-live")
    expect(live.locator("ins")).to_have_count(0)
    field.fill("Kneads rye.")
    expect(live.locator("ins")).to_contain_text("rye")
    field.fill("Kneads wheat.")
    expect(live.locator("ins")).to_contain_text("wheat")
    expect(field).to_be_focused()


@pytest.mark.parametrize("page", ["form", "suggestion", "pane", "conflict", "decided", "history", "compare"])
def test_page_of_a_suggestion_is_well_made(open_reader: OpenReader, sign_in: SignIn, stage: Stage, page: str) -> None:
    suggestion, world = stage.suggested(), stage.world
    with stage.blocker.unblock():
        if page in {"conflict", "history", "compare"}:
            world.publish(world.kneading("Kneads and folds."))
    reader = open_reader(Device(PHONE_WIDTH, HEIGHT))
    sign_in(reader, world.author if page in {"form", "suggestion"} else world.reviewer)
    addresses = {
        "form": f"/de/suggestions/{suggestion.pk}/edit/",
        "suggestion": f"/de/suggestions/{suggestion.pk}/",
        "history": f"{stage.profile}history/",
        "compare": f"{stage.profile}history/compare/",
    }
    reader.go(addresses.get(page, f"/de/review/{suggestion.pk}/"))
    if page == "decided":
        reader.page.get_by_role("button", name="Annehmen").click()
        expect(reader.page.get_by_role("status").filter(has_text="Angenommen")).to_be_visible()
        reader.go(f"/de/review/{suggestion.pk}/")
    for box in reader.page.locator("main details").all():
        box.evaluate("box => { box.open = true; }")
    assert_well_made(reader)
