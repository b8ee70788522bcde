"""Suggestions with their changes, decisions, steps and votes."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from skills.content.changes import Field
from skills.content.retirement import Retirement
from skills.models import Revision, Significance, Skill

REASON_MAX_LENGTH = 2000  # characters
SOURCE_MAX_LENGTH = 1000  # characters


class State(models.TextChoices):
    """The state of a suggestion. `community/suggestions/states.py` says which state may follow which."""

    DRAFT = "draft", pgettext_lazy("state of a suggestion", "draft")
    OPEN = "open", pgettext_lazy("state of a suggestion", "open")
    CHANGES_REQUESTED = "changes_requested", pgettext_lazy("state of a suggestion", "changes requested")
    ACCEPTED = "accepted", pgettext_lazy("state of a suggestion", "accepted")
    ACCEPTED_WITH_CHANGES = "accepted_with_changes", pgettext_lazy("state of a suggestion", "accepted with changes")
    DECLINED = "declined", pgettext_lazy("state of a suggestion", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a suggestion", "withdrawn")
    OUTDATED = "outdated", pgettext_lazy("state of a suggestion", "outdated")


OPEN_STATES = (State.OPEN, State.CHANGES_REQUESTED)
"""Not decided yet: with the reviewers, or back with the author because changes were requested."""

UNDECIDED_STATES = frozenset({State.DRAFT, State.OUTDATED, *OPEN_STATES})
"""Drafts, and outdated ones too: their author can renew such a suggestion, and then it is reviewed."""

ACCEPTED_STATES = (State.ACCEPTED, State.ACCEPTED_WITH_CHANGES)


class ChangeOutcome(models.TextChoices):
    """What became of one change of a suggestion."""

    PENDING = "pending", pgettext_lazy("outcome of a change", "waiting")
    APPLIED = "applied", pgettext_lazy("outcome of a change", "applied")
    EDITED = "edited", pgettext_lazy("outcome of a change", "applied with changes")
    ALREADY_APPLIED = "already_applied", pgettext_lazy("outcome of a change", "already applied")
    SUPERSEDED = "superseded", pgettext_lazy("outcome of a change", "superseded")


class Verdict(models.TextChoices):
    """What a reviewer decided."""

    ACCEPT = "accept", pgettext_lazy("verdict", "accepted")
    DECLINE = "decline", pgettext_lazy("verdict", "declined")
    REQUEST_CHANGES = "request_changes", pgettext_lazy("verdict", "changes requested")


class DeclineReason(models.Model):
    """A reason why a suggestion may be declined. Administrators maintain the list.

    A reason that is no longer offered stays, because decisions refer to it.
    """

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
    """Filters for suggestions."""

    def public(self) -> Self:
        """Return the suggestions that everyone may see: submitted, not hidden by moderators and not held for them."""
        return self.filter(submitted_at__isnull=False, hidden_at__isnull=True, held_at__isnull=True)

    def affected_by_status(self, skill_id: int) -> Self:
        """Return the undecided suggestions and drafts that cannot be accepted while a skill is retired.

        Those with a pending change of its status are not among them. `skill_id` is the primary key of the skill.
        """
        # A subquery: in `exclude`, two conditions on `changes` would not have to hold for the same row.
        own_status = SuggestedChange.objects.filter(
            suggestion=OuterRef("pk"), field=Field.STATUS, outcome=ChangeOutcome.PENDING
        )
        return self.filter(~Exists(own_status), skill=skill_id, state__in=UNDECIDED_STATES)


class Suggestion(models.Model):
    """A proposal to change a skill, with the reason for it. Rows are kept for ever.

    `hidden_at` is set by moderators; `held_at` is set while a new member's text waits for their review. A
    suggestion with either of them is visible to its author and to moderators only.
    """

    # Made when the form is rendered, so that a form that is sent twice makes one suggestion.
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
    # The page that saved it last: what one page saves several times while typing is no conflict with itself.
    saved_by_page = models.UUIDField(_("page that saved it"), null=True, blank=True, editable=False)
    # The reviewer who works on it now; until that moment nobody else decides and the author cannot edit.
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    second_reader_asked = models.BooleanField(_("second reader asked for"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    held_at = models.DateTimeField(_("held for review"), null=True, blank=True)

    # The suggestion for a retired skill that the author carried over to the skill that took its place.
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="carried_to",
        verbose_name=_("carried over from"),
    )
    retirement: Retirement | None = None
    """That its skill is no longer part of the framework. Not stored: lists set it for undecided suggestions."""

    objects: ClassVar = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="suggestion_state_known"),
            # A draft may be withdrawn before it was ever submitted, and without a reason.
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN]) | Q(submitted_at__isnull=False),
                name="suggestion_submitted_unless_draft",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN]) | ~Q(reason=""), name="suggestion_has_reason"
            ),
            # Either side may be a deleted account; then there is nothing to compare.
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
        """Whether everyone may see it, as `SuggestionQuerySet.public` in SQL. `rules.may_read` says who else may."""
        return self.submitted_at is not None and self.hidden_at is None and self.held_at is None


class SuggestedChange(models.Model):
    """One field of the skill: from the value the suggestion is based on to the proposed value.

    `base`, `proposed` and `published` are JSON values as in `Change.as_json`. `role` and `level` are the keys of
    the cell that is changed, '' for a field of the skill itself.
    """

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(_("field"), max_length=20)
    role = models.CharField(_("role"), max_length=120, blank=True)
    level = models.CharField(_("level"), max_length=40, blank=True)
    base = models.JSONField(_("based on"), null=True)
    proposed = models.JSONField(_("proposed"), null=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=ChangeOutcome, default=ChangeOutcome.PENDING)
    # The value that was applied; it differs from `proposed` when the reviewer edited it.
    published = models.JSONField(_("published"), null=True)
    # Computed when the change is saved: a queue of thousands cannot compare texts word by word.
    is_tiny = models.BooleanField(_("only fixes a typo"), default=False, editable=False)

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
    """The decision of one reviewer on a suggestion, and its result. It never changes, except that it may be undone.

    - `author` repeats the suggestion's author, so that the database itself can refuse a decision on one's own.
    - `own_reason` is what a superuser must write who decides on their own suggestion all the same.
    - `is_closing` decisions end the review. A suggestion has at most one of them in force.
    """

    # Made when the form is rendered, so that a form that is sent twice makes one decision.
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
    # In force while this is empty.
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
            # Allowed: one of the two accounts is deleted, they are two people, or a superuser wrote why.
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
        """Whether votes accepted the suggestion: a reviewer who accepts always chooses a significance."""
        return self.verdict == Verdict.ACCEPT and not self.significance


class Step(models.Model):
    """One change of a suggestion from state to state, for the list of steps on its page."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="steps")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.CharField(_("from"), max_length=24, choices=State)
    after = models.CharField(_("to"), max_length=24, choices=State)
    message = models.TextField(_("message"), blank=True, max_length=REASON_MAX_LENGTH, db_column="words")
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    is_by_site = False
    """Whether the site's rules made the step and no person did. Not stored: the page sets it."""

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.suggestion}: {self.before} → {self.after}"


class Vote(models.Model):
    """The vote of one person for (+1) or against (−1) a suggestion.

    `author` repeats the suggestion's author, so that the database itself can refuse a vote on one's own.
    """

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
            # Either side may be a deleted account; then there is nothing to compare.
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(author__isnull=True) | ~Q(user=F("author")),
                name="vote_never_the_authors",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion}: {self.value:+d}"
