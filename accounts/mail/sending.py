"""How mail leaves, and what becomes of a message that does not.

A delivery is claimed by a conditional update and a lease: the process that changes the row sends it. A
process killed in the middle leaves the lease behind; when it has run out the message is due
again, and goes with the Message-ID and date it had. Trouble that may pass puts it off, for
longer each time. A server that refuses the recipient for good marks the address; one that
refuses the text speaks of that message alone; one that refuses us (sign-in, sender, relaying)
speaks of our settings, which the operator has to mend. A server that is silent costs one time-out: what
is left of the batch stays owed and untried.

A message may wait for days. With the connection open and before each attempt it is looked at once
more: what was withdrawn does not leave, and mail of a kind in MAIL_REWRITERS says what is true now.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import Policy
from email.policy import default as default_policy
from email.utils import format_datetime, parseaddr
from enum import Enum, auto
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from socket import gaierror
from typing import Any, override
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Delivery, RefusedAddress

logger = logging.getLogger(__name__)

BATCH_SIZE = 50
LEASE = timedelta(minutes=10)  # longer than a slow server can take: about ten answers of MAIL_TIMEOUT each
FIRST_RETRY_DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
LATER_RETRY_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)
RETRY_DELAYS = (
    *FIRST_RETRY_DELAYS,
    *[LATER_RETRY_DELAY] * ((GIVE_UP_AFTER - sum(FIRST_RETRY_DELAYS, timedelta())) // LATER_RETRY_DELAY),
)
SMTP_PERMANENT_ERROR = 500  # and all codes above
SMTP_AUTH_REQUIRED = 530
SMTP_SERVICE_CLOSING = 421
REASON_MAX_LENGTH = 500
MAX_DISCONNECTS = 2  # so many messages whose connection broke off say that it is not because of the message
SILENT_SECONDS = 60  # for so long a server that was silent is left to the schedule


@dataclass(frozen=True, slots=True)
class DeliveryFailure:
    """Why a message did not leave."""

    reason: str
    is_final: bool = False  # trying again would change nothing
    is_address_refused: bool = False  # and no other message would reach this address either
    is_site_refused: bool = False  # the server refuses this site, whatever it sends


class ServerState(Enum):
    """What a delivery showed of the mail server."""

    UNAVAILABLE = auto()  # not reached, silent, or closing down: the next message would fare no better
    DISCONNECTED = auto()  # it broke the connection off, which may be because of that one message
    AVAILABLE = auto()


@dataclass
class _Silence:
    """What this process knows of a silent server: which transport that is, and until when it is left alone."""

    transport: object = None
    until: float = 0.0


_silence = _Silence()


def send_unless_silent(pks: Iterable[UUID]) -> None:
    """Send these unless the server was silent a moment ago: the schedule tries it again, once for all that waits.

    Each sign-in or sign-up has a task of its own, and each task would wait for the same silence. A server
    that refuses the connection answers in no time, so after that each task tries it.
    """
    if _silence.transport != settings.MAILERS["transport"] or time.monotonic() >= _silence.until:
        send_each(pks)


def send_due() -> bool:
    """Send a batch of what is owed and due; return whether there may be more to send now."""
    due = Delivery.objects.due(timezone.now()).in_sending_order()
    pks = list(due.values_list("pk", flat=True)[:BATCH_SIZE])
    return bool(pks) and send_each(pks) and len(pks) == BATCH_SIZE


def send_each(pks: Iterable[UUID]) -> bool:
    """Send those of the deliveries that are owed and due, over one connection; return whether the server was there.

    When it is out of reach or silent the rest is left owed, so that they do not each wait for its silence.
    """
    transport = mailers["transport"]
    lost = 0
    try:
        for pk in pks:
            delivery = claim(pk)
            if delivery is None:
                continue
            server = _deliver(transport, delivery)
            lost = lost + 1 if server is ServerState.DISCONNECTED else 0
            if server is ServerState.UNAVAILABLE or lost == MAX_DISCONNECTS:
                return False
    finally:
        _close(transport)
    return True


def claim(pk: UUID) -> Delivery | None:
    """Return a delivery that is from now on this process's to send, None when it is not owed or another has it."""
    now = timezone.now()
    taken = (
        Delivery.objects.due(now).filter(pk=pk).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    )  # one row changed: it is ours
    return Delivery.objects.filter(pk=pk).first() if taken else None


