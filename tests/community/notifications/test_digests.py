"""From notices to mail: what a digest says, to whom it goes, and that it is made once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import Delivery, RefusedAddress
from community.models import Notification
from community.notifications import digests
from skills.models import Skill
from tests.community.notifications.factories import make_notice, make_reader
from tests.factories import make_catalogue, make_domain, make_framework, make_group, make_skill, make_user
from tests.smtp_server import Mailbox, by_smtp, mail_server

pytestmark = pytest.mark.django_db

SUMMER_NIGHT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _address() -> Iterator[None]:
    with override_settings(BASE_URL="https://site.example"):
        yield


@pytest.fixture
def skill() -> Skill:
    group = make_group(make_domain(make_framework(), "Machine Learning"), "MLOps")
    return make_skill(group, "Experiment Tracking")


def only_mail() -> Delivery:
    return Delivery.objects.get()


def links_of(mail: Delivery) -> list[str]:
    return [str(link["href"]) for link in BeautifulSoup(mail.html, "html.parser").select("a")]


def test_a_digest_says_what_where_by_whom_and_why(skill: Skill) -> None:
    reader = make_reader("anna", name="Anna Beck", language="en", time_zone="America/New_York")
    editor = make_reader("editor", name="Erik <b>Editor</b>")
    make_notice(reader, skill, actor=editor, count=3, reason="role", reason_name="Engineer", updated_at=SUMMER_NIGHT)
    skill.revisions.update(summary="Two cells say it better")
    digests.queue_due_digests()
    mail = only_mail()
    assert (mail.kind, mail.to, mail.user, mail.state) == ("notice", "anna@example.org", reader, "owed")
    assert mail.subject == "News: Experiment Tracking"
    lines = [line.strip() for line in mail.text.splitlines()]
    start = lines.index("* Content changed: Experiment Tracking (3 changes)")
    assert lines[0] == "Hello Anna Beck,"
    assert lines[start + 1 : start + 6] == [
        "Machine Learning › MLOps",
        "by Erik <b>Editor</b>, 1 July 2026, 18:30",
        "Two cells say it better",
        "Why you get this: you watch a role (Engineer)",
        "https://site.example/en/skills/experiment-tracking/history/1/",
    ]
    assert "https://site.example/en/notifications/" in lines
    assert "Erik &lt;b&gt;Editor&lt;/b&gt;" in mail.html
    assert "https://site.example/en/skills/experiment-tracking/history/1/" in links_of(mail)


def test_a_digest_speaks_the_language_and_keeps_the_hours_of_its_reader(skill: Skill) -> None:
    for name, language, zone in [("anna", "de", "Asia/Tokyo"), ("berta", "en", ""), ("carla", "de", "Mars/Base")]:
        make_notice(make_reader(name, language=language, time_zone=zone), skill, updated_at=SUMMER_NIGHT)
    digests.queue_due_digests()
    texts = dict(Delivery.objects.values_list("user__username", "text"))
    assert "Hallo anna," in texts["anna"]
    assert "2. Juli 2026, 07:30\n" in texts["anna"]
    assert "/de/notifications/" in texts["anna"]
    assert "Hello berta," in texts["berta"]
    assert "2 July 2026, 00:30 CEST\n" in texts["berta"]  # the site's own zone
    assert "2. Juli 2026, 00:30 MESZ\n" in texts["carla"]


def test_the_subject_counts_and_names_what_it_is_about() -> None:
    make_catalogue(skills=5)
    reader = make_reader(language="de")
    for skill in Skill.objects.order_by("-pk"):
        make_notice(reader, skill)
    digests.queue_due_digests()
    first, second, third = Skill.objects.order_by("pk").values_list("name", flat=True)[:3]
    assert only_mail().subject == f"5 Neuigkeiten: {first}, {second}, {third}, …"


def test_names_from_right_to_left_do_not_reorder_a_digest(skill: Skill) -> None:
    framework = skill.framework
    framework.language = "ar"
    framework.save()
    Skill.objects.filter(pk=skill.pk).update(name="الخبز")
    make_notice(make_reader(language="en"), skill, count=3)
    digests.queue_due_digests()
    mail = only_mail()
    assert mail.subject == "News: \u2068الخبز\u2069"
    assert (
        "* Content changed: \u2068الخبز\u2069 (3 changes)\n  \u2068Machine Learning\u2069 › \u2068MLOps\u2069"
        in mail.text
    )
    name = BeautifulSoup(mail.html, "html.parser").find("span", string="الخبز")
    assert name
    assert (name["lang"], name["dir"]) == ("ar", "rtl")


def test_all_notices_of_a_person_make_one_mail_that_shows_the_latest(
    skill: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MAX_SHOWN_NOTICES", 2)
    reader = make_reader(language="en")
    for _ in range(5):
        make_notice(reader, skill)
    digests.queue_due_digests()
    assert only_mail().text.count("* Content changed") == 2
    assert "And 3 more." in only_mail().text
    assert set(Notification.objects.values_list("mail", "mail_due_at")) == {(only_mail().pk, None)}


def test_what_is_not_due_waits(skill: Skill) -> None:
    reader = make_reader()
    later = make_notice(reader, skill, mail_due_at=datetime(2100, 1, 1, tzinfo=UTC))
    never = make_notice(reader, skill, mail_due_at=None)
    assert digests.queue_due_digests() is False
    assert not Delivery.objects.exists()
    assert set(Notification.objects.filter(mail=None)) == {later, never}


def test_what_was_read_meanwhile_is_left_out(skill: Skill) -> None:
    reader = make_reader()
    read = make_notice(reader, skill, read_at=SUMMER_NIGHT)
    other = make_notice(make_reader(), skill, read_at=SUMMER_NIGHT)
    unread = make_notice(reader, skill)
    digests.queue_due_digests()
    assert [notice.pk for notice in Notification.objects.exclude(mail=None)] == [unread.pk]
    assert set(Notification.objects.filter(pk__in=[read.pk, other.pk]).values_list("mail_due_at", flat=True)) == {None}
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("how", ["inactive", "not confirmed", "not the first", "no address"])
def test_who_cannot_be_reached_gets_no_mail(skill: Skill, how: str) -> None:
    reader = make_reader(is_active=how != "inactive")
    address = EmailAddress.objects.filter(user=reader)
    if how == "no address":
        address.delete()
    else:
        address.update(verified=how != "not confirmed", primary=how != "not the first")
    make_notice(reader, skill)
    digests.queue_due_digests()
    assert not Delivery.objects.exists()
    assert Notification.objects.get().mail_due_at is None


def test_mail_goes_to_the_first_address_and_no_other(skill: Skill) -> None:
    reader = make_reader("anna")
    EmailAddress.objects.create(user=reader, email="second@example.org", verified=True)
    make_notice(reader, skill)
    digests.queue_due_digests()
    assert only_mail().to == "anna@example.org"


def test_to_an_address_that_refuses_mail_none_is_owed(skill: Skill) -> None:
    RefusedAddress.objects.create(email="anna@example.org", reason="550 no such user")
    make_notice(make_reader("anna"), skill)
    digests.queue_due_digests()
    assert only_mail().state == "withheld"


def test_the_digest_arrives_with_headers_that_unsubscribe(skill: Skill) -> None:
    reader = make_reader("anna")
    make_notice(reader, skill)
    make_notice(reader, skill, kind="mention")
    mailbox = Mailbox()
    with mail_server(mailbox) as port, override_settings(MAILERS=by_smtp(port)):
        call_command("send_digests")
    [message] = mailbox.messages
    address = message["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://site.example/de/unsubscribe/")
    assert f"List-Unsubscribe: <{address}>\r\n".encode() in mailbox.raw[0]  # in one piece, not as encoded words
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, html = message.iter_parts()
    assert address in plain.get_content()
    assert address in html.get_content().replace("&amp;", "&")
    assert Delivery.objects.get().state == "sent"


@pytest.mark.parametrize(
    ("site", "list_id"),
    [
        ("https://site.example", "notices.site.example"),
        ("https://skills.site.example:8443", "notices.skills.site.example"),
        ("http://[::1]:8000", "notices.--1"),
        (f"https://{'a-long-name.' * 9}example", f"notices.{'a-long-name.' * 9}example"),
    ],
)
def test_all_notices_of_a_site_have_one_list_id(skill: Skill, site: str, list_id: str) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port, override_settings(MAILERS=by_smtp(port), BASE_URL=site):
        for name in ("anna", "berta"):
            make_notice(make_reader(name), skill)
        call_command("send_digests")
    assert len(mailbox.raw) == 2
    for raw in mailbox.raw:
        assert f"List-Id: Stufenplan <{list_id}>\r\n".encode() in raw


def test_a_batch_costs_the_same_number_of_queries_for_one_and_for_many(skill: Skill) -> None:
    counts = []
    for people in (1, 12):
        for _ in range(people):
            reader = make_reader()
            for _ in range(people):
                make_notice(reader, skill, actor=make_user())
        with CaptureQueriesContext(connection) as queries:
            digests.queue_due_digests()
        counts.append(len(queries))
    assert counts == [counts[0], counts[0]]
    assert counts[0] <= 12
    assert Delivery.objects.count() == 13


def test_batch_by_batch_everybody_gets_their_mail(skill: Skill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "PEOPLE_BATCH_SIZE", 2)
    for _ in range(5):
        make_notice(make_reader(), skill)
    assert [digests.queue_due_digests(), digests.queue_due_digests(), digests.queue_due_digests()] == [
        True,
        True,
        False,
    ]
    assert Delivery.objects.values("user").distinct().count() == Delivery.objects.count() == 5


def test_an_interrupted_batch_is_built_again(skill: Skill, monkeypatch: pytest.MonkeyPatch) -> None:
    make_notice(make_reader(), skill)

    def fail(*_arguments: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(digests, "_format_subject", fail)
        with pytest.raises(MemoryError):
            digests.queue_due_digests()
    assert Notification.objects.get().mail_due_at is not None
    digests.queue_due_digests()
    assert Notification.objects.get().mail == only_mail()
