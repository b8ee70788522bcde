"""Queued mail: stored with what causes it, and sent by a real SMTP server with faults."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMultiAlternatives, mail_admins, mailers, send_mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.mail import queue, sending
from accounts.models import Delivery, RefusedAddress
from tests.factories import make_user
from tests.free_port import free_port
from tests.smtp_server import Mailbox, by_smtp, mail_server

pytestmark = pytest.mark.django_db

State = Delivery.State


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with mail_server(box) as port, override_settings(MAILERS=by_smtp(port)):
        yield box


def write(*recipients: str, subject: str = "A letter", **fields: Any) -> None:
    """Let the product send a message, as a page does."""
    send_mail(subject, "Dear reader", "Stufenplan <skills@site.example>", recipients or ["anna@example.org"], **fields)


def write_notice(recipient: str, *, subject: str) -> None:
    letter = queue.OutgoingEmail(subject, "Dear reader", "Stufenplan <skills@site.example>", [recipient])
    letter.kind = "notice"
    letter.send()


def only_delivery() -> Delivery:
    return Delivery.objects.get()


def let_pass(time: timedelta) -> None:
    """Make all queued mail due in the past."""
    for delivery in Delivery.objects.filter(state=State.QUEUED):
        leased = delivery.leased_until and delivery.leased_until - time
        Delivery.objects.filter(pk=delivery.pk).update(due_at=delivery.due_at - time, leased_until=leased)


def waits_for(delivery: Delivery, since: datetime) -> int:
    """Return in how many whole minutes the next attempt is."""
    return round((delivery.due_at - since).total_seconds() / 60)


def test_a_message_is_written_down_with_text_and_html_and_sent_by_the_schedule(mailbox: Mailbox) -> None:
    message = EmailMultiAlternatives(
        "Zwei\nZeilen", "Grüße", "skills@site.example", ["Anna <anna@example.org>"], headers={"X-Cause": "test"}
    )
    message.attach_alternative("<p>Grüße</p>", "text/html")
    assert message.send() == 1
    assert mailbox.messages == []
    owed = only_delivery()
    assert (owed.kind, owed.to, owed.sender) == ("account", "anna@example.org", "skills@site.example")
    assert (owed.subject, owed.text, owed.html) == ("Zwei Zeilen", "Grüße", "<p>Grüße</p>")
    queue.deliver_due()
    [received] = mailbox.messages
    assert [part.get_content_type() for part in received.iter_parts()] == ["text/plain", "text/html"]
    assert (received["Subject"], received["X-Cause"]) == ("Zwei Zeilen", "test")
    assert only_delivery().state == State.SENT


@override_settings(ADMINS=["root@example.org"])
def test_every_message_says_that_no_person_wrote_it(mailbox: Mailbox) -> None:
    write(html_message="<p>Dear reader</p>")
    write_notice("berta@example.org", subject="News")
    mail_admins("Trouble", "A traceback")
    Client().post("/en/accounts/login/code/", {"email": "nobody@example.org"})
    queue.deliver_due()
    marks = {message["To"]: message.get_all("Auto-Submitted") for message in mailbox.messages}
    recipients = ("anna@example.org", "berta@example.org", "root@example.org", "nobody@example.org")
    assert marks == {recipient: ["auto-generated"] for recipient in recipients}


def test_what_was_sent_keeps_no_text(mailbox: Mailbox) -> None:
    write(html_message="<p>Code 123456</p>")
    queue.deliver_due()
    sent = only_delivery()
    assert (sent.text, sent.html, sent.headers) == ("", "", {})
    assert sent.finished_at is not None


def test_each_recipient_has_a_delivery_and_sees_no_other(mailbox: Mailbox) -> None:
    write("anna@example.org", "berta@example.org")
    queue.deliver_due()
    assert sorted(mailbox.recipients) == ["anna@example.org", "berta@example.org"]
    assert Delivery.objects.filter(state=State.SENT).count() == 2


def test_a_message_goes_with_the_transaction_that_caused_it(mailbox: Mailbox) -> None:
    def fail() -> None:
        with transaction.atomic():
            write()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert not Delivery.objects.exists()


def test_the_task_that_sends_is_enqueued_on_commit(
    mailbox: Mailbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        write()
        assert not DBTaskResult.objects.exists()
    task = DBTaskResult.objects.get()
    assert task.args_kwargs["args"] == [[str(only_delivery().pk)]]
    task.task.call(*task.args_kwargs["args"])
    assert mailbox.recipients == ["anna@example.org"]


def test_a_batch_is_sent_over_one_connection(mailbox: Mailbox) -> None:
    write(*(f"reader{number}@example.org" for number in range(7)))
    assert queue.deliver_due() is False
    assert (len(mailbox.messages), mailbox.connections) == (7, 1)


def test_a_full_batch_says_that_there_may_be_more(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH_SIZE", 2)
    write(*(f"reader{number}@example.org" for number in range(3)))
    assert [queue.deliver_due(), queue.deliver_due(), queue.deliver_due()] == [True, False, False]
    assert len(mailbox.messages) == 3


def test_mail_a_person_waits_for_overtakes_digests(mailbox: Mailbox) -> None:
    digest = queue.OutgoingEmail("News", "Text", "skills@site.example", ["berta@example.org"])
    digest.kind = "notice"
    queue.queue_messages([digest])
    write()
    queue.deliver_due()
    assert mailbox.recipients == ["anna@example.org", "berta@example.org"]


def test_a_letter_and_its_delivery_have_one_key(mailbox: Mailbox) -> None:
    letter = queue.OutgoingEmail("News", "Text", "skills@site.example", ["anna@example.org"])
    queue.queue_messages([letter])
    queue.deliver_due()
    assert only_delivery().pk == letter.pk
    assert mailbox.messages[0]["Message-ID"] == f"<{letter.pk}@site.example>"


def test_the_owner_of_an_address_is_known_the_confirmed_one_first(mailbox: Mailbox) -> None:
    claimer, owner = make_user("claimer"), make_user("owner")
    EmailAddress.objects.create(user=owner, email="anna@example.org", verified=True, primary=True)
    EmailAddress.objects.create(user=claimer, email="anna@example.org", verified=False)
    write("Anna@example.org")
    assert only_delivery().user == owner


def test_an_attachment_is_refused_where_it_is_written() -> None:
    message = EmailMultiAlternatives("Subject", "Text", None, ["anna@example.org"])
    message.attach("file.txt", "content")
    with override_settings(MAILERS=by_smtp(free_port())), pytest.raises(ValueError, match="no attachments"):
        message.send()


def test_a_server_that_is_not_there_puts_mail_off_longer_each_time() -> None:
    with override_settings(MAILERS=by_smtp(free_port())):
        write()
        for attempt, minutes in enumerate([1, 5, 15, 60, 240, 240], start=1):
            before = timezone.now()
            queue.deliver_due()
            owed = only_delivery()
            assert (owed.state, owed.attempts, owed.leased_until) == (State.QUEUED, attempt, None)
            assert waits_for(owed, before) == minutes
            assert "refused" in owed.last_error
            let_pass(timedelta(minutes=minutes + 1))


def test_what_is_put_off_is_not_sent_before_its_time(mailbox: Mailbox) -> None:
    mailbox.recipient_answers["anna@example.org"] = "451 4.3.0 later"
    write()
    queue.deliver_due()
    queue.deliver_due()
    assert only_delivery().attempts == 1


def test_after_five_days_of_trouble_a_message_is_refused_with_the_reason(mailbox: Mailbox) -> None:
    mailbox.recipient_answers["anna@example.org"] = "451 4.2.2 mailbox full"
    write()
    waited = timedelta()
    while only_delivery().state == State.QUEUED:
        before = timezone.now()
        queue.deliver_due()
        wait = only_delivery().due_at - before
        waited += wait
        let_pass(wait + timedelta(minutes=1))
    refused = only_delivery()
    assert timedelta(days=4, hours=18) < waited - wait < timedelta(days=5)
    assert (refused.state, refused.last_error) == (State.REFUSED, "451 4.2.2 mailbox full")
    assert not RefusedAddress.objects.exists()


def test_a_server_that_comes_back_gets_what_was_owed_meanwhile() -> None:
    port = free_port()
    with override_settings(MAILERS=by_smtp(port)):
        write("anna@example.org", "berta@example.org")
        assert queue.deliver_due() is False
        attempts = Delivery.objects.order_by("attempts").values_list("attempts", flat=True)
        assert list(attempts) == [0, 1]  # the rest does not wait for the server's silence
        let_pass(timedelta(hours=1))
        box = Mailbox()
        with mail_server(box, port):
            queue.deliver_due()
    assert sorted(box.recipients) == ["anna@example.org", "berta@example.org"]
    assert set(Delivery.objects.values_list("state", "last_error")) == {(State.SENT, "")}


def test_a_recipient_refused_for_now_does_not_hold_up_the_others(mailbox: Mailbox) -> None:
    mailbox.recipient_answers["anna@example.org"] = "450 4.2.1 greylisted"
    write("anna@example.org", "berta@example.org")
    queue.deliver_due()
    assert mailbox.recipients == ["berta@example.org"]
    assert Delivery.objects.get(to="anna@example.org").last_error == "450 4.2.1 greylisted"


def test_a_recipient_refused_for_good_is_written_down_and_gets_nothing_more(mailbox: Mailbox) -> None:
    mailbox.recipient_answers["Anna@example.org"] = "550 5.1.1 no such user"
    write("Anna@example.org")
    write("anna@example.org", subject="Owed already")
    Delivery.objects.filter(subject="Owed already").update(due_at=timezone.now() + timedelta(hours=1))
    queue.deliver_due()
    assert list(RefusedAddress.objects.values_list("email", "reason")) == [
        ("anna@example.org", "550 5.1.1 no such user")
    ]
    write_notice("anna@example.org", subject="Afterwards")
    states = dict(Delivery.objects.values_list("subject", "state"))
    assert states == {"A letter": State.REFUSED, "Owed already": State.WITHHELD, "Afterwards": State.WITHHELD}
    queue.deliver_due()
    assert mailbox.messages == []


def test_mail_of_the_account_itself_is_sent_even_where_mail_was_refused(mailbox: Mailbox) -> None:
    """Its owner requested it and waits; otherwise nobody could confirm such an address again."""
    RefusedAddress.objects.create(email="anna@example.org", reason="550 no such user")
    write()
    queue.deliver_due()
    assert only_delivery().state == State.SENT


def test_an_address_confirmed_again_gets_mail_again(mailbox: Mailbox) -> None:
    RefusedAddress.objects.create(email="anna@example.org", reason="550 no such user")
    queue.delete_refused_address("Anna@example.org")
    write()
    queue.deliver_due()
    assert mailbox.recipients == ["anna@example.org"]


def test_a_text_refused_for_good_leaves_the_address_alone(mailbox: Mailbox) -> None:
    mailbox.data_answer = "554 5.6.0 looks like spam"
    write()
    queue.deliver_due()
    assert (only_delivery().state, only_delivery().last_error) == (State.REFUSED, "554 5.6.0 looks like spam")
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize("answer", ["550 5.1.8 unknown sender", "451 4.1.8 sender not yet known"])
def test_a_sender_that_is_refused_is_our_own_trouble(
    mailbox: Mailbox, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.sender_answer = answer
    write()
    queue.deliver_due()
    assert (only_delivery().state, only_delivery().last_error) == (State.QUEUED, answer)
    levels = [record.levelname for record in caplog.records if record.name == "accounts.mail.sending"]
    assert levels == ["ERROR" if answer[0] == "5" else "WARNING"]
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize("answer", ["554 5.7.1 relay access denied", "530 authentication required"])
def test_relaying_that_is_refused_marks_no_address(mailbox: Mailbox, answer: str) -> None:
    mailbox.recipient_answers["anna@example.org"] = answer
    write()
    queue.deliver_due()
    assert only_delivery().state == State.QUEUED
    assert not RefusedAddress.objects.exists()


def test_a_sign_in_that_is_refused_is_our_own_trouble(mailbox: Mailbox) -> None:
    mailers = by_smtp(0)
    with mail_server(mailbox) as port:
        mailers["transport"]["OPTIONS"] |= {"port": port, "username": "me", "password": "wrong"}
        with override_settings(MAILERS=mailers):
            write()
            queue.deliver_due()
    assert only_delivery().state == State.QUEUED
    assert "AUTH" in only_delivery().last_error


def test_a_connection_broken_off_in_the_middle_sends_the_same_message_again(mailbox: Mailbox) -> None:
    mailbox.data_answer = ""
    write("anna@example.org", "berta@example.org")
    queue.deliver_due()
    assert Delivery.objects.filter(state=State.QUEUED, attempts=1, leased_until=None).count() == 2
    mailbox.data_answer = "250 OK"
    let_pass(timedelta(minutes=2))
    queue.deliver_due()
    assert len(mailbox.messages) == 4
    assert len({(message["Message-ID"], message["Date"], message["To"]) for message in mailbox.messages}) == 2
    assert not Delivery.objects.filter(state=State.QUEUED).exists()


def test_a_message_has_the_date_it_was_written(mailbox: Mailbox) -> None:
    write()
    written = timezone.now() - timedelta(hours=3)
    Delivery.objects.update(created_at=written)
    queue.deliver_due()
    assert parsedate_to_datetime(mailbox.messages[0]["Date"]) == written.replace(microsecond=0)


def test_a_server_that_is_too_slow_puts_mail_off() -> None:
    box = Mailbox(data_answer=None)
    with mail_server(box) as port, override_settings(MAILERS=by_smtp(port, timeout=0.2)):
        write()
        queue.deliver_due()
    assert (only_delivery().state, only_delivery().leased_until) == (State.QUEUED, None)
    assert only_delivery().last_error == "TimeoutError: the mail server gave no answer in 0.2 seconds"


def test_an_address_that_is_none_is_put_off_and_does_not_hold_up_others(mailbox: Mailbox) -> None:
    write("jürgen@example.org", "berta@example.org")
    queue.deliver_due()
    assert mailbox.recipients == ["berta@example.org"]
    assert Delivery.objects.get(to="jürgen@example.org").state == State.QUEUED


def test_who_claims_a_message_alone_may_send_it_until_the_lease_runs_out(mailbox: Mailbox) -> None:
    write()
    claimed = sending.claim(only_delivery().pk)
    assert claimed
    assert sending.claim(claimed.pk) is None
    queue.deliver_due()
    assert mailbox.messages == []
    let_pass(sending.LEASE + timedelta(seconds=1))
    queue.deliver_due()
    assert mailbox.recipients == ["anna@example.org"]


def test_who_lost_the_lease_does_not_put_off_what_was_sent_since(mailbox: Mailbox) -> None:
    write()
    slow = sending.claim(only_delivery().pk)
    assert slow
    let_pass(sending.LEASE + timedelta(seconds=1))
    queue.deliver_due()
    mailbox.recipient_answers["anna@example.org"] = "550 5.1.1 no such user"
    assert sending._deliver(mailers["transport"], slow)
    assert only_delivery().state == State.SENT
    assert not RefusedAddress.objects.exists()


def test_finished_deliveries_are_deleted_after_a_time() -> None:
    now = timezone.now()
    for number, (state, days) in enumerate([(State.SENT, 31), (State.REFUSED, 31), (State.SENT, 29)]):
        Delivery.objects.create(to=f"reader{number}@example.org", state=state, finished_at=now - timedelta(days=days))
    Delivery.objects.create(to="owed@example.org", created_at=now - timedelta(days=90))
    assert queue.prune() is False
    assert sorted(Delivery.objects.values_list("to", flat=True)) == ["owed@example.org", "reader2@example.org"]


def test_a_delivery_is_finished_unless_it_is_owed() -> None:
    with pytest.raises(IntegrityError, match="delivery_finished_unless_owed"), transaction.atomic():
        Delivery.objects.create(to="anna@example.org", state=State.SENT)
