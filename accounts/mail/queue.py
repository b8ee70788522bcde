"""Mail that is owed: written down in the transaction that causes it, sent by the worker.

How a message leaves, and what becomes of one that does not, is said in accounts/mail/sending.py.
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
from django.utils.text import Truncator

from accounts.confirmed_addresses import find_owner_ids
from accounts.mail import sending, tasks
from accounts.models import Delivery, RefusedAddress
from accounts.models.mail import ACCOUNT_MAIL

SUBJECT_MAX_LENGTH = 300
URGENT_PRIORITY = 50  # of Django's priorities from -100 to 100; what somebody waits for overtakes digests
PRUNE_BATCH_SIZE = 1000


class OutgoingEmail(EmailMultiAlternatives):
    """A message that knows what kind of mail it is and whom it is for; `pk` becomes its delivery's."""

    kind = ACCOUNT_MAIL
    user_id: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pk = uuid.uuid4()


class QueueEmailBackend(BaseEmailBackend):
    """Writes each message down as a `Delivery` instead of sending it."""

    @override
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return how many messages are owed from now on; raises ValueError for one with an attachment."""
        return len(queue_messages(email_messages))


def queue_messages(messages: Iterable[EmailMessage]) -> list[Delivery]:
    """Write a delivery down for each recipient of each message; on commit a task sends them.

    To an address that refuses mail nothing is owed: its delivery is withheld from the start.
    Mail of the account itself is sent all the same: somebody asked for it and waits.
    """
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
        owed = [delivery for delivery in deliveries if delivery.state == Delivery.State.OWED]
        if owed:
            # Robust: without the task the schedule sends them, and the request that caused them is done.
            transaction.on_commit(partial(_enqueue, owed), robust=True)
    return deliveries


def _enqueue(deliveries: list[Delivery]) -> None:
    is_urgent = any(delivery.kind == ACCOUNT_MAIL for delivery in deliveries)
    task = tasks.send.using(priority=URGENT_PRIORITY) if is_urgent else tasks.send
    task.enqueue([str(delivery.pk) for delivery in deliveries])


def _build_deliveries(message: EmailMessage) -> list[Delivery]:
    if message.attachments:
        raise ValueError("a message that is owed has no attachments; let it link to them")
    text, html = str(message.body), _get_html(message)
    if message.content_subtype == "html":
        text, html = strip_tags(text), text
    headers = {name: str(value) for name, value in message.extra_headers.items()}
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    recipients = message.recipients()
    own_pk = getattr(message, "pk", None) if len(recipients) == 1 else None
    return [
        Delivery(
            pk=own_pk or uuid.uuid4(),
            user_id=getattr(message, "user_id", None),
            kind=getattr(message, "kind", ACCOUNT_MAIL),
            to=parseaddr(recipient)[1] or recipient,
            sender=headers.get("From", message.from_email),
            subject=Truncator(" ".join(str(message.subject).split())).chars(SUBJECT_MAX_LENGTH),
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
    """Let a delivery that has not left say what a letter says and go where it goes; Message-ID and date stay."""
    [written] = _build_deliveries(message)
    fields = ("to", "sender", "subject", "text", "html", "headers")
    for name in fields:
        setattr(delivery, name, getattr(written, name))
    delivery.save(update_fields=fields)


def deliver_due() -> bool:
    """Send a batch of what is owed and due; return whether there may be more."""
    return sending.send_due()


def prune() -> bool:
    """Delete deliveries that were finished MAIL_KEEP_DAYS ago, a batch of them; return whether there may be more."""
    old = Delivery.objects.finished_before(timezone.now() - timedelta(days=settings.MAIL_KEEP_DAYS))
    pks = list(old.values_list("pk", flat=True)[:PRUNE_BATCH_SIZE])
    if pks:
        Delivery.objects.filter(pk__in=pks).delete()
    return len(pks) == PRUNE_BATCH_SIZE


def find_refused_address(email: str) -> RefusedAddress | None:
    """Return what is known of an address that refuses mail, None for any other."""
    return RefusedAddress.objects.filter(email=email.lower()).first()


def delete_refused_address(email: str) -> None:
    """Send to an address again from now on: its owner has confirmed it, or says that it works."""
    RefusedAddress.objects.filter(email=email.lower()).delete()


def try_again(deliveries: QuerySet[Delivery]) -> int:
    """Owe these again, as if they had never been tried, but not what was sent or emptied; return how many that are.

    Their addresses count as accepting mail again. What is being sent at this moment is left to itself.
    """
    now = timezone.now()
    with transaction.atomic():
        pks = list(deliveries.exclude(state=Delivery.State.SENT).exclude(text="").values_list("pk", flat=True))
        chosen = Delivery.objects.filter(pk__in=pks).exclude(state=Delivery.State.SENT)
        addresses = {to.lower() for to in chosen.values_list("to", flat=True)}
        RefusedAddress.objects.filter(email__in=addresses).delete()
        return chosen.exclude(leased_until__gt=now).update(
            state=Delivery.State.OWED, finished_at=None, attempts=0, due_at=now, leased_until=None
        )
