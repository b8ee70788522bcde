"""Actions on comments: post, edit, delete, mark as helpful, resolve, mute.

`rules` decide who may act, `events` decide who is notified. Each action is one transaction with the same order: lock
the comment, check the rule, check the current state, write.
"""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.events import recording
from community.models import ActKind, Comment, CommentVersion, Helpful, Suggestion, ThreadMute, WriteKind
from community.moderation import holding, log
from community.posting import limiter
from community.posting.refusals import ChangedElsewhere, FormUsedBefore, Gone, InvalidInput, NotAllowed
from community.watching import watches
from skills.content.matrix import Place
from skills.models import Skill
from skills.text.characters import shorten
from skills.web.displayed import build_digest

NO_PLACE = Place("", "")


@dataclass(frozen=True)
class Subject:
    """What a discussion is about: a skill, one of its cells, or a suggestion for it."""

    skill: Skill
    suggestion: Suggestion | None = None
    place: Place = NO_PLACE

    @property
    def suggestion_id(self) -> int | None:
        """The primary key of the suggestion, None for a discussion about a skill or a cell."""
        return self.suggestion.pk if self.suggestion else None


def post(author: User, subject: Subject, body: str, *, parent: Comment | None = None, key: uuid.UUID) -> Comment:
    """Post a comment that begins a thread, or with `parent` answers one; return it.

    1. Lock the thread and the account of the author.
    2. Return the existing comment if this form (`key`) was posted before: sent twice with one text it counts once.
    3. Check `rules.may_comment`, and count one write of the author.
    4. Let the author watch the skill, because they take part.
    5. Create the comment; what a new member writes may be held until a moderator checks it, which is logged.
    6. Record an event: watchers, the answered and the mentioned are notified; of a held comment only once released.

    `body` is cleaned by `BodyField`. An answer is about the same subject as its thread. Raises `NotAllowed`,
    `OverLimit`, `Gone` if the thread was deleted, and `FormUsedBefore` if the form was posted with another text.
    """
    with transaction.atomic():
        thread = _lock_comment(parent.thread_id) if parent else None
        limiter.lock_account(author)
        # After the lock, so that a form that is sent twice at the same time finds the first comment here.
        existing = Comment.objects.filter(key=key).first()
        if existing is not None:
            # Keys are secret, but a key of another person's form must not show their comment.
            return _require_same(_require_own(existing, author), thread, body)
        require_comment_permission(author, subject.suggestion, thread)
        fields = _get_thread_fields(thread) if thread else _get_subject_fields(subject)
        limiter.record_write(author, WriteKind.POST)
        watches.watch_by_taking_part(author, subject.skill)
        held_at = timezone.now() if holding.must_be_held(author, body) else None
        comment = Comment.objects.create(key=key, author=author, parent=thread, body=body, held_at=held_at, **fields)
        if held_at is not None:
            log.write(ActKind.HELD, None, person=author, target=("comment", comment.pk))
        recording.record_comment(comment)
    return comment


def require_comment_permission(person: User, suggestion: Suggestion | None, thread: Comment | None = None) -> None:
    """Check that a person may comment on a subject, or answer in a thread.

    Raises `NotAllowed` if `rules.may_comment` refuses it.
    """
    if not rules.may_comment(person, suggestion, thread):
        raise NotAllowed(_("You cannot comment here."))


def edit(comment: Comment, author: User, body: str, displayed: str | None = None) -> Comment:
    """Change the text of a comment, within 24 hours, and return it.

    1. Lock the comment and check `rules.may_edit_comment`.
    2. Refuse a text that must be held: the comment is visible already.
    3. Refuse to replace another text than the one that the form displayed.
    4. Keep the previous text as a version, for moderators, and save the new one; an unchanged text saves nothing.

    `body` is cleaned by `BodyField`, `displayed` is the digest of the text that the form displayed, None for no check.
    Raises `NotAllowed`, `InvalidInput`, `ChangedElsewhere`, and `Gone` if it was deleted.
    """
    with transaction.atomic():
        current = _require_own(_lock_comment(comment.pk), author)
        if not rules.may_edit_comment(author, current, timezone.now()):
            raise NotAllowed(_("A comment can be edited for 24 hours."))
        if current.held_at is None and holding.must_be_held(author, body):
            raise InvalidInput(
                _("Moderators review such a text of a new account first. Please post it as a new comment.")
            )
        if body != current.body:
            if displayed not in {None, build_digest(current.body)}:
                raise ChangedElsewhere(
                    _("In another window this comment was changed. Save again to replace that text with yours."),
                    current.body,
                )
            CommentVersion.objects.create(comment=current, body=current.body)
            current.body, current.edited_at = body, timezone.now()
            current.save(update_fields=["body", "edited_at"])
    return current


