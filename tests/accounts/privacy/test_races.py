"""Deleting and exporting with two real connections at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction
from django.test import Client

from accounts import privacy
from accounts.models import DataExport, User
from accounts.privacy import LastAdministrator
from skills.models import Revision
from tests.accounts.people import make_person, published_by
from tests.accounts.privacy.test_erasure import DELETE, MEANT, signed_in
from tests.factories import make_user
from tests.races import ON_POSTGRESQL, at_once
from tests.waiting import wait_until_another_waits

pytestmark = ON_POSTGRESQL


def test_deleting_twice_at_once_is_harmless() -> None:
    make_person()
    browsers = [Client(), Client()]
    for browser in browsers:
        signed_in(browser)
    answers = at_once(*(lambda browser=browser: browser.post(DELETE, MEANT) for browser in browsers))
    statuses = sorted(getattr(answer, "status_code", 0) for answer in answers)
    # The slower one may read that the account is deleted already: `limiter.lock_account` locks the person's row.
    assert statuses in ([302, 302], [302, 403]), answers
    assert not User.objects.exists()


@pytest.mark.parametrize("_attempt", range(3))
def test_of_two_administrators_who_go_at_once_one_stays(_attempt: int) -> None:
    people = [make_user("anna", is_superuser=True), make_user("berta", is_superuser=True)]
    outcomes = at_once(*(lambda person=person: privacy.delete_account(person) for person in people))
    assert [type(outcome) for outcome in outcomes if outcome] == [LastAdministrator]
    assert User.objects.count() == 1


def test_who_publishes_while_being_deleted_locks_nobody_out() -> None:
    """The publisher holds the catalogue, and the database looks for the author when they end."""
    person = make_person()
    with transaction.atomic():
        published_by(None)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            published_by(person)
            deleting = other.submit(at_once, lambda: privacy.delete_account(person))
            wait_until_another_waits()
        assert deleting.result(timeout=30) == [None]
    assert not User.objects.exists()
    latest = Revision.objects.order_by("-number")[0]
    assert (latest.author, latest.author_deleted) == (None, True)


def test_asking_for_an_export_twice_at_once_makes_one() -> None:
    person = make_person()
    exports = at_once(*[lambda: privacy.request_export(person)] * 2)
    assert exports == [DataExport.objects.get()] * 2
