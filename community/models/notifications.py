"""Events, the notices that people get about them, and how often they want mail."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Delivery
from community.models.discussion import Comment
from community.models.suggestions import Decision, State, Suggestion
from skills.models import Revision, Significance, Skill


class Kind(models.TextChoices):
    """The kinds of events and notices."""

    CONTENT_CHANGED = "content_changed", _("Content changed")
    SUGGESTION = "suggestion", _("New suggestion")
    DECISION = "decision", _("Decision on my suggestion")
    COMMENT = "comment", _("New comment")
    REPLY = "reply", _("Reply to my comment")
    MENTION = "mention", _("I was mentioned")
    REVIEW_WAITING = "review_waiting", _("Suggestion waits for my review")
    MODERATION = "moderation", _("Moderation")


class EventAction(models.TextChoices):
    """What was done: to a suggestion or its skill, to a report, by moderators to a text or to an account."""

    SUBMITTED = "submitted", pgettext_lazy("action", "submitted")
    FIRST = "first", pgettext_lazy("action", "first contribution")
    ANSWERED = "answered", pgettext_lazy("action", "answered what you asked for")
    SECOND_READER = "second_reader", pgettext_lazy("action", "a second reader is asked for")
    ACCEPTED = "accepted", pgettext_lazy("action", "accepted")
    ACCEPTED_WITH_CHANGES = "accepted_with_changes", pgettext_lazy("action", "accepted with changes")
    PARTLY_ACCEPTED = "partly_accepted", pgettext_lazy("action", "partly accepted")
    DECLINED = "declined", pgettext_lazy("action", "declined")
    CHANGES_REQUESTED = "changes_requested", pgettext_lazy("action", "changes requested")
    OUTDATED = "outdated", pgettext_lazy("action", "outdated: the text has changed since")
    UNDONE = "undone", pgettext_lazy("action", "the decision was undone")
    SKILL_RETIRED = "skill_retired", pgettext_lazy("action", "the skill is no longer part of its framework")
    SKILL_MERGED = "skill_merged", pgettext_lazy("action", "the skill was merged into another one")
    SKILL_RESTORED = "skill_restored", pgettext_lazy("action", "the skill is part of its framework again")
    REPORT_AGREED = "report_agreed", pgettext_lazy("action", "your report was agreed with")
    REPORT_DISAGREED = "report_disagreed", pgettext_lazy("action", "your report was not agreed with")
    REPORT_IGNORED = "report_ignored", pgettext_lazy("action", "your report was closed without a judgement")
    HIDDEN = "hidden", pgettext_lazy("action", "moderators hid what you wrote")
    RESTORED = "restored", pgettext_lazy("action", "moderators show what you wrote again")
    RELEASED = "released", pgettext_lazy("action", "what was held for review is visible to all now")
    WARNED = "warned", pgettext_lazy("action", "moderators warn you")
    SUSPENDED = "suspended", pgettext_lazy("action", "your account is suspended")
    FREED = "freed", pgettext_lazy("action", "your account is no longer suspended")


SKILL_STATUS_ACTIONS = (EventAction.SKILL_RETIRED, EventAction.SKILL_MERGED, EventAction.SKILL_RESTORED)
"""Changes of a skill's status, of which the authors of its undecided suggestions are notified."""

SUGGESTION_KINDS = (Kind.SUGGESTION, Kind.DECISION, Kind.REVIEW_WAITING)
"""The kinds that are about a suggestion."""

COMMENT_KINDS = (Kind.COMMENT, Kind.REPLY, Kind.MENTION)
"""The kinds that are about a comment."""

WRITTEN_KINDS = (*COMMENT_KINDS, Kind.SUGGESTION, Kind.REVIEW_WAITING)
"""The kinds about something another member wrote. Moderators may have hidden it since."""


class Frequency(models.TextChoices):
    """How often a person gets mail about a kind of event."""

    AT_ONCE = "at_once", pgettext_lazy("mail frequency", "at once")
    DAILY = "daily", pgettext_lazy("mail frequency", "daily")
    WEEKLY = "weekly", pgettext_lazy("mail frequency", "weekly")
    NEVER = "never", pgettext_lazy("mail frequency", "never")


class Reason(models.TextChoices):
    """Why a person is notified."""

    SKILL = "skill", _("you watch this skill")
    ROLE = "role", _("you watch a role")
    GROUP = "group", _("you watch its group")
    DOMAIN = "domain", _("you watch its domain")
    OWN = "own", _("it concerns what you wrote")
    REVIEWER = "reviewer", _("you review suggestions")
    ACCOUNT = "account", _("it concerns your account")
    REPORTER = "reporter", _("you reported it")
    MENTIONED = "mentioned", _("you were mentioned")


