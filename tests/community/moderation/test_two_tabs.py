"""Two moderators, or two tabs of one: no older page undoes a newer decision, and no unread text is let through."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Act, Comment
from community.moderation import people
from tests.community.discussion.test_comments import say
from tests.community.moderation.test_reports import browser_of, make_moderator
from tests.community.suggestions.world import World
from tests.factories import make_user
from tests.tabs import read_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(db: None) -> Client:
    return browser_of(make_moderator())


def until_of(person: User) -> str:
    person.refresh_from_db()
    return str(timezone.localdate(person.suspended_until - timedelta(seconds=1))) if person.suspended_until else ""


@pytest.mark.parametrize(("intent", "days"), [("suspend", 3), ("free", 0)])
def test_a_newer_suspension_is_shown_before_it_is_replaced(browser: Client, intent: str, days: int) -> None:
    person, other = make_user(), make_moderator()
    people.suspend(person, other, timezone.now() + timedelta(days=1), "First.")
    page = f"/en/moderation/people/{person.pk}/"
    day = str(timezone.localdate() + timedelta(days=days))
    older = read_fields(browser.get(page)) | {"intent": intent, "reason": "Typed for long.", "until": day}
    people.suspend(person, other, timezone.now() + timedelta(days=30), "Newer.")
    before = until_of(person)
    response = browser.post(page, older)
    assert response.status_code == 409
    assert "Newer." in response.text
    assert (until_of(person), Act.objects.count()) == (before, 2)
    again = read_fields(response)
    assert again["reason"] == "Typed for long."
    assert browser.post(page, again | {"intent": intent, "until": day}).status_code == 302
    assert until_of(person) == (day if intent == "suspend" else "")


def test_a_held_comment_that_was_edited_is_read_again_before_it_is_let_through(browser: Client, world: World) -> None:
    said = say(world, world.author, "Harmless.")
    Comment.objects.filter(pk=said.pk).update(held_at=timezone.now())
    form = f"#comment-{said.pk} form"
    older = read_fields(browser.get("/en/moderation/"), form) | {"intent": "release"}
    Comment.objects.filter(pk=said.pk).update(body="Spam.")
    response = browser.post(f"/en/moderation/comment/{said.pk}/", older)
    assert response.status_code == 409
    assert "Spam." in response.text
    said.refresh_from_db()
    assert said.held_at is not None
    again = read_fields(response, form) | {"intent": "release"}
    assert browser.post(f"/en/moderation/comment/{said.pk}/", again).status_code == 302
    said.refresh_from_db()
    assert said.held_at is None


def test_who_comes_too_late_still_reads_that_it_was_done_before(browser: Client, world: World) -> None:
    said = say(world, world.author, "Rude.")
    form = f"#comment-{said.pk} form"
    address = f"/en/moderation/comment/{said.pk}/"
    older = read_fields(browser.get(address), form) | {"intent": "hide", "reason": "Rude."}
    assert [browser.post(address, older).status_code for _time in range(2)] == [302, 409]
    assert "This is hidden already." in browser.post(address, older).text
    assert Act.objects.count() == 1
