"""Mail that is owed: a row for each message, kept until it is certain that it left."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACCOUNT_MAIL = "account"  # the kind of mail somebody waits for: codes, confirmations


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        """Return what is owed, due, and not being sent by somebody else."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now), state="owed", due_at__lte=now)

    def in_sending_order(self) -> Self:
        """Return what somebody waits for before all else, then what is due longest."""
        return self.order_by(Case(When(kind=ACCOUNT_MAIL, then=Value(0)), default=Value(1)), "due_at")

    def finished_before(self, moment: datetime) -> Self:
        return self.filter(finished_at__lt=moment)


class Delivery(models.Model):
    """One message to one address. Its Message-ID is made from `id`, so that sent twice it is the same message."""

    class State(models.TextChoices):
        OWED = "owed", pgettext_lazy("state of a mail", "owed")
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
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OWED)
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
                name="delivery_finished_unless_owed",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="owed"), name="delivery_owed"),
            models.Index(fields=["to"], name="delivery_to"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="delivery_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class RefusedAddress(models.Model):
    """An address whose server refused mail for good; nothing more is sent there until its owner says otherwise."""

    email = models.EmailField(_("address"), unique=True)
    reason = models.TextField(_("reason"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("refused address")
        verbose_name_plural = _("refused addresses")

    def __str__(self) -> str:
        return self.email
