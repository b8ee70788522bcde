"""Reports, the log of moderation, the words that hold a text for review, and sweeps of whole accounts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.models.discussion import Comment
from community.models.suggestions import Suggestion

MESSAGE_MAX_LENGTH = 2000  # characters


class Fault(models.TextChoices):
    """What is wrong with a reported text or profile, in the opinion of the reporter."""

    SPAM = "spam", pgettext_lazy("report", "spam")
    ABUSE = "abuse", pgettext_lazy("report", "abuse")
    LICENCE = "licence", pgettext_lazy("report", "licence")
    OTHER = "other", pgettext_lazy("report", "something else")


class ReportOutcome(models.TextChoices):
    """What moderators decided on a report."""

    AGREED = "agreed", pgettext_lazy("outcome of a report", "agreed")
    DISAGREED = "disagreed", pgettext_lazy("outcome of a report", "disagreed")
    IGNORED = "ignored", pgettext_lazy("outcome of a report", "closed without a judgement")


TARGETS = ("comment", "suggestion", "person")
"""What can be reported: the names of the fields of `Report` that point to it."""


def _build_exactly_one_condition() -> Q:
    """Return the condition that exactly one of the `TARGETS` fields is filled."""
    condition = Q()
    for name in TARGETS:
        # One alternative for each field: this one is filled and all others are empty.
        condition |= Q(**{f"{other}__isnull": other != name for other in TARGETS})
    return condition


class Report(models.Model):
    """A report of a comment, a suggestion or a profile. While `outcome` is empty it waits for a moderator.

    `reporter` is empty once the account is deleted; the report stays.
    """

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="reports",
        verbose_name=_("reporter"),
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("comment")
    )
    suggestion = models.ForeignKey(
        Suggestion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("suggestion"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reports_of_profile",
        verbose_name=_("profile"),
    )
    fault = models.CharField(_("what is wrong"), max_length=10, choices=Fault)
    # The column has kept the field's earlier name, here and in the models below.
    message = models.TextField(_("message"), blank=True, max_length=MESSAGE_MAX_LENGTH, db_column="words")
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=ReportOutcome, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar = [
            models.CheckConstraint(condition=_build_exactly_one_condition(), name="report_one_target"),
            models.CheckConstraint(condition=Q(fault__in=Fault.values), name="report_fault_known"),
            models.CheckConstraint(condition=Q(outcome__in=["", *ReportOutcome.values]), name="report_outcome_known"),
            # Exclusive or: either no outcome yet, or a time of decision, never both or neither.
            models.CheckConstraint(
                condition=Q(outcome="") ^ Q(decided_at__isnull=False), name="report_decided_has_outcome"
            ),
            # "Something else" needs an explanation, unless it was removed with the reporter's account.
            models.CheckConstraint(
                condition=~Q(fault=Fault.OTHER) | ~Q(message="") | Q(reporter__isnull=True),
                name="report_other_has_words",
            ),
            # A person reports a thing once. Empty fields are all different, so each constraint binds its own target.
            *(models.UniqueConstraint(fields=["reporter", name], name=f"report_{name}_once") for name in TARGETS),
        ]
        indexes: ClassVar = [models.Index(fields=["made_at"], condition=Q(outcome=""), name="report_waiting")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.fault}"

    @property
    def kind(self) -> str:
        """Which of `TARGETS` the report is about."""
        return next(name for name in TARGETS if getattr(self, f"{name}_id") is not None)


class ActKind(models.TextChoices):
    """What a line of the log records. Moderators do all of it except `HELD`, which the rules do by themselves."""

    AGREED = "agreed", pgettext_lazy("act", "agreed with reports")
    DISAGREED = "disagreed", pgettext_lazy("act", "disagreed with reports")
    IGNORED = "ignored", pgettext_lazy("act", "closed reports without a judgement")
    HELD = "held", pgettext_lazy("act", "held for review")
    RELEASED = "released", pgettext_lazy("act", "released")
    HIDDEN = "hidden", pgettext_lazy("act", "hidden")
    RESTORED = "restored", pgettext_lazy("act", "restored")
    WARNED = "warned", pgettext_lazy("act", "warned")
    SUSPENDED = "suspended", pgettext_lazy("act", "suspended")
    FREED = "freed", pgettext_lazy("act", "suspension ended")
    SWEPT = "swept", pgettext_lazy("act", "everything of an account hidden and reverted")
    UNSWEPT = "unswept", pgettext_lazy("act", "undone: everything of an account hidden and reverted")
    ROLE_GRANTED = "role_granted", pgettext_lazy("act", "role granted")
    ROLE_REMOVED = "role_removed", pgettext_lazy("act", "role removed")


ROLE_NAMES = {"reviewers": _("Reviewer"), "moderators": _("Moderator")}
"""The names of roles on pages, by the name of the Django group.

