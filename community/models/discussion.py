"""Comments on a skill, one of its cells or a suggestion, with their old versions, helpful marks and mutes."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.membership import Person
from accounts.models import User
from community.models.suggestions import Suggestion
from skills.models import Skill

BODY_MAX_LENGTH = 10_000  # characters


class CommentQuerySet(models.QuerySet["Comment"]):
    """Filters for comments. A held comment is visible to its author and to moderators only."""

    def listed_for(self, person: Person, *, is_moderator: bool) -> Self:
        """Return the comments that have a place on a page for `person`, if only as a tombstone.

        A deleted or hidden comment keeps its place as a tombstone. Whether its text may be read is decided by
        `rules.may_read`. `is_moderator` says whether the person reads the page as a moderator.
        """
        if is_moderator:
            return self.all()
        released = Q(held_at__isnull=True)
        return self.filter(released | Q(author=person) if isinstance(person, User) else released)

    def about(self, skill_id: int, suggestion_id: int | None = None) -> Self:
        """Return the comments on a skill and its cells, or on one suggestion.

        Both arguments are primary keys. Without `suggestion_id`, comments on suggestions are left out.
        """
        # filter(suggestion=None) becomes IS NULL: comments on the skill itself.
        return self.filter(skill=skill_id, suggestion=suggestion_id)


class Comment(models.Model):
    """A comment. Without `parent` it begins a thread, with one it answers in that thread; answers have no answers.

    - `role` and `level` are the keys of the cell that it is about, '' for none.
    - An answer repeats the skill, suggestion and cell of its thread.
    - `author` is empty once the account is deleted.
    - A deleted comment has lost its text; the row stays only because it has answers or reports.
    - `hidden_at` is set by moderators; `held_at` is set while the comment waits for their review.
    """

    # Made when the form is rendered, so that a form that is sent twice makes one comment.
    key = models.UUIDField(_("key of the form"), default=uuid.uuid4, unique=True, editable=False)
    skill = models.ForeignKey(
        Skill, on_delete=models.PROTECT, related_name="comments", verbose_name=_("skill"), db_index=False
    )  # no index of its own: comment_of_skill begins with the skill
    suggestion = models.ForeignKey(
        Suggestion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("suggestion"),
    )
    role = models.CharField(_("role"), max_length=120, blank=True)
    level = models.CharField(_("level"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="answers", verbose_name=_("answer to")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="comments",
        verbose_name=_("author"),
    )
    body = models.TextField(_("text"), blank=True, max_length=BODY_MAX_LENGTH)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    held_at = models.DateTimeField(_("held for review"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects: ClassVar = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints: ClassVar = [
            # Exclusive or: a comment is deleted exactly when its text is empty.
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) ^ Q(body=""), name="comment_has_words_unless_deleted"
            ),
            # A cell needs both keys, and only a comment on a skill can be about a cell.
            models.CheckConstraint(
                condition=Q(role="", level="") | (~Q(role="") & ~Q(level="") & Q(suggestion__isnull=True)),
                name="comment_cell_is_whole_and_of_skill",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | Q(parent__isnull=True), name="comment_thread_alone_is_resolved"
            ),
            # The least of a rule that only code can check in full: answers have no answers.
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="comment_answers_another"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["skill", "suggestion", "id"], name="comment_of_skill"),
            models.Index(fields=["author", "created_at"], name="comment_of_author"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.skill}"

    @property
    def discussion_url(self) -> str:
        """The address of the discussion that the comment belongs to."""
        return get_discussion_url(self.skill, self.suggestion_id)

    @property
    def thread_id(self) -> int:
        """The primary key of the comment that began the thread; its own for that comment itself."""
        return self.parent_id or self.pk


def get_discussion_url(skill: Skill, suggestion_id: int | None) -> str:
    """Return the address of the discussion of a skill, or of one of its suggestions.

    `suggestion_id` is the primary key of a suggestion, None for the discussion of the skill itself.
    """
    if suggestion_id is not None:
        return reverse("community:suggestion_comments", args=[suggestion_id])
    return reverse("community:comments", args=[skill.slug])


class CommentVersion(models.Model):
    """The text of a comment before it was edited, or deleted while a report waits. Only moderators read it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    body = models.TextField(_("text"), max_length=BODY_MAX_LENGTH)
    replaced_at = models.DateTimeField(_("replaced"), default=timezone.now)

    class Meta:
        verbose_name = _("earlier version of a comment")
        verbose_name_plural = _("earlier versions of comments")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.comment} ({self.replaced_at:%Y-%m-%d})"


class Helpful(models.Model):
    """The mark of one person who finds a comment helpful.

    `author` repeats the comment's author, so that the database itself can refuse a mark on one's own comment.
    """

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="helpful")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="helpful")
    marked_at = models.DateTimeField(_("marked"), default=timezone.now)

    class Meta:
        verbose_name = _("found helpful")
        verbose_name_plural = _("found helpful")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "user"], name="helpful_once_a_person"),
            # Either side may be a deleted account; then there is nothing to compare.
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(author__isnull=True) | ~Q(user=F("author")),
                name="helpful_never_the_authors",
            ),
        ]

    def __str__(self) -> str:
        return str(self.comment)


class ThreadMute(models.Model):
    """A person who no longer wants to be notified of a thread; `thread` is the comment that began it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_threads")
    thread = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mutes")
    muted_at = models.DateTimeField(_("muted"), default=timezone.now)

    class Meta:
        verbose_name = _("muted thread")
        verbose_name_plural = _("muted threads")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "user"], name="thread_muted_once"),
        ]

    def __str__(self) -> str:
        return str(self.thread)
