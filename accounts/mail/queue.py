"""The mail queue: messages are stored in the transaction that causes them, and sent by the worker.

accounts/mail/sending.py describes how a message is sent, and what happens to one that cannot be.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from typing import Any, override

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.confirmed_addresses import find_owner_ids
from accounts.mail import sending, tasks
from accounts.models import Delivery, RefusedAddress
from accounts.models.mail import ACCOUNT_MAIL
from skills.text.characters import cut_text

SUBJECT_MAX_LENGTH = 300
URGENT_PRIORITY = 50  # Django's priorities go from -100 to 100; mail that a person waits for overtakes digests
PRUNE_BATCH_SIZE = 1000


class OutgoingEmail(EmailMultiAlternatives):
    """A message with its kind of mail and the user it is for; `pk` becomes the id of its delivery."""

    kind = ACCOUNT_MAIL
    user_id: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pk = uuid.uuid4()


class QueueEmailBackend(BaseEmailBackend):
    """Stores each message as a `Delivery` instead of sending it."""

    @override
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return how many messages were queued or withheld; raises ValueError for one with an attachment."""
        return len(queue_messages(email_messages))


def queue_messages(messages: Iterable[EmailMessage]) -> list[Delivery]:
    """Store a delivery for each recipient of each message.

    1. Look up which addresses refuse mail. Their deliveries are withheld from the start, except mail of the account
       itself: a person requested it and waits.
    2. Fill in the user of a delivery without one, if a user has confirmed its address.
    3. Save the deliveries.
    4. On commit, enqueue a task that sends them.
    """
    # Build all first: an attachment is an error before anything is saved.
    deliveries = [delivery for message in messages for delivery in _build_deliveries(message)]
    with transaction.atomic():
        addresses = {delivery.to.lower() for delivery in deliveries}
        refused = dict(RefusedAddress.objects.filter(email__in=addresses).values_list("email", "reason"))
        owners = find_owner_ids({delivery.to.lower() for delivery in deliveries if delivery.user_id is None})
        for delivery in deliveries:
            delivery.user_id = delivery.user_id or owners.get(delivery.to.lower())
            if delivery.kind != ACCOUNT_MAIL and delivery.to.lower() in refused:
                delivery.state, delivery.finished_at = Delivery.State.WITHHELD, delivery.created_at
                delivery.last_error = refused[delivery.to.lower()]
        Delivery.objects.bulk_create(deliveries)
        owed = [delivery for delivery in deliveries if delivery.state == Delivery.State.QUEUED]
        if owed:
            # Robust: without the task the schedule sends them, and the request that caused them is done.
            transaction.on_commit(partial(_enqueue, owed), robust=True)
    return deliveries


def _enqueue(deliveries: list[Delivery]) -> None:
    """Enqueue the task that sends these deliveries, with priority if a person waits for one of them."""
    is_urgent = any(delivery.kind == ACCOUNT_MAIL for delivery in deliveries)
    task = tasks.send.using(priority=URGENT_PRIORITY) if is_urgent else tasks.send
    task.enqueue([str(delivery.pk) for delivery in deliveries])


def _build_deliveries(message: EmailMessage) -> list[Delivery]:
    """Return an unsaved delivery for each recipient of a message; raises ValueError for one with an attachment."""
    if message.attachments:
        raise ValueError("a message that is owed has no attachments; let it link to them")
    text, html = str(message.body), _get_html(message)
    # A message with HTML alone gets a plain text as well.
    if message.content_subtype == "html":
        text, html = strip_tags(text), text
    headers = {name: str(value) for name, value in message.extra_headers.items()}
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    recipients = message.recipients()
    # The message's own id serves one delivery only; several recipients need several ids.
    own_pk = getattr(message, "pk", None) if len(recipients) == 1 else None
    return [
        Delivery(
            pk=own_pk or uuid.uuid4(),
            user_id=getattr(message, "user_id", None),
            kind=getattr(message, "kind", ACCOUNT_MAIL),
            to=parseaddr(recipient)[1] or recipient,
            sender=headers.get("From", message.from_email),
            subject=cut_text(" ".join(str(message.subject).split()), SUBJECT_MAX_LENGTH, "…"),
            text=text,
            html=html,
            headers=headers,
        )
        for recipient in recipients
    ]


def _get_html(message: EmailMessage) -> str:
    for content, mimetype in getattr(message, "alternatives", ()):
        if mimetype == "text/html":
            return str(content)
    return ""


def rewrite(delivery: Delivery, message: OutgoingEmail) -> None:
    """Replace content and recipient of a queued delivery by those of a message.

    The delivery keeps its id, and with it Message-ID and date.
    """
    # Unpacking fails if the message has several recipients: a rewritten delivery has one.
    [new_delivery] = _build_deliveries(message)
    fields = ("to", "sender", "subject", "text", "html", "headers")
    for name in fields:
        setattr(delivery, name, getattr(new_delivery, name))
    delivery.save(update_fields=fields)


def deliver_due() -> bool:
    """Send a batch of queued deliveries that are due; return whether there may be more."""
    return sending.send_due()


def prune() -> bool:
    """Delete a batch of deliveries that were finished MAIL_KEEP_DAYS ago; return whether there may be more."""
    old = Delivery.objects.finished_before(timezone.now() - timedelta(days=settings.MAIL_KEEP_DAYS))
    delivery_ids = list(old.values_list("pk", flat=True)[:PRUNE_BATCH_SIZE])
    if delivery_ids:
        Delivery.objects.filter(pk__in=delivery_ids).delete()
    return len(delivery_ids) == PRUNE_BATCH_SIZE


def find_refused_address(email: str) -> RefusedAddress | None:
    """Return the row of an address that refuses mail, None for any other address.

    Upper and lower case in `email` make no difference.
    """
    return RefusedAddress.objects.filter(email=email.lower()).first()


def delete_refused_address(email: str) -> None:
    """Allow mail to an address again: its owner has confirmed it, or says that it works.

    Withheld deliveries stay withheld, see `try_again`.
    """
    RefusedAddress.objects.filter(email=email.lower()).delete()


def try_again(deliveries: QuerySet[Delivery]) -> int:
    """Queue deliveries again, as if they had never been tried.

    1. Leave out what was sent, and what has no text any more.
    2. Delete the refusals of their addresses: these count as accepting mail again.
    3. Queue the deliveries, due now, except those that are being sent at this moment.

    Returns how many were queued.
    """
    now = timezone.now()
    with transaction.atomic():
        delivery_ids = list(deliveries.exclude(state=Delivery.State.SENT).exclude(text="").values_list("pk", flat=True))
        # By id: the caller's queryset may be sliced or filtered by what is about to change.
        selected = Delivery.objects.filter(pk__in=delivery_ids).exclude(state=Delivery.State.SENT)
        addresses = {to.lower() for to in selected.values_list("to", flat=True)}
        RefusedAddress.objects.filter(email__in=addresses).delete()
        return selected.exclude(leased_until__gt=now).update(
            state=Delivery.State.QUEUED, finished_at=None, attempts=0, due_at=now, leased_until=None
        )
