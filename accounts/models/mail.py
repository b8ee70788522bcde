"""The mail queue: one row for each message, kept until the message has certainly been sent."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACCOUNT_MAIL = "account"  # the kind of mail that a person waits for: codes, confirmations


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Queries of the worker that sends and prunes mail."""

    def due(self, now: datetime) -> Self:
        """Return queued deliveries that are to be sent now.

        `now` is compared with `due_at`. Deliveries that another process is sending (a lease still runs) are left out.
        """
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now), state="owed", due_at__lte=now)

    def in_sending_order(self) -> Self:
        """Return mail that a person waits for (`ACCOUNT_MAIL`) first, then the delivery that is due longest."""
        return self.order_by(Case(When(kind=ACCOUNT_MAIL, then=Value(0)), default=Value(1)), "due_at")

    def finished_before(self, moment: datetime) -> Self:
        """Return deliveries that were finished (sent, refused or withheld) before `moment`.

        Queued deliveries are never among them: they have no `finished_at`.
        """
        return self.filter(finished_at__lt=moment)


class Delivery(models.Model):
    """One message to one address. Its Message-ID is built from `id`, so that a second copy is the same message."""

    class State(models.TextChoices):
        QUEUED = "owed", pgettext_lazy("state of a mail", "queued")
        SENT = "sent", pgettext_lazy("state of a mail", "sent")
        REFUSED = "refused", pgettext_lazy("state of a mail", "refused for good")
        WITHHELD = "withheld", pgettext_lazy("state of a mail", "withheld, the address refuses mail")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    kind = models.CharField(_("kind"), max_length=40)
    to = models.EmailField(_("to"))
    sender = models.CharField(_("sender"), max_length=300)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    # State, attempts and lease: see accounts/mail/sending.py.
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    leased_until = models.DateTimeField(_("being sent until"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="owed", finished_at__isnull=True)
                | Q(state__in=["sent", "refused", "withheld"], finished_at__isnull=False),
                # A queued delivery is never finished, any other always is: `prune` relies on it.
                name="delivery_finished_unless_owed",
            )
        ]
        indexes: ClassVar = [
            # A partial index: finished rows are the many, and the worker never looks for them here.
            models.Index(fields=["due_at"], condition=Q(state="owed"), name="delivery_owed"),
            models.Index(fields=["to"], name="delivery_to"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="delivery_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class RefusedAddress(models.Model):
    """An address whose server refused mail for good; nothing is sent to it until its owner says that it works."""

    email = models.EmailField(_("address"), unique=True)
    reason = models.TextField(_("reason"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("refused address")
        verbose_name_plural = _("refused addresses")

    def __str__(self) -> str:
        return self.email
