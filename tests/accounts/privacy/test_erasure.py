"""Deleting an account: nothing of the person is left anywhere, what they published stays without their name."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Delivery, User
from community.models import Event, Notification, Watch
from skills.models import Revision
from tests.accounts.people import PASSWORD, TRACES, USERNAME, fill_every_table, mail_to, make_person, published_by
from tests.admin_pages import change_address
from tests.factories import make_user

pytestmark = pytest.mark.django_db

DELETE = "/en/me/settings/delete/"
MEANT = {"is_confirmed": "on"}


@pytest.fixture
def person() -> User:
    make_user("root", is_superuser=True)
    return make_person()


@pytest.fixture
def browser(client: Client, person: User) -> Client:
    """Return a browser of the person that is signed in and has just authenticated again."""
    signed_in(client)
    return client


def signed_in(client: Client, username: str = USERNAME) -> None:
    client.force_login(User.objects.get(username=username))
    client.get(DELETE)
    response = client.post("/en/accounts/reauthenticate/", {"password": PASSWORD, "next": DELETE})
    assert (response.status_code, response["Location"]) == (302, DELETE)


def values() -> Iterator[tuple[str, Any]]:
    """Yield every value of every column of every table of the database, with the table's name."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            yield from ((table, value) for row in cursor.fetchall() for value in row)
    for session in Session.objects.all():  # written in a way that hides what is in it
        yield "django_session", session.get_decoded()


def traces() -> list[tuple[str, Any]]:
    return [(table, value) for table, value in values() if _holds_trace(str(value))]


def _holds_trace(value: str) -> bool:
    text = unescape(value).casefold()
    written = value.casefold()
    plain = [trace.casefold() for trace in TRACES]
    escaped = [trace.encode("unicode_escape").decode().casefold() for trace in TRACES]
    return any(trace in text for trace in plain) or any(trace in written for trace in escaped)


def test_deletion_leaves_no_personal_value_anywhere(browser: Client, person: User) -> None:
    others = make_user("berta")
    fill_every_table(person, others)
    tables = {table for table, _value in traces()}
    assert tables >= {
        *("accounts_user", "accounts_delivery", "accounts_refusedaddress", "accounts_emailchange"),
        *("accounts_dataexport", "account_emailaddress", "mfa_authenticator", "socialaccount_socialaccount"),
        *("socialaccount_socialtoken", "django_session", "django_admin_log", "django_tasks_database_dbtaskresult"),
    }
    assert browser.post(DELETE, MEANT).status_code == 302
    assert traces() == []


def test_others_keep_what_is_theirs(browser: Client, person: User) -> None:
    others = make_person("berta", "Berta Beck", "berta@example.org")
    fill_every_table(person, others)
    Watch.objects.create(user=others, skill=Revision.objects.all()[0].skill)
    mail_to(others.email, others)
    browser.post(DELETE, MEANT)
    others.refresh_from_db()
    assert (others.name, others.email, others.watches.count()) == ("Berta Beck", "berta@example.org", 1)
    assert Notification.objects.filter(user=others).count() == 4
    assert LogEntry.objects.filter(user=others).count() == 4
    assert list(Delivery.objects.filter(state="owed").values_list("subject", flat=True)) == ["News"]


def test_mail_to_others_that_had_not_left_is_due_again_without_the_name(browser: Client, person: User) -> None:
    fill_every_table(person, make_user("berta"))
    owed = Notification.objects.get(mail__state=Delivery.State.QUEUED)
    browser.post(DELETE, MEANT)
    owed.refresh_from_db()
    assert owed.mail is None
    assert owed.mail_due_at is not None
    assert owed.mail_due_at <= timezone.now()


def test_published_text_stays_under_deleted_account(browser: Client, person: User) -> None:
    revision = published_by(person)
    imported = Revision.objects.get(skill=revision.skill, number=1)
    Event.objects.create(kind="content_changed", skill=revision.skill, revision=revision, actor=person)
    before = revision.content
    browser.post(DELETE, MEANT)
    revision.refresh_from_db()
    assert (revision.author, revision.author_deleted, revision.author_name) == (None, True, "deleted account")
    assert (revision.content, revision.summary) == (before, "Said better.")
    assert (imported.author_deleted, imported.author_name) == (False, "")
    assert "<author><name>gelöschtes Konto</name></author>" in browser.get("/feeds/all.atom").text
    assert Event.objects.get().actor is None