The log stores the group name as the `reason` of lines about a role; see `Act.displayed_reason`.
"""

TARGET_LABELS = {
    "comment": pgettext_lazy("noun", "Comment"),
    "suggestion": _("Suggestion"),
    "person": _("Profile"),
    "sweep": _("Hide and revert everything"),
}
"""What an act was done to, by `Act.target_kind`."""


class Act(models.Model):
    """One line of the log of moderation. Lines are only added: the database refuses to change or delete them.

    So it holds no foreign key that would have to be emptied when an account is deleted: `actor_id` and
    `person_id` are plain numbers, which match no row after that, and `community/moderation/log.py`
    keeps names out of the `reason`.
    """

    # A trigger guards the table: migration 0008_log_is_kept. On SQLite a migration that changes a
    # constraint copies the table and drops the trigger, see 0010_roles.
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what was done"), max_length=12, choices=ActKind)
    actor_id = models.BigIntegerField(_("who (number of the account)"), null=True, db_column="actor")
    person_id = models.BigIntegerField(_("to whom (number of the account)"), null=True, db_column="person")
    target_kind = models.CharField(_("kind of target"), max_length=12, blank=True)
    target_id = models.BigIntegerField(_("number of the target"), null=True, db_column="target")
    reason = models.TextField(_("why"), blank=True, db_column="words")
    until = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("act of moderation")
        verbose_name_plural = _("acts of moderation")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(kind__in=ActKind.values), name="act_kind_known")]
        indexes: ClassVar = [
            models.Index(fields=["person_id"], name="act_of_person"),
            models.Index(fields=["actor_id"], name="act_by_actor"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def displayed_reason(self) -> str:
        """The reason as pages show it; for a role that was granted or removed, its name in the reader's language."""
        if self.kind in {ActKind.ROLE_GRANTED, ActKind.ROLE_REMOVED}:
            return str(ROLE_NAMES.get(self.reason, self.reason))
        return self.reason

    @property
    def target_label(self) -> str:
        """What kind of thing it was done to, in the reader's language."""
        return str(TARGET_LABELS.get(self.target_kind, self.target_kind))


class WatchedWord(models.Model):
    """A word or phrase that makes a new member's text wait for moderators. Case does not matter."""

    text = models.CharField(_("text"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("word that is held for review")
        verbose_name_plural = _("words that are held for review")
        ordering: ClassVar = ["text"]

    def __str__(self) -> str:
        return self.text


class Sweep(models.Model):
    """A request to hide and revert everything that one account wrote, or to put all of it back.

    A worker carries it out, see `community/moderation/sweeping.py`. When the account of `person` is deleted,
    the row is deleted too, and what was hidden and reverted stays so. When the account of `asked_by` is
    deleted, the field is emptied.
    """

    class State(models.TextChoices):
        """How far the worker is; the undoing of a sweep is a second request on the same row."""

        ASKED = "asked", pgettext_lazy("state of a sweep", "waits for the worker")
        DONE = "done", pgettext_lazy("state of a sweep", "done")
        UNDO_ASKED = "undo_asked", pgettext_lazy("state of a sweep", "undoing waits for the worker")
        UNDONE = "undone", pgettext_lazy("state of a sweep", "undone")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sweeps", verbose_name=_("person")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ASKED)
    reason = models.TextField(_("why"), max_length=MESSAGE_MAX_LENGTH, db_column="words")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    # Until then the sweep belongs to one worker; afterwards another one may continue it.
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "done", "undo_asked", "undone"]), name="sweep_state_known"
            ),
            # At most one sweep of a person is not undone; a second request fails here, not in a check before it.
            models.UniqueConstraint(
                fields=["person"], condition=~Q(state="undone"), name="sweep_one_in_force_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.person}"


class SweptThing(models.Model):
    """One item of a sweep and what became of it. Saved in the same transaction as the action on the item."""

    class Result(models.TextChoices):
        """What became of the item, first when the sweep was carried out, then when it was undone."""

        PLANNED = "planned", pgettext_lazy("result", "waits")
        DONE = "done", pgettext_lazy("result", "done")
        STAYS = "stays", pgettext_lazy("result", "stays as it is")
        UNDONE = "undone", pgettext_lazy("result", "undone")
        STAYS_DONE = "stays_done", pgettext_lazy("result", "changed since: not put back")

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="things")
    kind = models.CharField(_("kind"), max_length=12)  # one of `targets.KINDS`, or `sweep_plan.SKILL_KIND`
    # A plain number and no foreign key: the items are rows of several tables.
    thing_id = models.BigIntegerField(_("number"), db_column="number")
    result = models.CharField(_("result"), max_length=12, choices=Result, default=Result.PLANNED)
    revision_id = models.BigIntegerField(_("revision that took it back"), null=True, db_column="revision")
    kept_fields = models.JSONField(_("fields that stay"), default=list, db_column="kept")

    class Meta:
        verbose_name = _("swept thing")
        verbose_name_plural = _("swept things")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sweep", "kind", "thing_id"], name="swept_thing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing_id}"
