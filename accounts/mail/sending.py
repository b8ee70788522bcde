"""How queued mail is sent, and what happens to a message that cannot be.

A delivery is claimed by a conditional update and a lease: the process that changes the row sends it. A
killed process leaves its lease behind; when the lease has run out, the message is due again and keeps its
Message-ID and date. What happens after a failure depends on its cause:

- A temporary failure postpones the delivery, for longer each time.
- A server that refuses the recipient for good marks the address as refused.
- A server that refuses the text says something about that message only.
- A server that refuses us (sign-in, sender, relaying) means that the operator has to correct the settings.
- A silent server costs one time-out: the rest of the batch stays queued and untried.

A message may wait for days. With the connection open and before each attempt it is checked again:
withdrawn mail is not sent, and mail of a kind in MAIL_REWRITERS is rewritten with current content.
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

from accounts.confirmed_addresses import build_address_condition
from accounts.models import Delivery, RefusedAddress
from skills.text.characters import cut_text

logger = logging.getLogger(__name__)

BATCH_SIZE = 50
LEASE = timedelta(minutes=10)  # longer than a slow server can need: about ten answers of MAIL_TIMEOUT each
FIRST_RETRY_DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
LATER_RETRY_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)
# One delay for each failed attempt; all together they take at most GIVE_UP_AFTER.
RETRY_DELAYS = (
    *FIRST_RETRY_DELAYS,
    *[LATER_RETRY_DELAY] * ((GIVE_UP_AFTER - sum(FIRST_RETRY_DELAYS, timedelta())) // LATER_RETRY_DELAY),
)
SMTP_PERMANENT_ERROR = 500  # and all codes above
SMTP_AUTH_REQUIRED = 530
SMTP_SERVICE_CLOSING = 421
REASON_MAX_LENGTH = 500
MAX_DISCONNECTS = 2  # after so many broken connections in a row the server is the cause, not one message
SILENT_SECONDS = 60  # for so long after a silent time-out only the schedule tries the server


@dataclass(frozen=True, slots=True)
class DeliveryFailure:
    """Why a message was not sent."""

    reason: str
    is_final: bool = False  # another attempt would change nothing
    is_address_refused: bool = False  # no other message would reach this address either
    is_site_refused: bool = False  # the server refuses this site, whatever it sends


class ServerState(Enum):
    """What an attempt showed about the mail server."""

    UNAVAILABLE = auto()  # not reached, silent, or closing down: the next message would fail as well
    DISCONNECTED = auto()  # it closed the connection, perhaps because of that one message
    AVAILABLE = auto()


@dataclass
class _Silence:
    """A silent server that this process knows of: its transport, and until when (monotonic seconds) to avoid it."""

    transport: object = None
    until: float = 0.0


_silence = _Silence()


def send_unless_silent(delivery_ids: Iterable[UUID]) -> None:
    """Send these deliveries unless the server was silent a moment ago; then the schedule sends all that waits.

    Each sign-in or sign-up enqueues a task of its own, and each task would wait for the same silence. A server that
    refuses the connection answers at once, so after a refusal each task tries it.
    """
    if _silence.transport != settings.MAILERS["transport"] or time.monotonic() >= _silence.until:
        send_each(delivery_ids)


def send_due() -> bool:
    """Send a batch of queued deliveries that are due; return whether there may be more to send now."""
    due = Delivery.objects.due(timezone.now()).in_sending_order()
    delivery_ids = list(due.values_list("pk", flat=True)[:BATCH_SIZE])
    return bool(delivery_ids) and send_each(delivery_ids) and len(delivery_ids) == BATCH_SIZE


def send_each(delivery_ids: Iterable[UUID]) -> bool:
    """Send those of the deliveries that are queued and due, over one connection.

    If the server is unreachable or silent, the rest stays queued, so that not each message waits for the same
    silence. Returns whether the server was available.
    """
    transport = mailers["transport"]
    disconnect_count = 0
    try:
        for delivery_id in delivery_ids:
            delivery = claim(delivery_id)
            if delivery is None:
                continue
            server_state = _deliver(transport, delivery)
            disconnect_count = disconnect_count + 1 if server_state is ServerState.DISCONNECTED else 0
            if server_state is ServerState.UNAVAILABLE or disconnect_count == MAX_DISCONNECTS:
                return False
    finally:
        _close(transport)
    return True


def claim(delivery_id: UUID) -> Delivery | None:
    """Claim a delivery for this process and return it; None if it is not due or another process has it.

    Counts the attempt and sets a lease of `LEASE`; only the holder of the lease may change the delivery.
    """
    now = timezone.now()
    # A conditional update: of several processes, one changes the row and owns the delivery.
    claimed_count = (
        Delivery.objects.due(now).filter(pk=delivery_id).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    )
    return Delivery.objects.filter(pk=delivery_id).first() if claimed_count else None


def _deliver(transport: BaseEmailBackend, delivery: Delivery) -> ServerState:
    """Send a claimed delivery.

    1. Open the connection, unless it is open already.
    2. Check again whether the delivery is still to be sent, and with which content.
    3. Send it and record the result: sent, postponed, refused.
    4. Record whether the server was silent.

    Returns what the attempt showed about the server.
    """
    is_open = is_silent = False
    try:
        transport.open()
        is_open = True
        if not _should_still_send(delivery):
            _close(transport)  # no message was sent on it; the next one opens it again
            return ServerState.AVAILABLE
        transport.send_messages([build_message(delivery)])
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; an address may be malformed
        _close(transport)
        _record_failure(delivery, classify_error(error))
        server_state = _get_server_state(error) if is_open else ServerState.UNAVAILABLE
        # If the host is unreachable, so is its name server: gaierror.
        is_silent = isinstance(error, TimeoutError | gaierror)
    else:
        _record_sent(delivery)
        server_state = ServerState.AVAILABLE
    _record_silence(is_silent=is_silent)
    return server_state


def _get_server_state(error: Exception) -> ServerState:
    """Return what an error says about the server, after a connection was open."""
    match error:
        case TimeoutError():
            return ServerState.UNAVAILABLE
        case SMTPServerDisconnected() | ConnectionError():
            return ServerState.DISCONNECTED
        case SMTPDataError(smtp_code=code) | SMTPSenderRefused(smtp_code=code) if code == SMTP_SERVICE_CLOSING:
            return ServerState.UNAVAILABLE
        # smtplib gives an answer for each recipient; 421 there means that the server closes down.
        case SMTPRecipientsRefused(recipients=answers) if SMTP_SERVICE_CLOSING in {
            code for code, _text in answers.values()
        }:
            return ServerState.UNAVAILABLE
        case _:
            return ServerState.AVAILABLE


def _record_silence(*, is_silent: bool) -> None:
    """Remember or forget that the current transport is silent."""
    _silence.transport = settings.MAILERS["transport"] if is_silent else None
    _silence.until = time.monotonic() + SILENT_SECONDS


def _should_still_send(delivery: Delivery) -> bool:
    """Check a claimed message once more, while the connection is open; return whether to send it.

    1. If it was deleted, for example with an account, or belongs to another worker by now: leave it alone.
    2. For mail to members, MAIL_REWRITERS names a function for some kinds. It rewrites the delivery with current
       content and returns whether there is anything left to say. If not, delete the delivery.
    3. If that function set another address, and this one refuses mail: withhold the delivery.
    """
    # `leased_until` is our lease: another worker that took over has set another one.
    own_row = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED, leased_until=delivery.leased_until)
    if not own_row.exists():
        return False
    rewriter_path = settings.MAIL_REWRITERS.get(delivery.kind) if delivery.user_id is not None else None
    if rewriter_path is None:
        return True
    old_address = delivery.to
    if not import_string(rewriter_path)(delivery):
        own_row.delete()
        return False
    refusal = None if delivery.to == old_address else RefusedAddress.objects.filter(email=delivery.to.lower()).first()
    if refusal is not None:
        own_row.update(
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
    """A header that is one long token. Python would fold it into encoded words, which mail programs read as no URL."""

    @override
    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_header_registry = HeaderRegistry()
for _name in ("list-unsubscribe", "list-id"):
    _header_registry.map_to_type(_name, _UnfoldedHeader)


class _Message(EmailMultiAlternatives):
    """A message whose List-Unsubscribe and List-Id headers are never folded."""

    @override
    def message(self, *, policy: Any = default_policy) -> Any:
        return super().message(policy=policy.clone(header_factory=_header_registry))


def build_message(delivery: Delivery) -> EmailMultiAlternatives:
    """Return the message of a delivery.

    It is the same message however often it is built: Message-ID and date come from the delivery. Auto-Submitted
    keeps automatic answers, such as those of an absent person, from coming back (RFC 3834).
    """
    own_headers = {
        "Auto-Submitted": "auto-generated",
        "Message-ID": f"<{delivery.pk}@{_get_domain(delivery.sender)}>",
        "Date": format_datetime(delivery.created_at.astimezone(UTC)),
    }
    headers = {**delivery.headers, **own_headers}
    message = _Message(delivery.subject, delivery.text, delivery.sender, [delivery.to], headers=headers)
    if delivery.html:
        message.attach_alternative(delivery.html, "text/html")
    return message


def _get_domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def classify_error(error: Exception) -> DeliveryFailure:
    """Return what an error says about the message, the address and this site.

    `error` is one of smtplib's errors, another `OSError`, or a `ValueError` of a malformed address.
    """
    match error:
        case SMTPRecipientsRefused():
            # There is one recipient, so one answer.
            return _classify_refused_recipient(*next(iter(error.recipients.values())))
        case SMTPDataError():
            return DeliveryFailure(
                _format_answer(error.smtp_code, error.smtp_error), is_final=_is_permanent(error.smtp_code)
            )
        case SMTPAuthenticationError() | SMTPSenderRefused():
            is_site_refused = _is_permanent(error.smtp_code)
            return DeliveryFailure(_format_answer(error.smtp_code, error.smtp_error), is_site_refused=is_site_refused)
        case _:
            is_site_refused = isinstance(error, SMTPNotSupportedError)
            return DeliveryFailure(
                cut_text(f"{type(error).__name__}: {error}", REASON_MAX_LENGTH), is_site_refused=is_site_refused
            )


def _classify_refused_recipient(code: int, answer: bytes | str) -> DeliveryFailure:
    """Classify an answer to RCPT. Codes 530 and x.7.x are about the sender: sign-in, relaying, a block list."""
    reason = _format_answer(code, answer)
    # Example: "550 5.1.1 No such user" has the enhanced code 5.1.1 (RFC 3463).
    enhanced_code = reason.split(" ")[1] if " " in reason else ""
    if _is_permanent(code) and (code == SMTP_AUTH_REQUIRED or enhanced_code.startswith("5.7.")):
        return DeliveryFailure(reason, is_site_refused=True)
    return DeliveryFailure(reason, is_final=_is_permanent(code), is_address_refused=_is_permanent(code))


def _is_permanent(code: int) -> bool:
    return code >= SMTP_PERMANENT_ERROR


def _format_answer(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return cut_text(f"{code} {' '.join(text.split())}", REASON_MAX_LENGTH)


def _record_sent(delivery: Delivery) -> None:
    """Mark a delivery as sent, and delete its text: it may hold a code, and nothing here needs it any more."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED).update(
        state=Delivery.State.SENT,
        finished_at=timezone.now(),
        leased_until=None,
        last_error="",
        text="",
        html="",
        headers={},
    )