def _deliver(transport: BaseEmailBackend, delivery: Delivery) -> ServerState:
    """Send a claimed delivery and write down what came of it; return what that showed of the server."""
    is_open = is_silent = False
    try:
        transport.open()
        is_open = True
        if not _should_still_send(delivery):
            _close(transport)  # nothing was said to the server; the next message opens it again
            return ServerState.AVAILABLE
        transport.send_messages([build_message(delivery)])
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; an address may be none
        _close(transport)
        _record_failure(delivery, classify_error(error))
        server = _get_server_state(error) if is_open else ServerState.UNAVAILABLE
        is_silent = isinstance(error, TimeoutError | gaierror)  # the name server of a host out of reach is silent, too
    else:
        _record_sent(delivery)
        server = ServerState.AVAILABLE
    _record_silence(is_silent=is_silent)
    return server


def _get_server_state(error: Exception) -> ServerState:
    """Return what an error says of the server, once a connection was open."""
    match error:
        case TimeoutError():
            return ServerState.UNAVAILABLE
        case SMTPServerDisconnected() | ConnectionError():
            return ServerState.DISCONNECTED
        case SMTPDataError(smtp_code=code) | SMTPSenderRefused(smtp_code=code) if code == SMTP_SERVICE_CLOSING:
            return ServerState.UNAVAILABLE
        case SMTPRecipientsRefused(recipients=answers) if SMTP_SERVICE_CLOSING in {
            code for code, _text in answers.values()
        }:
            return ServerState.UNAVAILABLE
        case _:
            return ServerState.AVAILABLE


def _record_silence(*, is_silent: bool) -> None:
    _silence.transport = settings.MAILERS["transport"] if is_silent else None
    _silence.until = time.monotonic() + SILENT_SECONDS


def _should_still_send(delivery: Delivery) -> bool:
    """Look at a claimed message once more, with the server waiting; return whether it is to leave.

    1. It may be deleted, with an account for example, or be another worker's by now: then it is left alone.
    2. MAIL_REWRITERS names for some kinds of mail to members a function that writes the delivery as it has to be
       now and returns whether anything is left to say. Where nothing is, the delivery is deleted.
    3. Where that function gave it another address, one that refuses mail, the delivery is withheld.
    """
    ours = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.OWED, leased_until=delivery.leased_until)
    if not ours.exists():
        return False
    look = settings.MAIL_REWRITERS.get(delivery.kind) if delivery.user_id is not None else None
    if look is None:
        return True
    address = delivery.to
    if not import_string(look)(delivery):
        ours.delete()
        return False
    refusal = None if delivery.to == address else RefusedAddress.objects.filter(email=delivery.to.lower()).first()
    if refusal is not None:
        ours.update(
            state=Delivery.State.WITHHELD,
            finished_at=timezone.now(),
            leased_until=None,
            last_error=refusal.reason,
        )
    return refusal is None


def _close(transport: BaseEmailBackend) -> None:
    try:
        transport.close()
    except OSError as error:
        logger.info("The mail server did not say goodbye: %s", error)


class _UnfoldedHeader(UnstructuredHeader, BaseHeader):
    """A header of one long word. Python would write it as encoded words, which is no address to mail programs."""

    @override
    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_header_registry = HeaderRegistry()
_header_registry.map_to_type("list-unsubscribe", _UnfoldedHeader)


class _Message(EmailMultiAlternatives):
    @override
    def message(self, *, policy: Any = default_policy) -> Any:
        return super().message(policy=policy.clone(header_factory=_header_registry))


