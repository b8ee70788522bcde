"""What notices of suggestions keep of a person: nothing once the account is deleted, all of it in the export."""

import json

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts import privacy as accounts_privacy
from accounts.models import Delivery, User
from community.models import Event, Kind, Notification
from community.notifications import digests
from community.review import deciding
from skills.models import Significance
from tests.accounts.people import NAME, TRACES, make_person
from tests.community.events.factories import notify_everyone
from tests.community.notifications.factories import make_reader
from tests.community.suggestions.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_person()


def texts() -> str:
    return "".join(f"{mail.subject} {mail.text} {mail.html}" for mail in Delivery.objects.all())


def mail_everybody() -> None:
    Notification.objects.filter(mail=None).update(mail_due_at=timezone.now())
    with override_settings(BASE_URL="https://site.example"):
        digests.queue_due_digests()


def test_mail_that_welcomes_a_deleted_account_is_written_again_without_the_name(world: World, person: User) -> None:
    reader = make_reader(language="en")
    reader.groups.set(world.reviewer.groups.all())
    reader.watches.create(skill=world.skill)
    world.suggested(author=person)
    world.suggested()
    notify_everyone()
    Notification.objects.update(event=Event.objects.order_by("pk")[0])
    Notification.objects.update(count=1)
    mail_everybody()
    assert f"please welcome {NAME}" in texts()
    accounts_privacy.delete_account(person)
    mail_everybody()
    assert not any(trace in texts() for trace in TRACES)


def test_the_notice_of_a_decision_by_a_deleted_account_has_no_name(world: World, person: User) -> None:
    person.groups.set(world.reviewer.groups.all())
    world.author = make_reader(language="en")
    deciding.accept(world.suggested(), person, significance=Significance.TYPO)
    accounts_privacy.delete_account(person)
    notify_everyone()
    mail_everybody()
    assert "* Decision on my suggestion: Baking (accepted)" in texts()
    assert not any(trace in texts() for trace in TRACES)
    assert world.author.notifications.get(kind=Kind.DECISION).event.actor is None


def test_a_deleted_account_gets_no_more_notices(world: World, person: User) -> None:
    suggestion = world.suggested(author=person)
    deciding.request_changes(suggestion, world.reviewer, "Which dough?")
    accounts_privacy.delete_account(person)
    notify_everyone()
    assert not Notification.objects.filter(kind=Kind.DECISION).exists()
    assert not Event.objects.filter(finished_at=None).exists()


def test_the_export_holds_own_events_and_notices(world: World, person: User) -> None:
    suggestion = world.suggested(author=person)
    deciding.decline(suggestion, world.reviewer, world.spam)
    notify_everyone()
    data = json.loads(json.dumps(accounts_privacy.collect_personal_data(person), default=str))
    assert [(event["action"], event["suggestion"]) for event in data["events"]] == [("first", suggestion.pk)]
    assert [(notice["kind"], notice["tally"]) for notice in data["notices"]] == [("decision", {"declined": 1})]