def _record_failure(delivery: Delivery, failure: DeliveryFailure) -> None:
    """Postpone a delivery or end it. Changes nothing without the lease: then another process has the delivery."""
    now = timezone.now()
    logger.log(
        logging.ERROR if failure.is_site_refused else logging.WARNING,
        "Mail %s did not leave (attempt %d): %s",
        delivery.pk,
        delivery.attempts,
        failure.reason,
    )
    own_row = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED, leased_until=delivery.leased_until)
    due_at = None if failure.is_final else compute_next_attempt(delivery.attempts, now)
    if due_at is not None:
        own_row.update(due_at=due_at, leased_until=None, last_error=failure.reason)
        return
    with transaction.atomic():
        has_changed = own_row.update(
            state=Delivery.State.REFUSED, finished_at=now, leased_until=None, last_error=failure.reason
        )
        if has_changed and failure.is_address_refused:
            _mark_refused(delivery.to, failure.reason, now)


def compute_next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again, None if the delivery was tried for GIVE_UP_AFTER.

    `attempts` is the number of attempts so far, at least 1; `now` is the time of the last one.
    """
    return now + RETRY_DELAYS[attempts - 1] if attempts <= len(RETRY_DELAYS) else None


def _mark_refused(address: str, reason: str, now: datetime) -> None:
    """Record that an address refuses mail, and withhold its other queued deliveries."""
    RefusedAddress.objects.bulk_create(
        [RefusedAddress(email=address.lower(), reason=reason, since=now)], ignore_conflicts=True
    )
    queued = Delivery.objects.filter(build_address_condition("to", [address.lower()]), state=Delivery.State.QUEUED)
    # What another process is sending at this moment is left to that process.
    queued.exclude(leased_until__gt=now).update(
        state=Delivery.State.WITHHELD, finished_at=now, leased_until=None, last_error=reason
    )
