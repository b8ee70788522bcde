"""What moderators and reporters type: cleaned once, refused with a reason, and never lost."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import User
from community.models import Act, Report
from community.models.moderation import MESSAGE_MAX_LENGTH
from tests.community.moderation.test_people import press_button, tomorrow
from tests.community.moderation.test_reports import browser_of, decide, make_moderator, report
from tests.community.suggestions.world import World
from tests.factories import make_user

CANNOT_BE_KEPT = "This text is too long or contains a character that cannot be saved."
TOO_MUCH = "a" * (MESSAGE_MAX_LENGTH + 1)


@pytest.fixture
def moderator(db: None) -> Client:
    return browser_of(make_moderator("mo"))


def typed_into(answer: Any, name: str) -> list[str]:
    """Return what fields of this name hold on a page."""
    page = BeautifulSoup(answer.content, "html.parser")
    fields = page.select(f"main [name={name}]")
    return [str(field.get("value", field.text.removeprefix("\n"))) for field in fields]


def alert_of(answer: Any) -> str:
    lines = BeautifulSoup(answer.content, "html.parser").select("#form-errors li")
    return " ".join(line.get_text(strip=True) for line in lines)


@pytest.mark.parametrize("text", [TOO_MUCH, "a\0b"])
def test_what_cannot_be_kept_is_refused_on_every_page_and_comes_back(
    world: World, moderator: Client, text: str
) -> None:
    suggestion = world.suggested()
    assert report(browser_of(make_user()), "suggestion", suggestion.pk).status_code == 302
    answers = [
        report(browser_of(make_user()), "suggestion", suggestion.pk, "spam", text),
        decide(moderator, "suggestion", suggestion.pk, "agreed", text),
        press_button(moderator, world.author, "warn", text),
        press_button(moderator, world.author, "suspend", text, until=tomorrow()),
    ]
    for answer in answers:
        assert (answer.status_code, alert_of(answer)) == (422, CANNOT_BE_KEPT)
        assert text in typed_into(answer, "message") + typed_into(answer, "reason")
    assert (Report.objects.count(), Act.objects.count()) == (1, 0)


def test_line_ends_are_joined_and_white_space_at_the_ends_goes(world: World, moderator: Client) -> None:
    suggestion = world.suggested()
    report(browser_of(make_user()), "suggestion", suggestion.pk, "other", "  Copied\r\nfrom a book. ")
    assert Report.objects.get().message == "Copied\nfrom a book."
    decide(moderator, "suggestion", suggestion.pk, "agreed", " It is\r\na copy. ")
    assert Act.objects.get().reason == "It is\na copy."


def test_as_many_characters_as_the_log_keeps_are_taken(moderator: Client) -> None:
    text = "a\r\n" * (MESSAGE_MAX_LENGTH // 2)  # its last line end goes
    assert press_button(moderator, make_user(), "warn", text).status_code == 302
    assert Act.objects.get().reason == ("a\n" * (MESSAGE_MAX_LENGTH // 2)).strip()


@pytest.mark.parametrize("fault", ["", "boredom", "SPAM", "spam\0"])
def test_a_report_needs_one_of_the_faults(world: World, fault: str) -> None:
    answer = report(browser_of(make_user()), "suggestion", world.suggested().pk, fault, "My text.")
    assert (answer.status_code, alert_of(answer), typed_into(answer, "message")) == (
        422,
        "Choose what is wrong.",
        ["My text."],
    )
    assert not Report.objects.exists()


def test_the_fault_that_was_chosen_stays_chosen(world: World) -> None:
    answer = report(browser_of(make_user()), "suggestion", world.suggested().pk, "other")
    chosen = BeautifulSoup(answer.content, "html.parser").select("main [name=fault][checked]")
    assert (answer.status_code, [field["value"] for field in chosen]) == (422, ["other"])


@pytest.mark.parametrize("button", ["", "burn", "release"])
def test_there_is_no_other_button_for_a_person(moderator: Client, button: str) -> None:
    person = make_user()
    before = User.objects.filter(pk=person.pk).values().get()
    assert press_button(moderator, person, button, until=tomorrow()).status_code == 400
    assert (User.objects.filter(pk=person.pk).values().get(), Act.objects.count()) == (before, 0)


@pytest.mark.parametrize("button", ["", "burn", "sweep", "suspend"])
def test_there_is_no_other_button_for_what_is_reported(world: World, moderator: Client, button: str) -> None:
    assert decide(moderator, "suggestion", world.suggested().pk, button).status_code == 400
    assert not Act.objects.exists()


def test_what_was_typed_for_another_button_comes_back_too(moderator: Client) -> None:
    answer = press_button(moderator, make_user(), "free", "My text.", until=tomorrow())
    assert (answer.status_code, alert_of(answer)) == (409, "This account is not suspended.")
    assert (typed_into(answer, "reason"), typed_into(answer, "until")) == (["My text."], [tomorrow()])


def test_fresh_pages_hold_nothing_typed(world: World, moderator: Client) -> None:
    suggestion = world.suggested()
    report(browser_of(make_user()), "suggestion", suggestion.pk)
    assert typed_into(moderator.get(f"/en/moderation/people/{world.author.pk}/"), "reason") == [""]
    assert typed_into(moderator.get(f"/en/moderation/people/{world.author.pk}/"), "until") == [""]
    assert typed_into(moderator.get("/en/moderation/"), "reason") == [""]
    assert typed_into(browser_of(make_user()).get(f"/en/report/suggestion/{suggestion.pk}/"), "message") == [""]