def test_every_session_ends_at_once(browser: Client, person: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(person)
    assert elsewhere.get("/en/me/settings/").status_code == 200
    browser.post(DELETE, MEANT)
    for each in (browser, elsewhere):
        assert each.get("/en/me/settings/").status_code == 302
    assert Session.objects.count() == 0


def test_no_mail_follows(browser: Client, person: User) -> None:
    mail_to(person.email, person)
    browser.post(DELETE, MEANT)
    assert (mail.outbox, Delivery.objects.count()) == ([], 0)


def test_who_deleted_their_account_sees_a_message_and_may_sign_up_again(browser: Client, person: User) -> None:
    page = browser.post(DELETE, MEANT, follow=True)
    assert page.redirect_chain == [("/en/", 302)]
    assert "Your account is deleted." in page.text
    assert make_person().pk != person.pk


def test_nothing_happens_unless_it_is_confirmed(browser: Client, person: User) -> None:
    response = browser.post(DELETE, {})
    assert response.status_code == 422
    assert "Tick this to confirm." in response.text
    assert browser.get(DELETE).status_code == 200
    assert User.objects.filter(pk=person.pk).exists()


def test_who_has_not_said_again_who_they_are_is_asked(client: Client, person: User) -> None:
    client.force_login(person)
    for response in (client.get(DELETE), client.post(DELETE, MEANT)):
        assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/en/accounts/reauthenticate/")
    assert User.objects.filter(pk=person.pk).exists()


def test_deletion_goes_on_after_saying_again_who_one_is(client: Client, person: User) -> None:
    client.force_login(person)
    client.post(DELETE, MEANT)
    response = client.post("/en/accounts/reauthenticate/", {"password": PASSWORD, "next": DELETE})
    assert (response.status_code, response["Location"]) == (302, "/en/")
    assert not User.objects.filter(pk=person.pk).exists()


def test_anonymous_visitor_is_redirected_to_sign_in(client: Client, person: User) -> None:
    response = client.get(DELETE)
    assert (response.status_code, response["Location"]) == (302, f"/en/accounts/login/?next={DELETE}")


def test_sending_it_twice_does_no_harm(browser: Client, person: User) -> None:
    others = User.objects.exclude(pk=person.pk).count()
    answers = [browser.post(DELETE, MEANT) for _ in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/en/")] * 2
    assert User.objects.count() == others


def test_last_administrator_is_not_deleted(client: Client) -> None:
    make_person("anna", is_superuser=True)
    User.objects.create_user("former", is_superuser=True, is_active=False)
    signed_in(client, "anna")
    for response in (client.get(DELETE), client.post(DELETE, MEANT)):
        assert response.status_code == 403
        assert "This is the last administrator of the site." in response.text
    assert User.objects.filter(username="anna").exists()


def test_one_of_two_administrators_may_go(client: Client) -> None:
    make_person("anna", is_superuser=True)
    make_user("berta", is_superuser=True)
    signed_in(client, "anna")
    client.post(DELETE, MEANT)
    assert list(User.objects.values_list("username", flat=True)) == ["berta"]


def test_staff_delete_people_by_the_same_rule(admin_site: Client) -> None:
    person = make_person()
    fill_every_table(person, make_user("berta"))
    page = admin_site.get(change_address(person).replace("change", "delete"))
    assert page.status_code == 200
    admin_site.post(change_address(person).replace("change", "delete"), {"post": "yes"})
    assert traces() == []
    assert Revision.objects.filter(author_deleted=True).exists()


def test_staff_delete_several_by_the_same_rule(admin_site: Client) -> None:
    people = [make_person(), make_user("cora")]
    fill_every_table(people[0], make_user("berta"))
    data = {"action": "delete_selected", "_selected_action": [person.pk for person in people], "post": "yes"}
    assert admin_site.post("/admin/accounts/user/", data).status_code == 302
    assert traces() == []
    assert set(User.objects.values_list("username", flat=True)) == {"anna", "berta", "swept"}


def test_staff_cannot_delete_the_last_administrator(admin_site: Client, staff: User) -> None:
    one = admin_site.post(change_address(staff).replace("change", "delete"), {"post": "yes"})
    data = {"action": "delete_selected", "_selected_action": [staff.pk, make_user("cora").pk], "post": "yes"}
    several = admin_site.post("/admin/accounts/user/", data)
    for response in (one, several):
        assert "Das ist das letzte Konto mit Verwaltungsrechten." in response.text
    assert User.objects.count() == 2