def build_message(delivery: Delivery) -> EmailMultiAlternatives:
    """Return the message, the same one however often it is made."""
    identity = {
        "Message-ID": f"<{delivery.pk}@{_get_domain(delivery.sender)}>",
        "Date": format_datetime(delivery.created_at.astimezone(UTC)),
    }
    headers = {**delivery.headers, **identity}
    message = _Message(delivery.subject, delivery.text, delivery.sender, [delivery.to], headers=headers)
    if delivery.html:
        message.attach_alternative(delivery.html, "text/html")
    return message


def _get_domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def classify_error(error: Exception) -> DeliveryFailure:
    """Return what an error says of the message, the address and ourselves."""
    match error:
        case SMTPRecipientsRefused():
            return _classify_refused_recipient(*next(iter(error.recipients.values())))
        case SMTPDataError():
            return DeliveryFailure(
                _format_answer(error.smtp_code, error.smtp_error), is_final=_is_permanent(error.smtp_code)
            )
        case SMTPAuthenticationError() | SMTPSenderRefused():
            is_ours = _is_permanent(error.smtp_code)
            return DeliveryFailure(_format_answer(error.smtp_code, error.smtp_error), is_site_refused=is_ours)
        case _:
            is_ours = isinstance(error, SMTPNotSupportedError)
            return DeliveryFailure(f"{type(error).__name__}: {error}"[:REASON_MAX_LENGTH], is_site_refused=is_ours)


def _classify_refused_recipient(code: int, answer: bytes | str) -> DeliveryFailure:
    """Read an answer to RCPT. Codes 530 and x.7.x speak of the sender: sign-in, relaying, a block list."""
    reason = _format_answer(code, answer)
    status = reason.split(" ")[1] if " " in reason else ""
    if _is_permanent(code) and (code == SMTP_AUTH_REQUIRED or status.startswith("5.7.")):
        return DeliveryFailure(reason, is_site_refused=True)
    return DeliveryFailure(reason, is_final=_is_permanent(code), is_address_refused=_is_permanent(code))


def _is_permanent(code: int) -> bool:
    return code >= SMTP_PERMANENT_ERROR


def _format_answer(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:REASON_MAX_LENGTH]


def _record_sent(delivery: Delivery) -> None:
    """The text goes with the message: it may hold a code, and it is not needed here any longer."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.OWED).update(
        state=Delivery.State.SENT,
        finished_at=timezone.now(),
        leased_until=None,
        last_error="",
        text="",
        html="",
        headers={},
    )


def _record_failure(delivery: Delivery, failure: DeliveryFailure) -> None:
    """Put the delivery off or end it. Without the lease this changes nothing: another process has the delivery."""
    now = timezone.now()
    logger.log(
        logging.ERROR if failure.is_site_refused else logging.WARNING,
        "Mail %s did not leave (attempt %d): %s",
        delivery.pk,
        delivery.attempts,
        failure.reason,
    )
    held = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.OWED, leased_until=delivery.leased_until)
    due_at = None if failure.is_final else compute_next_attempt(delivery.attempts, now)
    if due_at is not None:
        held.update(due_at=due_at, leased_until=None, last_error=failure.reason)
        return
    with transaction.atomic():
        ended = held.update(state=Delivery.State.REFUSED, finished_at=now, leased_until=None, last_error=failure.reason)
        if ended and failure.is_address_refused:
            _mark_refused(delivery.to, failure.reason, now)


def compute_next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after so many attempts, None when it was tried for GIVE_UP_AFTER."""
    return now + RETRY_DELAYS[attempts - 1] if attempts <= len(RETRY_DELAYS) else None


def _mark_refused(address: str, reason: str, now: datetime) -> None:
    """Write down that an address refuses mail, and hold back what else is owed to it."""
    RefusedAddress.objects.bulk_create(
        [RefusedAddress(email=address.lower(), reason=reason, since=now)], ignore_conflicts=True
    )
    owed = Delivery.objects.filter(to__iexact=address, state=Delivery.State.OWED)
    owed.exclude(leased_until__gt=now).update(
        state=Delivery.State.WITHHELD, finished_at=now, leased_until=None, last_error=reason
    )