def delete(comment: Comment, author: User) -> bool:
    """Delete one's own comment; return whether a tombstone is left, see `soft_delete` for the effects.

    Its author may do so at any time. Raises `NotAllowed`, and `Gone` if it was deleted.
    """
    with transaction.atomic():
        return soft_delete(_require_own(_lock_comment(comment.pk), author))


def soft_delete(comment: Comment, *, is_evidence_kept: bool = True) -> bool:
    """Remove the text of a locked comment and its earlier versions; return whether a tombstone is left.

    1. Delete the row if it has no reports and no answers.
    2. Else, while a report waits, keep the text as a version: moderators read it until they have decided. This is
       not done if the whole account is deleted (`is_evidence_kept` is False).
    3. Otherwise delete the earlier versions.
    4. Empty the text and mark the row as deleted: the tombstone that answers and reports refer to.
    """
    # One query for both checks: the queryset keeps its rows.
    reports = comment.reports.all()
    if not reports and not comment.answers.exists():
        comment.delete()
        return False
    if is_evidence_kept and any(not report.outcome for report in reports):
        CommentVersion.objects.create(comment=comment, body=comment.body)
    else:
        comment.versions.all().delete()
    comment.body, comment.deleted_at = "", timezone.now()
    comment.save(update_fields=["body", "deleted_at"])
    return True


def mark_helpful(comment: Comment, person: User, *, is_helpful: bool) -> int:
    """Mark a comment as helpful for a person, or unmark it; return how many people find it helpful.

    Marking twice has no further effect. Raises `NotAllowed` if `rules.may_mark_helpful` refuses it, and `Gone` if
    the comment was deleted.
    """
    with transaction.atomic():
        current = _lock_comment(comment.pk)
        if not rules.may_mark_helpful(person, current):
            raise NotAllowed(_("You can only mark comments of others as helpful."))
        if is_helpful:
            Helpful.objects.get_or_create(comment=current, user=person, defaults={"author": current.author})
        else:
            Helpful.objects.filter(comment=current, user=person).delete()
        return current.helpful.count()


def resolve(comment: Comment, person: User, *, is_resolved: bool) -> Comment:
    """Mark a thread as resolved, or open it again; return its first comment.

    `comment` is the first comment of the thread; its author and reviewers may. Raises `NotAllowed` if
    `rules.may_resolve` refuses it, and `Gone` if the comment was deleted.
    """
    with transaction.atomic():
        current = _lock_comment(comment.pk)
        if not rules.may_resolve(person, current):
            raise NotAllowed(_("The author or a reviewer marks a thread as resolved."))
        current.resolved_at, current.resolved_by = (timezone.now(), person) if is_resolved else (None, None)
        current.save(update_fields=["resolved_at", "resolved_by"])
    return current


def mute(comment: Comment, person: User, *, is_muted: bool) -> None:
    """Mute the thread of a comment for a person, or unmute it.

    Of a muted thread the person is not notified any more. Repeating it has no further effect.
    """
    if is_muted:
        # One statement without a lock: two requests at the same time leave one row.
        mutes = [ThreadMute(user=person, thread_id=comment.thread_id)]
        ThreadMute.objects.bulk_create(mutes, ignore_conflicts=True)
    else:
        ThreadMute.objects.filter(user=person, thread=comment.thread_id).delete()


def _lock_comment(comment_id: int) -> Comment:
    """Return a comment with current values, locked until the transaction ends; raises `Gone` if it was deleted."""
    # `of` locks the comment alone, not the joined rows of account, skill and suggestion.
    rows = Comment.objects.select_for_update(of=("self",))
    comment = rows.select_related("author", "skill__group__domain", "suggestion").filter(pk=comment_id).first()
    if comment is None:
        raise Gone(_("This comment was deleted meanwhile."))
    return comment


def _require_own(comment: Comment, person: User) -> Comment:
    if comment.author_id != person.pk or comment.deleted_at is not None:
        raise NotAllowed(_("Only its author may do this."))
    return comment


def _require_same(comment: Comment, thread: Comment | None, body: str) -> Comment:
    """Return the comment that a form posted before; raises `FormUsedBefore` if the form has another text by now."""
    # The text as it was posted: the first version, if the comment was edited since.
    posted = comment.versions.order_by("pk").values_list("body", flat=True).first() or comment.body
    if (comment.parent_id, posted) != (thread.pk if thread else None, body):
        message = _(
            "This form has posted a comment already: “%(text)s”. Send it again to post this text as another one."
        )
        raise FormUsedBefore(message % {"text": shorten(comment.body, 100)})
    return comment


def _get_thread_fields(thread: Comment) -> dict[str, object]:
    return {name: getattr(thread, name) for name in ("skill", "suggestion", "role", "level")}


def _get_subject_fields(subject: Subject) -> dict[str, object]:
    # A comment on a suggestion has no cell (constraint `comment_cell_is_whole_and_of_skill`).
    place = NO_PLACE if subject.suggestion else subject.place
    return {"skill": subject.skill, "suggestion": subject.suggestion, "role": place.role, "level": place.level}
