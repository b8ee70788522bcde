"""Two tabs with the choices of mail, and the link of a mail: a newer choice is never undone by an older page."""

import re

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from community.models import EmailChoice, Kind
from community.notifications import unsubscribing
from tests.community.notifications.factories import make_reader
from tests.tabs import read_fields

pytestmark = pytest.mark.django_db

PAGE = "/en/me/settings/email/"
CHOICES = "form.email-choices"


@pytest.fixture
def reader(client: Client) -> User:
    reader = make_reader("anna")
    client.force_login(reader)
    return reader


def link_for(user: User, *kinds: Kind) -> str:
    address = unsubscribing.build_unsubscribe_url(user, kinds).removeprefix(settings.BASE_URL)
    return re.sub("^/[a-z]+/", "/en/", address)


def choices_of(user: User) -> dict[str, str]:
    return dict(EmailChoice.objects.filter(user=user).values_list("kind", "frequency"))


def test_mail_that_was_stopped_by_its_link_stays_stopped(client: Client, reader: User) -> None:
    older = read_fields(client.get(PAGE), CHOICES)
    Client().post(link_for(reader, Kind.MENTION), {"List-Unsubscribe": "One-Click"})
    assert client.post(PAGE, older | {"reply": "daily"}).status_code == 302
    assert choices_of(reader) == {"mention": "never", "reply": "daily"}


def test_another_choice_than_the_newer_one_is_reported_and_decided_by_pressing_again(
    client: Client, reader: User
) -> None:
    older = read_fields(client.get(PAGE), CHOICES) | {"mention": "daily", "reply": "at_once"}
    Client().post(link_for(reader, Kind.MENTION), {"List-Unsubscribe": "One-Click"})
    response = client.post(PAGE, older)
    assert response.status_code == 409
    assert "I was mentioned: changed to “never” in another window." in response.text
    assert choices_of(reader) == {"mention": "never"}
    again = read_fields(response, CHOICES)
    assert (again["mention"], again["reply"]) == ("daily", "at_once")
    assert client.post(PAGE, again).status_code == 302
    assert choices_of(reader) == {"mention": "daily", "reply": "at_once"}


def test_undo_on_an_older_page_leaves_a_newer_stop_alone(reader: User) -> None:
    browser, link = Client(), link_for(reader, Kind.MENTION)
    older = read_fields(browser.post(link)) | {"take_back": "1"}
    assert browser.post(link, older).status_code == 200
    assert choices_of(reader) == {"mention": "weekly"}
    newer = browser.post(link)
    response = browser.post(link, older)
    assert response.status_code == 409
    assert "You stopped it again after this page was opened" in response.text
    assert choices_of(reader) == {"mention": "never"}
    assert browser.post(link, read_fields(newer) | {"take_back": "1"}).status_code == 200
    assert choices_of(reader) == {"mention": "weekly"}


@pytest.mark.parametrize(
    "seen_at", ["", "yesterday", "0001-01-01T00:00:00+23:59", "2026-02-31", "2026-01-01 10:00", "\0"]
)
def test_a_broken_time_of_a_page_is_no_error(reader: User, seen_at: str) -> None:
    link = link_for(reader, Kind.MENTION)
    Client().post(link)
    assert Client().post(link, {"take_back": "1", "seen_at": seen_at}).status_code in {200, 409}


def test_undo_leaves_a_choice_of_the_settings_alone(client: Client, reader: User) -> None:
    link = link_for(reader, Kind.MENTION)
    older = read_fields(client.post(link)) | {"take_back": "1"}
    client.post(PAGE, read_fields(client.get(PAGE), CHOICES) | {"mention": "at_once"})
    assert client.post(link, older).status_code == 200
    assert choices_of(reader) == {"mention": "at_once"}
