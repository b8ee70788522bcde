"""The user account, and what its owner requested: a new address, an export of their data."""

from datetime import datetime, timedelta
from typing import ClassVar, override

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from skills.text.name_fields import NameField, SortedByName


class Theme(models.TextChoices):
    """The appearance of pages: light, dark, or as the system of the user."""

    SYSTEM = "", pgettext_lazy("theme", "as the system")
    LIGHT = "light", pgettext_lazy("theme", "light")
    DARK = "dark", pgettext_lazy("theme", "dark")


class Shortcuts(models.TextChoices):
    """Whether a key alone does something: WCAG 2.1.4. Who dictates or uses a switch sends keys without meaning to."""

    ON = "on", pgettext_lazy("shortcuts", "on")
    ALT = "alt", pgettext_lazy("shortcuts", "only with Alt")
    OFF = "off", pgettext_lazy("shortcuts", "off")


class User(SortedByName, AbstractUser):
    """A user who can sign in. Others see `name`; `username` is part of URLs and never holds the e-mail address.

    While moderators hide a profile, it has no name and is not public; `hidden_name` and `was_public` keep
    the values to restore.
    """

    first_name = last_name = None  # type: ignore[assignment]  # Django's way to leave out a parent's fields
    name = NameField(_("name shown"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="de")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(_("appearance"), max_length=8, choices=Theme, blank=True, default=Theme.SYSTEM)
    shortcuts = models.CharField(
        _("single-key shortcuts"), max_length=3, choices=Shortcuts, default=Shortcuts.ON, db_default=Shortcuts.ON
    )
    is_public = models.BooleanField(_("public profile"), default=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    suspension_reason = models.TextField(_("why suspended"), blank=True, db_column="suspended_for")
    profile_hidden_at = models.DateTimeField(_("profile hidden"), null=True, blank=True)
    hidden_name = models.CharField(_("name that was hidden"), max_length=150, blank=True)
    was_public = models.BooleanField(_("public profile before it was hidden"), default=False)

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="user_theme_known"),
            models.CheckConstraint(condition=Q(shortcuts__in=Shortcuts.values), name="user_shortcuts_known"),
        ]
        # Mentions find a user name in upper and lower case (community/events/mentions.py).
        indexes: ClassVar = [models.Index(Upper("username"), name="user_username_upper")]

    @property
    def is_suspended(self) -> bool:
        """Return whether this user may read but not write now. Stored with the account, which every request loads."""
        return self.suspended_until is not None and timezone.now() < self.suspended_until

    @property
    def has_public_profile(self) -> bool:
        """Return whether everyone may see the page with what this user published."""
        return self.is_public and self.is_active

    @property
    def public_url(self) -> str:
        """Return the URL of the public profile, '' if there is none."""
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
    """A requested new address; it takes effect once both the old and the new address have confirmed it."""

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
    """Everything about one user as one JSON text, built by a task and kept for a day. A user has at most one."""

    LIFETIME = timedelta(hours=24)
    BUILD_TIMEOUT = timedelta(hours=1)  # after that the task that builds it counts as crashed

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
        """Return until when the export can be downloaded, None while it is not ready."""
        return self.ready_at + self.LIFETIME if self.ready_at else None

    @property
    def state(self) -> State:
        """Return the current state, computed from the times."""
        now = timezone.now()
        if self.valid_until:
            return self.State.READY if now < self.valid_until else self.State.EXPIRED
        # A killed task leaves no failed_at, so the time since the request decides.
        is_stuck = now >= self.requested_at + self.BUILD_TIMEOUT
        return self.State.FAILED if self.failed_at or is_stuck else self.State.BUILDING
