"""Somebody with an account, and what they asked of it."""

import unicodedata
from datetime import datetime, timedelta
from itertools import pairwise
from typing import ClassVar, override

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

JOINERS = "\u200c\u200d"
VIRAMA = 9  # the class of these signs among those that combine


def check_name(name: str) -> None:
    """Raise `ValidationError` for what nobody sees in a name: ends of lines, marks that turn the reading direction.

    Arabic and Indic scripts cannot do without joiners, elsewhere they would make a name look like
    another one. Source: RFC 5892, appendices A.1 and A.2, for Arabic made simpler.
    """
    for before, character in pairwise(f" {name}"):
        if not character.isprintable() and not (character in JOINERS and _allows_joiners(before)):
            raise ValidationError(_("The name holds a character that cannot be shown."))


def _allows_joiners(letter: str) -> bool:
    return unicodedata.combining(letter) == VIRAMA or unicodedata.bidirectional(letter) == "AL"


class Theme(models.TextChoices):
    """How the pages look to somebody."""

    SYSTEM = "", pgettext_lazy("theme", "as the system")
    LIGHT = "light", pgettext_lazy("theme", "light")
    DARK = "dark", pgettext_lazy("theme", "dark")


class User(AbstractUser):
    """Somebody who signs in. `name` is what others see; `username` stands in URLs and never holds the address.

    Where moderators hid the profile, it has no name and is not public; `hidden_name` and `was_public` keep
    how it was.
    """

    first_name = last_name = None  # type: ignore[assignment]  # Django's way to leave out a parent's fields
    name = models.CharField(_("name shown"), max_length=150, blank=True, validators=[check_name])
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="de")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(_("appearance"), max_length=8, choices=Theme, blank=True, default=Theme.SYSTEM)
    is_public = models.BooleanField(_("public profile"), default=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    suspension_reason = models.TextField(_("why suspended"), blank=True, db_column="suspended_for")
    profile_hidden_at = models.DateTimeField(_("profile hidden"), null=True, blank=True)
    hidden_name = models.CharField(_("name that was hidden"), max_length=150, blank=True)
    was_public = models.BooleanField(_("public profile before it was hidden"), default=False)

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [models.CheckConstraint(condition=Q(theme__in=Theme.values), name="user_theme_known")]

    @property
    def is_suspended(self) -> bool:
        """Whether this person reads but cannot write just now. Read with the account, at every request."""
        return self.suspended_until is not None and timezone.now() < self.suspended_until

    @property
    def has_public_profile(self) -> bool:
        """Whether everybody may see the page with what this person published."""
        return self.is_public and self.is_active

    @property
    def public_url(self) -> str:
        """Where that page is, '' where nobody may see it."""
        return reverse("accounts:person", args=[self.username]) if self.has_public_profile else ""

    @override
    def get_full_name(self) -> str:
        """Return the name shown to others."""
        return self.name or self.username

    @override
    def get_short_name(self) -> str:
        """Return the name shown to others."""
        return self.get_full_name()


class EmailChange(models.Model):
    """A new address somebody asked for; it counts once both the old and the new one have confirmed it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="email_change", verbose_name=_("user"))
    new_email = models.EmailField(_("new address"))
    old_confirmed_at = models.DateTimeField(_("confirmed by the old address"), null=True, blank=True)
    new_confirmed_at = models.DateTimeField(_("confirmed by the new address"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")

    def __str__(self) -> str:
        return f"{self.user}: {self.new_email}"


class DataExport(models.Model):
    """Everything about one person as one JSON text, made by a task and kept for a day. One a person at a time."""

    LIFETIME = timedelta(hours=24)
    BUILD_TIMEOUT = timedelta(hours=1)  # after that its maker is taken for dead

    class State(models.TextChoices):
        BUILDING = "making", pgettext_lazy("state of an export", "being made")
        READY = "ready", pgettext_lazy("state of an export", "ready")
        FAILED = "failed", pgettext_lazy("state of an export", "failed")
        EXPIRED = "expired", pgettext_lazy("state of an export", "no longer valid")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="export", verbose_name=_("user"))
    requested_at = models.DateTimeField(_("asked for"), default=timezone.now)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    content = models.TextField(_("content"), blank=True)

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")

    def __str__(self) -> str:
        return f"{self.user}, {self.requested_at:%Y-%m-%d}"

    @property
    def valid_until(self) -> datetime | None:
        """Until when it can be fetched, None while it is not there."""
        return self.ready_at + self.LIFETIME if self.ready_at else None

    @property
    def state(self) -> State:
        """How it stands with it now."""
        now = timezone.now()
        if self.valid_until:
            return self.State.READY if now < self.valid_until else self.State.EXPIRED
        is_stuck = now >= self.requested_at + self.BUILD_TIMEOUT
        return self.State.FAILED if self.failed_at or is_stuck else self.State.BUILDING
