"""The writes of people, which the limits of new accounts count."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WriteKind(models.TextChoices):
    """What is counted separately. A post is something that others read, a write is any form that is sent."""

    POST = "post", _("post")
    WRITE = "write", _("write")


class CountedWrite(models.Model):
    """One write of a person at one moment. Kept as long as the longest limit looks back.

    `community/posting/limiter.py` says why each write is a row of its own.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="counted_writes", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=WriteKind)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("counted write")
        verbose_name_plural = _("counted writes")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=WriteKind.values), name="counted_write_kind_known")
        ]
        # The latest writes of a person for the limiter, and the old rows of everyone for deletion.
        indexes: ClassVar = [
            models.Index(fields=["user", "kind", "-at"], name="counted_write_of_user"),
            models.Index(fields=["at"], name="counted_write_age"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"
