"""What moderators have before them, what they did, and what is looked for."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.models.discussion import Comment
from community.models.suggestions import Suggestion

MESSAGE_MAX_LENGTH = 2000


class Fault(models.TextChoices):
    """What somebody says is wrong with what others wrote."""

    SPAM = "spam", pgettext_lazy("report", "spam")
    ABUSE = "abuse", pgettext_lazy("report", "abuse")
    LICENCE = "licence", pgettext_lazy("report", "licence")
    OTHER = "other", pgettext_lazy("report", "something else")


class ReportOutcome(models.TextChoices):
    """What moderators made of a report."""

    AGREED = "agreed", pgettext_lazy("outcome of a report", "agreed")
    DISAGREED = "disagreed", pgettext_lazy("outcome of a report", "disagreed")
    IGNORED = "ignored", pgettext_lazy("outcome of a report", "closed without a judgement")


TARGETS = ("comment", "suggestion", "person")
"""What can be reported, by the name of its field."""


def _build_exactly_one_condition() -> Q:
    one = Q()
    for name in TARGETS:
        one |= Q(**{f"{other}__isnull": other != name for other in TARGETS})
    return one


class Report(models.Model):
    """Somebody says that something does not belong here. Without `outcome` it waits for a moderator."""

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
            models.CheckConstraint(
                condition=Q(outcome="") ^ Q(decided_at__isnull=False), name="report_decided_has_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(fault=Fault.OTHER) | ~Q(message="") | Q(reporter__isnull=True),
                name="report_other_has_words",
            ),
            *(models.UniqueConstraint(fields=["reporter", name], name=f"report_{name}_once") for name in TARGETS),
        ]
        indexes: ClassVar = [models.Index(fields=["made_at"], condition=Q(outcome=""), name="report_waiting")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.fault}"

    @property
    def kind(self) -> str:
        """Which of `TARGETS` it is about."""
        return next(name for name in TARGETS if getattr(self, f"{name}_id") is not None)


class ActKind(models.TextChoices):
    """What a moderator can have done; `HELD` was done by the rules themselves."""

    AGREED = "agreed", pgettext_lazy("act", "agreed with reports")
    DISAGREED = "disagreed", pgettext_lazy("act", "disagreed with reports")
    IGNORED = "ignored", pgettext_lazy("act", "closed reports without a judgement")
    HELD = "held", pgettext_lazy("act", "held for a look")
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
"""What the roles are called on pages, by the name of the group, which the log keeps as the words of their lines."""

TARGET_LABELS = {
    "comment": pgettext_lazy("noun", "Comment"),
    "suggestion": _("Suggestion"),
    "person": _("Profile"),
    "sweep": _("Hide and revert everything"),
}


class Act(models.Model):
    """One line of the log of moderation. Only ever added: the database refuses to change or delete it.

    So it holds no relation that a deleted account would have to be taken out of: `actor` and
    `person` are the numbers of accounts, which lead nowhere once these are gone, and
    `community/moderation/log.py` keeps names out of the words.
    """

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
        """Why, as pages show it: of a role that was granted or removed, its name in the reader's language."""
        if self.kind in {ActKind.ROLE_GRANTED, ActKind.ROLE_REMOVED}:
            return str(ROLE_NAMES.get(self.reason, self.reason))
        return self.reason

    @property
    def target_label(self) -> str:
        """What kind of thing it was done to."""
        return str(TARGET_LABELS.get(self.target_kind, self.target_kind))


class WatchedWord(models.Model):
    """What a new member writes is held for a look where it holds this; upper and lower case are the same."""

    text = models.CharField(_("text"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("word that is held for a look")
        verbose_name_plural = _("words that are held for a look")
        ordering: ClassVar = ["text"]

    def __str__(self) -> str:
        return self.text


class Sweep(models.Model):
    """Everything that one account wrote, to be hidden and taken back by a worker, or to be put back as a whole.

    `person` and `asked_by` are gone with their accounts; what is swept stays so.
    """

    class State(models.TextChoices):
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
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "done", "undo_asked", "undone"]), name="sweep_state_known"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=~Q(state="undone"), name="sweep_one_in_force_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.person}"


class SweptThing(models.Model):
    """One thing of a sweep: what was done with it, or why it stays. Its row is written with the deed."""

    class Result(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("result", "waits")
        DONE = "done", pgettext_lazy("result", "done")
        STAYS = "stays", pgettext_lazy("result", "stays as it is")
        UNDONE = "undone", pgettext_lazy("result", "undone")
        STAYS_DONE = "stays_done", pgettext_lazy("result", "changed since: not put back")

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="things")
    kind = models.CharField(_("kind"), max_length=12)  # of `targets.KINDS`, or "revision"
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
