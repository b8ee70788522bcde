"""Two workers at once, with two real connections, make one mail."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from accounts.mail import queue, sending
from accounts.models import Delivery, User
from community.models import Notification
from community.notifications import digests
from skills.models import Skill
from tests.community.notifications.factories import make_notice, make_reader
from tests.factories import make_catalogue
from tests.races import ON_POSTGRESQL, done_at_once
from tests.waiting import wait_until_another_waits

pytestmark = ON_POSTGRESQL


@pytest.fixture
def reader() -> User:
    with transaction.atomic():
        make_catalogue(skills=2)
    reader = make_reader()
    for skill in Skill.objects.all():
        make_notice(reader, skill)
    return reader


@pytest.mark.parametrize("_attempt", range(5))
def test_two_workers_make_one_mail(_attempt: int, reader: User) -> None:
    done_at_once(*[digests.queue_due_digests] * 3)
    [delivery] = Delivery.objects.all()
    assert set(Notification.objects.values_list("mail", "mail_due_at")) == {(delivery.pk, None)}


def test_a_worker_leaves_people_alone_whose_mail_another_makes(reader: User) -> None:
    with ThreadPoolExecutor(1) as other, transaction.atomic():
        assert digests._lock_people([reader.pk]) == [reader]
        assert other.submit(done_at_once, digests.queue_due_digests).result(timeout=30) == [False]
        assert not Delivery.objects.exists()


def test_a_notice_merged_meanwhile_is_not_lost(reader: User) -> None:
    """A worker that notifies locks the notice and changes its due date; the digest waits and leaves the notice out."""
    merged = Notification.objects.order_by("pk")[0]
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            later = merged.mail_due_at.replace(year=2100) if merged.mail_due_at else None
            Notification.objects.filter(pk=merged.pk).update(mail_due_at=later, count=2)
            building = other.submit(done_at_once, digests.queue_due_digests)
            wait_until_another_waits()
        building.result(timeout=30)
    merged.refresh_from_db()
    assert (merged.mail, merged.mail_due_at) == (None, later)
    assert Notification.objects.exclude(mail=None).count() == 1


@pytest.mark.parametrize("_attempt", range(5))
def test_of_several_workers_one_claims_a_message(_attempt: int, reader: User) -> None:
    [owed] = queue.queue_messages([queue.OutgoingEmail("News", "Text", "skills@site.example", ["anna@example.org"])])
    claimed = done_at_once(*[lambda: sending.claim(owed.pk)] * 4)
    assert len([delivery for delivery in claimed if delivery]) == 1
    assert Delivery.objects.get().attempts == 1
