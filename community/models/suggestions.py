"""A suggestion, the changes it holds, who decided what of it, and who voted."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from skills.models import Revision, Significance, Skill

REASON_MAX_LENGTH = 2000
SOURCE_MAX_LENGTH = 1000


class State(models.TextChoices):
    """Where a suggestion stands. `community/suggestions/moves.py` says what may follow what."""

    DRAFT = "draft", pgettext_lazy("state of a suggestion", "draft")
    OPEN = "open", pgettext_lazy("state of a suggestion", "open")
    CHANGES_REQUESTED = "changes_requested", pgettext_lazy("state of a suggestion", "changes requested")
    ACCEPTED = "accepted", pgettext_lazy("state of a suggestion", "accepted")
    ACCEPTED_WITH_CHANGES = "accepted_with_changes", pgettext_lazy("state of a suggestion", "accepted with changes")
    DECLINED = "declined", pgettext_lazy("state of a suggestion", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a suggestion", "withdrawn")
    OUTDATED = "outdated", pgettext_lazy("state of a suggestion", "outdated")


class ChangeOutcome(models.TextChoices):
    """What became of one change of a suggestion."""

    PENDING = "pending", pgettext_lazy("outcome of a change", "waiting")
    APPLIED = "applied", pgettext_lazy("outcome of a change", "applied")
    EDITED = "edited", pgettext_lazy("outcome of a change", "applied with changes")
    ALREADY_APPLIED = "already_applied", pgettext_lazy("outcome of a change", "already applied")
    SUPERSEDED = "superseded", pgettext_lazy("outcome of a change", "superseded")


class Verdict(models.TextChoices):
    """What a reviewer said."""

    ACCEPT = "accept", pgettext_lazy("verdict", "accepted")
    DECLINE = "decline", pgettext_lazy("verdict", "declined")
    REQUEST_CHANGES = "request_changes", pgettext_lazy("verdict", "changes requested")


class DeclineReason(models.Model):
    """Why a suggestion may be declined; administrators keep the list."""

    german = models.CharField(_("German"), max_length=200, unique=True)
    english = models.CharField(_("English"), max_length=200, unique=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("reason to decline")
        verbose_name_plural = _("reasons to decline")
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.german if get_language() == "de" else self.english


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Suggestions by who may see them."""

    def public(self) -> Self:
        """Return what everybody may see: submitted, not hidden by moderators, not held for their look."""
        return self.filter(submitted_at__isnull=False, hidden_at__isnull=True, held_at__isnull=True)


class Suggestion(models.Model):
    """What somebody would change of a skill, and why. Rows are kept for ever.

    `hidden_at` is set by moderators, `held_at` while what a new member wrote waits for them;
    neither is there for anybody but its author and moderators.
    """

    key = models.UUIDField(_("key of the form"), default=uuid.uuid4, unique=True, editable=False)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="suggestions", verbose_name=_("skill"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="suggestions",
        verbose_name=_("author"),
    )
    state = models.CharField(_("state"), max_length=24, choices=State, default=State.DRAFT)
    reason = models.TextField(_("reason"), blank=True, max_length=REASON_MAX_LENGTH)
    source = models.CharField(_("source"), blank=True, max_length=SOURCE_MAX_LENGTH)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    second_reader_asked = models.BooleanField(_("second reader asked for"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    held_at = models.DateTimeField(_("held for a look"), null=True, blank=True)

    objects: ClassVar = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="suggestion_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN]) | Q(submitted_at__isnull=False),
                name="suggestion_submitted_unless_draft",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN]) | ~Q(reason=""), name="suggestion_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(author__isnull=True) | ~Q(claimed_by=F("author")),
                name="suggestion_not_claimed_by_author",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["skill", "state"], name="suggestion_of_skill"),
            models.Index(fields=["submitted_at"], condition=Q(state="open"), name="suggestion_queue"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.skill}"

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it, see `SuggestionQuerySet.public`; who else may says `rules.may_read`."""
        return self.submitted_at is not None and self.hidden_at is None and self.held_at is None


class SuggestedChange(models.Model):
    """One field of the skill, from the value it was based on to the proposed one; both as `Change.as_json` has them."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(_("field"), max_length=20)
    role = models.CharField(_("role"), max_length=120, blank=True)
    level = models.CharField(_("level"), max_length=40, blank=True)
    base = models.JSONField(_("based on"), null=True)
    proposed = models.JSONField(_("proposed"), null=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=ChangeOutcome, default=ChangeOutcome.PENDING)
    published = models.JSONField(_("published"), null=True)
    # Worked out when the change is kept: a queue of thousands cannot compare texts word by word.
    is_tiny = models.BooleanField(_("mends a slip only"), default=False, editable=False)

    class Meta:
        verbose_name = _("suggested change")
        verbose_name_plural = _("suggested changes")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["suggestion", "field", "role", "level"], name="suggested_change_once_a_field"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=ChangeOutcome.values), name="suggested_change_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.field, self.role, self.level) if part)


