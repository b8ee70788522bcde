"""Ending mail from the mail itself: by a mail program, by hand, and never by a scanner."""

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.core import signing
from django.test import Client

from accounts.models import User
from community.models import EmailChoice, Kind, Notification
from community.notifications import digests, unsubscribing
from skills.models import Skill
from tests.community.notifications.factories import make_notice, make_reader
from tests.factories import make_catalogue

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def reader() -> User:
    return make_reader("anna")


@pytest.fixture
def browser() -> Client:
    """One that insists on CSRF tokens, where they are needed, and is not signed in."""
    return Client(enforce_csrf_checks=True)


def link_for(user: User, *kinds: Kind, language: str = "de") -> str:
    address = unsubscribing.build_unsubscribe_url(user, kinds).removeprefix(settings.BASE_URL)
    return re.sub("^/[a-z]+/", f"/{language}/", address)


def choices_of(user: User) -> dict[str, str]:
    return dict(EmailChoice.objects.filter(user=user).values_list("kind", "frequency"))


def page_of(content: bytes) -> Tag:
    main = BeautifulSoup(content, "html.parser").main
    assert main
    return main


def pressed(browser: Client, address: str, content: bytes) -> Tag:
    """Press the one button of a page; return the next page."""
    [form] = page_of(content).select("form")
    fields = form.select("input[name], button[name]")
    data: dict[str, list[str]] = {}
    for field in fields:
        data.setdefault(str(field["name"]), []).append(str(field["value"]))
    return page_of(browser.post(address, data).content)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_the_link_changes_nothing(browser: Client, reader: User, method: str) -> None:
    answer = getattr(browser, method)(link_for(reader, Kind.CONTENT_CHANGED))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert choices_of(reader) == {}


def test_a_mail_program_stops_exactly_what_the_mail_was_about(browser: Client, reader: User) -> None:
    notice = make_notice(reader, _skill())
    mention = make_notice(reader, _skill(), kind="mention", mail_due_at=LATER)
    digests.queue_due_digests()
    assert notice.skill
    waiting = make_notice(reader, notice.skill, mail_due_at=LATER)
    notice.refresh_from_db()
    assert notice.mail
    header = notice.mail.headers["List-Unsubscribe"]
    answer = browser.post(header.strip("<>").removeprefix(settings.BASE_URL), ONE_CLICK)
    assert answer.status_code == 200
    assert choices_of(reader) == {"content_changed": "never"}
    due = dict(Notification.objects.values_list("pk", "mail_due_at"))
    assert (due[waiting.pk], due[mention.pk]) == (None, LATER)


def _skill() -> Skill:
    make_catalogue()
    return Skill.objects.order_by("-pk")[0]


def test_one_reads_what_would_be_stopped_and_stops_it(browser: Client, reader: User) -> None:
    address = link_for(reader, Kind.MENTION, Kind.REPLY, language="en")
    asked = browser.get(address)
    assert [line.text for line in page_of(asked.content).select("li")] == ["Reply to my comment", "I was mentioned"]
    stopped = pressed(browser, address, asked.content)
    assert [heading.text for heading in stopped.select("h1")] == ["Stopped"]
    assert stopped.select("a")[-1]["href"] == "/en/me/settings/email/"
    assert choices_of(reader) == {"mention": "never", "reply": "never"}


def test_to_stop_twice_does_no_harm(browser: Client, reader: User) -> None:
    address = link_for(reader, Kind.MENTION)
    first, second = browser.post(address, ONE_CLICK), browser.post(address, ONE_CLICK)
    assert [first.status_code, second.status_code] == [200, 200]
    assert choices_of(reader) == {"mention": "never"}
    assert page_of(browser.get(address).content).select_one("h1") is not None
    assert "Bereits abbestellt" in browser.get(address).content.decode()


def test_stopping_is_taken_back_to_what_was_before(browser: Client, reader: User) -> None:
    EmailChoice.objects.create(user=reader, kind="mention", frequency="daily")
    EmailChoice.objects.create(user=reader, kind="comment", frequency="at_once")
    address = link_for(reader, Kind.MENTION, Kind.REPLY)
    stopped = browser.post(address)
    assert choices_of(reader) == {"mention": "never", "reply": "never", "comment": "at_once"}
    again = pressed(browser, address, stopped.content)
    assert [heading.text for heading in again.select("h1")] == ["Sie erhalten diese E-Mail wieder"]
    assert choices_of(reader) == {"mention": "daily", "reply": "weekly", "comment": "at_once"}


@pytest.mark.parametrize("before", [["mention:hourly"], ["mention"], ["content_changed:daily"], [":"], []])
def test_what_is_taken_back_is_never_more_than_the_link_says(browser: Client, reader: User, before: list[str]) -> None:
    address = link_for(reader, Kind.MENTION)
    browser.post(address)
    assert browser.post(address, {"take_back": "1", "before": before}).status_code == 200
    assert choices_of(reader) == {"mention": "weekly"}


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_link_that_is_not_from_here_is_refused_in_words(browser: Client, reader: User, language: str) -> None:
    good = link_for(reader, Kind.MENTION, language=language)
    other = signing.dumps([reader.pk, ["mention"]], salt="another purpose")
    words = {"de": "Dieser Link ist nicht vollständig", "en": "This link is not complete"}[language]
    for address in (good[:-3] + "/", f"/{language}/unsubscribe/x/", f"/{language}/unsubscribe/{other}/"):
        for answer in (browser.get(address), browser.post(address, ONE_CLICK)):
            assert answer.status_code == 400
            assert words in answer.content.decode()
    assert choices_of(reader) == {}


def test_the_link_does_not_tell_whether_the_account_is_still_there(browser: Client, reader: User) -> None:
    other = make_reader("berta")
    links = [link_for(user, Kind.MENTION) for user in (reader, other)]
    reader.delete()
    for method in ("get", "post"):
        gone, there = (getattr(browser, method)(link) for link in links)
        assert gone.status_code == there.status_code == 200
        pages = [page_of(answer.content).select("h1, li, form p") for answer in (gone, there)]
        assert pages[0] == pages[1]


def test_the_link_works_for_who_is_signed_in_as_another_user(client: Client, reader: User) -> None:
    client.force_login(make_reader("berta"))
    assert client.post(link_for(reader, Kind.MENTION)).status_code == 200
    assert list(EmailChoice.objects.values_list("user__username", "kind")) == [("anna", "mention")]
