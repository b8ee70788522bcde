"""The log of moderation: only added to, whatever asks; without names."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import privacy
from accounts.models import User
from community.models import Act, ActKind
from community.moderation import log
from tests.community.moderation.test_reports import browser_of, make_moderator
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def line(**fields: Any) -> Act:
    return log.write(ActKind.WARNED, make_moderator(), person=make_user(), reason="Be kind.", **fields)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE community_act SET words = 'other'",
        "UPDATE community_act SET words = ''",
        "UPDATE community_act SET actor = NULL",
        "DELETE FROM community_act",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_line(statement: str) -> None:
    before = line()
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Act.objects.get().reason == before.reason == "Be kind."


def test_no_row_of_the_log_hangs_on_another() -> None:
    assert not [field.name for field in Act._meta.get_fields() if field.is_relation]


def test_accounts_of_the_log_can_be_deleted_and_leave_their_numbers() -> None:
    make_user("root", is_superuser=True)
    act = line()
    for pk in (act.actor_id or 0, act.person_id or 0):
        privacy.delete_account(User.objects.get(pk=pk))
    found = Act.objects.get()
    assert (found.actor_id, found.person_id, found.reason) == (act.actor_id, act.person_id, "Be kind.")
    assert not User.objects.filter(pk__in=[act.actor_id, act.person_id]).exists()


def test_names_and_addresses_do_not_come_into_the_log() -> None:
    person = make_user("berta", name="Berta B. Beck")
    act = log.write(
        ActKind.WARNED, make_user("mo"), person=person, reason="berta b. beck (BERTA, berta@example.org) said mo; mood"
    )
    assert act.reason == "– (–, –) said –; mood"


def test_administrators_alone_read_it() -> None:
    line()
    path = "/en/moderation/log/"
    assert Client().get(path).status_code == 302
    for person in (make_user(), make_moderator(), make_user(is_staff=True)):
        assert browser_of(person).get(path).status_code == 403
    page = browser_of(make_user(is_superuser=True)).get(path)
    assert "Be kind." in page.text
    assert browser_of(make_user(is_superuser=True)).post(path).status_code == 405


def test_there_is_no_form_of_it_in_the_admin() -> None:
    assert apps.get_model("community", "Act") not in admin.site._registry