class Decision(models.Model):
    """What one reviewer said of a suggestion, and what came of it. Never edited but by being undone.

    `author` repeats the suggestion's author, so that the database itself can refuse
    somebody deciding their own; `own_reason` is what a superuser writes who must.
    `is_closing` decisions end the review; of these a suggestion has at most one in force.
    """

    key = models.UUIDField(_("key of the request"), default=uuid.uuid4, unique=True, editable=False)
    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="decisions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="decisions"
    )
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict)
    decline_reason = models.ForeignKey(DeclineReason, on_delete=models.PROTECT, null=True, blank=True)
    message = models.TextField(_("message"), blank=True, max_length=REASON_MAX_LENGTH, db_column="words")
    own_reason = models.TextField(_("why the author decides"), blank=True, max_length=REASON_MAX_LENGTH)
    significance = models.CharField(_("significance"), max_length=10, choices=Significance, blank=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    is_closing = models.BooleanField(_("ends the review"), default=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["suggestion"],
                condition=Q(is_closing=True, undone_at__isnull=True),
                name="decision_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True)
                | Q(author__isnull=True)
                | ~Q(reviewer=F("author"))
                | ~Q(own_reason=""),
                name="decision_not_by_author",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.DECLINE) | Q(decline_reason__isnull=False), name="decision_decline_reason"
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="decision_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion}: {self.verdict}"

    @property
    def is_by_votes(self) -> bool:
        """Whether votes accepted it: a reviewer always says what it signifies."""
        return self.verdict == Verdict.ACCEPT and not self.significance


class Step(models.Model):
    """One move of a suggestion from state to state, as its page tells it."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="steps")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.CharField(_("from"), max_length=24, choices=State)
    after = models.CharField(_("to"), max_length=24, choices=State)
    message = models.TextField(_("message"), blank=True, max_length=REASON_MAX_LENGTH, db_column="words")
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    is_by_site = False
    """Whether nobody but the site's own rules made it, which the page works out."""

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.suggestion}: {self.before} → {self.after}"


class Vote(models.Model):
    """One person for or against a suggestion; `author` repeats its author, who has no vote."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="votes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="votes")
    value = models.SmallIntegerField(_("value"), choices=[(1, "+1"), (-1, "−1")])
    cast_at = models.DateTimeField(_("cast"), default=timezone.now)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["suggestion", "user"], name="vote_once_a_person"),
            models.CheckConstraint(condition=Q(value__in=[1, -1]), name="vote_for_or_against"),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(author__isnull=True) | ~Q(user=F("author")),
                name="vote_never_the_authors",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion}: {self.value:+d}"


OPEN_STATES = (State.OPEN, State.CHANGES_REQUESTED)
"""Before reviewers, or back with the author at their wish: not decided yet."""


ACCEPTED_STATES = (State.ACCEPTED, State.ACCEPTED_WITH_CHANGES)
