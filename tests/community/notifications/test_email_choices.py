"""How often mail comes, chosen at /me/settings/email/."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import RefusedAddress, User
from community.models import EmailChoice, Kind, Notification
from skills.models import Skill
from tests.community.notifications.factories import make_notice, make_reader
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db

PAGE = "/en/me/settings/email/"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
NEVER = datetime(2200, 1, 1, tzinfo=UTC)  # means "no date"
WEEKLY = dict.fromkeys(Kind.values, "weekly")


@pytest.fixture
def reader(client: Client) -> User:
    reader = make_reader("anna", time_zone="UTC")
    client.force_login(reader)
    return reader


@pytest.fixture
def skill() -> Skill:
    make_catalogue()
    return Skill.objects.get()


def chosen_on_page(client: Client) -> dict[str, str]:
    page = BeautifulSoup(client.get(PAGE).content, "html.parser")
    options = page.select("main select option[selected]")
    return {str(option.parent["name"]): str(option["value"]) for option in options if option.parent}


def test_mail_comes_weekly_until_something_else_is_chosen(client: Client, reader: User) -> None:
    assert chosen_on_page(client) == WEEKLY


def test_a_choice_for_each_kind_is_kept(client: Client, reader: User) -> None:
    choices = WEEKLY | {"mention": "at_once", "comment": "never"}
    answer = client.post(PAGE, choices, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Saved." in answer.content.decode()
    assert chosen_on_page(client) == choices
    kept = dict(EmailChoice.objects.filter(user=reader).values_list("kind", "frequency"))
    assert kept == {"mention": "at_once", "comment": "never"}


def test_a_choice_is_changed_and_sent_twice(client: Client, reader: User) -> None:
    EmailChoice.objects.create(user=reader, kind="mention", frequency="daily")
    for _ in range(2):
        client.post(PAGE, WEEKLY | {"mention": "never"})
    assert list(EmailChoice.objects.values_list("kind", "frequency")) == [("mention", "never")]


def test_an_unknown_frequency_is_refused_and_nothing_typed_is_lost(client: Client, reader: User) -> None:
    answer = client.post(PAGE, WEEKLY | {"mention": "hourly", "reply": "daily"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select_one("#id_mention[aria-invalid=true]")
    assert page.select_one("#id_reply option[value=daily][selected]")
    assert not EmailChoice.objects.exists()


def test_mail_that_waits_gets_a_new_due_date(client: Client, reader: User, skill: Skill) -> None:
    changed = make_notice(reader, skill, mail_due_at=LATER)
    major = make_notice(reader, skill, mail_due_at=LATER)
    major.event.significance = "major"
    major.event.save(update_fields=["significance"])
    mention = make_notice(reader, skill, kind="mention", mail_due_at=LATER)
    never_due = make_notice(reader, skill, kind="reply", mail_due_at=None)
    others = make_notice(make_reader(), skill, mail_due_at=LATER)
    before = timezone.now()
    client.post(PAGE, WEEKLY | {"content_changed": "at_once", "mention": "never", "reply": "daily"})
    due = {pk: at or NEVER for pk, at in Notification.objects.values_list("pk", "mail_due_at")}
    assert due[changed.pk].hour == 8  # not a major one: the next morning
    assert before < due[changed.pk] < LATER
    assert before <= due[major.pk] <= timezone.now()
    assert (due[mention.pk], due[never_due.pk], due[others.pk]) == (NEVER, NEVER, LATER)


def test_an_unchanged_choice_leaves_waiting_mail_alone(client: Client, reader: User, skill: Skill) -> None:
    notice = make_notice(reader, skill, mail_due_at=LATER)
    client.post(PAGE, WEEKLY)
    notice.refresh_from_db()
    assert notice.mail_due_at == LATER


def test_an_address_that_refuses_mail_is_shown_and_tried_again(client: Client, reader: User) -> None:
    RefusedAddress.objects.create(email="anna@example.org", reason="550 no such user")
    RefusedAddress.objects.create(email="berta@example.org", reason="550 nor this one")
    page = BeautifulSoup(client.get(PAGE).content, "html.parser")
    warning = page.select_one("main .alert-warning")
    assert warning
    assert "anna@example.org has refused our e-mail" in warning.text
    assert "550 no such user" in warning.text
    form = warning.select_one("form[method=post]")
    assert form
    client.post(str(form["action"]))
    assert list(RefusedAddress.objects.values_list("email", flat=True)) == ["berta@example.org"]
    assert "has refused" not in client.get(PAGE).content.decode()


def test_without_a_confirmed_address_the_page_says_that_none_comes(client: Client, reader: User) -> None:
    EmailAddress.objects.update(verified=False)
    assert "no e-mail is sent to you" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}try-again/").status_code == 302


def test_the_settings_are_german_too(client: Client, reader: User) -> None:
    page = client.get("/de/me/settings/email/").content.decode()
    for words in ("Wie oft möchten Sie E-Mail?", "wöchentlich", "Inhalt geändert", "Speichern"):
        assert words in page


def test_visitors_are_sent_to_the_sign_in(client: Client) -> None:
    for answer in (client.get(PAGE), client.post(PAGE, WEEKLY), client.post(f"{PAGE}try-again/")):
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
    assert client.get(f"{PAGE}try-again/").status_code == 405


def test_the_page_costs_the_same_number_of_queries_however_much_waits(
    client: Client, reader: User, skill: Skill
) -> None:
    counts = []
    for kinds in (1, 6):
        for number in range(kinds):
            make_notice(reader, skill, actor=make_user(), mail_due_at=LATER)
            kind = Kind.values[number]
            EmailChoice.objects.update_or_create(user=reader, kind=kind, defaults={"frequency": "daily"})
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts == [counts[0], counts[0]]
    assert counts[0] <= 10