class Event(models.Model):
    """Something that happened, saved in the same transaction. A task then notifies people.

    - `action` says what was done to the `suggestion`, which may be in another state when people are notified.
    - `decision` is the reviewer's decision that was made or undone, or that the author has answered.
    - A change of content names the `suggestion` whose acceptance it takes back. Its `action` says that the skill was
      retired, merged or restored; '' if its status stays.
    - `comment` is emptied when that comment is deleted without a tombstone.
    - An event of moderation concerns its `recipient` alone, with a `message` to them, and may be about no skill.
    - `role_ids` are the primary keys of the roles that the event touches.
    - `notified_up_to` is the highest primary key of a user who was notified: an interrupted worker continues there.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    skill = models.ForeignKey(
        Skill, on_delete=models.CASCADE, null=True, blank=True, related_name="events", verbose_name=_("skill")
    )
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("revision"))
    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, null=True, blank=True, related_name="events", verbose_name=_("suggestion")
    )
    decision = models.ForeignKey(
        Decision, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("decision")
    )
    # This column and two others have kept the earlier names of their fields.
    action = models.CharField(_("what was done"), max_length=24, choices=EventAction, blank=True, db_column="deed")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recipient"),
    )
    message = models.TextField(_("message"), blank=True, db_column="words")
    comment = models.ForeignKey(
        Comment, on_delete=models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("comment")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    significance = models.CharField(_("significance"), max_length=10, choices=Significance, default=Significance.MEDIUM)
    role_ids = models.JSONField(_("roles"), default=list, blank=True)
    happened_at = models.DateTimeField(_("happened"), default=timezone.now)
    notified_up_to = models.BigIntegerField(_("notified up to"), default=0, db_column="told_up_to")
    # Until then one worker notifies people of the event; afterwards another one may continue.
    leased_until = models.DateTimeField(_("being notified until"), null=True, blank=True)
    finished_at = models.DateTimeField(_("everyone notified"), null=True, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="event_kind_known"),
            models.CheckConstraint(condition=Q(action__in=["", *EventAction.values]), name="event_deed_known"),
            # Only moderation writes to one person, and everything else is about a skill.
            models.CheckConstraint(
                condition=Q(kind=Kind.MODERATION, recipient__isnull=False)
                | (~Q(kind=Kind.MODERATION) & Q(recipient__isnull=True, skill__isnull=False)),
                name="event_of_moderation_says_whom",
            ),
            # Events about a suggestion name it and say what was done to it.
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in SUGGESTION_KINDS])
                | (Q(suggestion__isnull=False) & ~Q(action="")),
                name="event_of_suggestion_says_which",
            ),
        ]
        # Both indexes hold few rows: what is left to do in the order of each skill, and what may be deleted by age.
        indexes: ClassVar = [
            models.Index(fields=["skill", "id"], condition=Q(finished_at__isnull=True), name="event_unfinished"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="event_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.skill or ''}"


class Notification(models.Model):
    """One notice to one person. A burst of similar events makes one notice.

    - `count` is the number of its events and `event` the latest of them.
    - `tally` counts decisions by `EventAction`, for example {"accepted": 2, "declined": 1}.
    - `is_first` says that one of the events is an author's first contribution.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("event"))
    skill = models.ForeignKey(
        Skill, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("skill")
    )
    count = models.PositiveIntegerField(_("number of events"), default=1)
    tally = models.JSONField(_("decisions"), default=dict, blank=True)
    is_first = models.BooleanField(_("first contribution"), default=False)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    reason_name = models.CharField(_("what is watched"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("latest event"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    mail_due_at = models.DateTimeField(_("mail due"), null=True, blank=True)
    mail = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints: ClassVar = [
            # Two workers at once cannot notify a person twice of one event.
            models.UniqueConstraint(fields=["user", "event"], name="notification_once_an_event"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="notification_kind_known"),
        ]
        # The inbox, its count of unread notices, deletion by age, and the search for mail that is due.
        indexes: ClassVar = [
            models.Index(fields=["user", "-updated_at"], name="notification_list"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notification_read"),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notification_mail_due"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.skill or ''}"

    @property
    def is_waiting_for_review(self) -> bool:
        """Whether the suggestion that the notice is about waits for reviewers, whatever the notice says of it."""
        return self.event.suggestion is not None and self.event.suggestion.state == State.OPEN


class EmailChoice(models.Model):
    """How often a person wants mail about a kind of event. Without a row it is weekly."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_choices", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency, default=Frequency.WEEKLY)
    # Since when: a page that was opened earlier does not undo this choice. Empty for choices of earlier versions.
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail choice")
        verbose_name_plural = _("e-mail choices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="email_choice_once_a_kind"),
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="email_choice_frequency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.frequency}"
