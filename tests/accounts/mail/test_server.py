"""A mail server that takes the connection and does not answer costs one time-out, and no other message's attempt."""

import time
from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.test.utils import override_settings
from django.utils import timezone

from accounts.mail import queue, sending, tasks
from accounts.models import Delivery
from tests.free_port import free_port
from tests.smtp_server import Fault, Mailbox, by_smtp, faulty_server, mail_server

pytestmark = pytest.mark.django_db

NUMBER = 6
TIMEOUT = 0.4
COMMANDS = ["", "EHLO", "MAIL", "RCPT", "DATA", "BODY"]


@pytest.fixture(autouse=True)
def _owed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_silence", sending._Silence())
    with override_settings(MAILERS=by_smtp(free_port())):
        for number in range(NUMBER):
            send_mail("A letter", "Dear reader", "skills@site.example", [f"reader{number}@example.org"])


def attempts() -> list[int]:
    return sorted(Delivery.objects.values_list("attempts", flat=True))


@pytest.mark.parametrize("does", ["silent", "trickles"])
@pytest.mark.parametrize("command", COMMANDS)
def test_silence_costs_one_timeout_and_one_attempt(command: str, does: str) -> None:
    fault = Fault(command, does)
    with faulty_server(fault) as port, override_settings(MAILERS=by_smtp(port, TIMEOUT)):
        start = time.monotonic()
        assert queue.deliver_due() is False
        took = time.monotonic() - start
    assert took < 2 * TIMEOUT + 0.3
    assert fault.connections == 1
    assert attempts() == [0] * (NUMBER - 1) + [1]
    tried = Delivery.objects.get(attempts=1)
    assert (tried.state, tried.leased_until) == (Delivery.State.QUEUED, None)
    assert "gave no answer in 0.4 seconds" in tried.last_error
    rest = Delivery.objects.filter(attempts=0)
    assert set(rest.values_list("state", "leased_until", "last_error")) == {(Delivery.State.QUEUED, None, "")}
    assert not rest.filter(due_at__gt=timezone.now()).exists()


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_a_connection_that_breaks_off_twice_ends_the_batch(command: str) -> None:
    fault = Fault(command, "closes")
    with faulty_server(fault) as port, override_settings(MAILERS=by_smtp(port, TIMEOUT)):
        assert queue.deliver_due() is False
    assert attempts() == [0] * (NUMBER - 2) + [1, 1]


def test_a_server_that_closes_down_ends_the_batch() -> None:
    box = Mailbox(sender_answer="421 4.3.2 closing down")
    with mail_server(box) as port, override_settings(MAILERS=by_smtp(port)):
        assert queue.deliver_due() is False
    assert attempts() == [0] * (NUMBER - 1) + [1]


def test_silence_after_a_refusal_and_after_goodbye_is_not_waited_for_message_by_message() -> None:
    """After a refused recipient smtplib asks to start over (RSET), and a connection ends with QUIT."""
    for command in ("RSET", "QUIT"):
        Delivery.objects.update(attempts=0, due_at=timezone.now())
        fault = Refusing(command, "silent")
        with faulty_server(fault) as port, override_settings(MAILERS=by_smtp(port, TIMEOUT)):
            start = time.monotonic()
            queue.deliver_due()
            assert time.monotonic() - start < (NUMBER + 1) * TIMEOUT
        assert fault.connections in {1, NUMBER}


class Refusing(Fault):
    """A server that knows no recipient."""

    def _answer(self, connection: object, command: str, answer: bytes) -> bool:
        is_refused = command == "RCPT"
        return super()._answer(connection, command, b"450 4.2.1 later\r\n" if is_refused else answer)  # type: ignore[arg-type]


def test_tasks_do_not_each_wait_for_the_silence_and_the_schedule_sends_what_they_left() -> None:
    pks = [str(pk) for pk in Delivery.objects.values_list("pk", flat=True)]
    fault = Fault("EHLO", "silent")
    with faulty_server(fault) as port, override_settings(MAILERS=by_smtp(port, TIMEOUT)):
        for pk in pks:
            tasks.send.call([pk])
        assert fault.connections == 1
        assert attempts() == [0] * (NUMBER - 1) + [1]
        assert queue.deliver_due() is False  # the schedule tries whether the server is back
        assert fault.connections == 2
    box = Mailbox()
    with mail_server(box, port), override_settings(MAILERS=by_smtp(port, TIMEOUT * 10)):
        Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=1))
        queue.deliver_due()
    assert len(box.messages) == NUMBER


def test_a_refused_connection_holds_no_other_task_up() -> None:
    pks = [str(pk) for pk in Delivery.objects.values_list("pk", flat=True)]
    port = free_port()
    with override_settings(MAILERS=by_smtp(port)):
        tasks.send.call(pks[:1])  # nothing listens, for the moment that a restart of the mail server takes
    assert attempts() == [0] * (NUMBER - 1) + [1]
    box = Mailbox()
    with mail_server(box, port), override_settings(MAILERS=by_smtp(port)):
        tasks.send.call(pks[1:2])
    assert len(box.messages) == 1


def test_tasks_send_at_once_again_as_soon_as_the_server_has_answered() -> None:
    pks = [str(pk) for pk in Delivery.objects.values_list("pk", flat=True)]
    fault = Fault("EHLO", "silent")
    with faulty_server(fault) as port, override_settings(MAILERS=by_smtp(port, TIMEOUT)):
        tasks.send.call(pks[:1])
    box = Mailbox()
    with mail_server(box, port), override_settings(MAILERS=by_smtp(port, TIMEOUT)):
        tasks.send.call(pks[1:2])
        assert box.messages == []
        sending.send_each([Delivery.objects.get(pk=pks[2]).pk])
        tasks.send.call(pks[3:4])
    assert len(box.messages) == 2
