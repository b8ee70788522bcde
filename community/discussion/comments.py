"""What people say: post, edit, delete, find helpful, resolve. Who may is asked in `rules`, who hears of it in `events`.

Each deed is one transaction in the same order: lock the comment, ask the rule, look how it stands, write.
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
from community.posting.refusals import Gone, InvalidInput, NotAllowed
from community.watching import watches
from skills.content.matrix import Place
from skills.models import Skill

NO_PLACE = Place("", "")


@dataclass(frozen=True)
class Subject:
    """What is talked about: a skill, one of its cells, or a suggestion for it."""

    skill: Skill
    suggestion: Suggestion | None = None
    place: Place = NO_PLACE

    @property
    def suggestion_id(self) -> int | None:
        """The primary key of the suggestion, if one is talked about."""
        return self.suggestion.pk if self.suggestion else None


def post(author: User, subject: Subject, body: str, *, parent: Comment | None = None, key: uuid.UUID) -> Comment:
    """Say something, as the beginning of a thread or as an answer; the same form sent twice says it once.

    `body` is as `BodyField` cleans it. An answer is about what its thread is about. What a new member writes may be
    held for a moderator's look. Raises `NotAllowed`, `OverLimit`, `Gone` where the thread is deleted.
    """
    with transaction.atomic():
        thread = _lock_comment(parent.thread_id) if parent else None
        limiter.lock_account(author)
        made = Comment.objects.filter(key=key).first()
        if made is not None:
            return _require_own(made, author)
        require_comment_permission(author, subject.suggestion, thread)
        fields = _get_thread_fields(thread) if thread else _get_subject_fields(subject)
        limiter.count_write(author, WriteKind.POST)
        watches.watch_by_taking_part(author, subject.skill)
        held_at = timezone.now() if holding.must_be_held(author, body) else None
        comment = Comment.objects.create(key=key, author=author, parent=thread, body=body, held_at=held_at, **fields)
        if held_at is not None:
            log.write(ActKind.HELD, None, person=author, target=("comment", comment.pk))
        recording.record_comment(comment)
    return comment


def require_comment_permission(person: User, suggestion: Suggestion | None, thread: Comment | None = None) -> None:
    """Raise `NotAllowed` where `rules.may_comment` says no."""
    if not rules.may_comment(person, suggestion, thread):
        raise NotAllowed(_("One cannot write here."))


def edit(comment: Comment, author: User, body: str) -> Comment:
    """Change the text within a day; the text before is kept for moderators. Raises `NotAllowed`, `InvalidInput`.

    `body` is as `BodyField` cleans it.
    """
    with transaction.atomic():
        found = _require_own(_lock_comment(comment.pk), author)
        if not rules.may_edit_comment(author, found, timezone.now()):
            raise NotAllowed(_("A comment can be edited for 24 hours."))
        if found.held_at is None and holding.must_be_held(author, body):
            raise InvalidInput(
                _("Moderators look at such a text of a new account first. Please write a comment of its own.")
            )
        if body != found.body:
            CommentVersion.objects.create(comment=found, body=found.body)
            found.body, found.edited_at = body, timezone.now()
            found.save(update_fields=["body", "edited_at"])
    return found


def delete(comment: Comment, author: User) -> bool:
    """Take one's words away, wholly where nobody has answered; returns whether a tombstone is left."""
    with transaction.atomic():
        found = _require_own(_lock_comment(comment.pk), author)
        return soft_delete(found)


def soft_delete(comment: Comment, *, is_evidence_kept: bool = True) -> bool:
    """Take the words of a locked comment away, and their earlier versions; returns whether a tombstone is left.

    Where a report of it waits, moderators read the words until they have decided, unless they leave with an account.
    """
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
    """Say that a comment helps, or no more; returns how many say so. Twice does no harm. Raises `NotAllowed`."""
    with transaction.atomic():
        found = _lock_comment(comment.pk)
        if not rules.may_mark_helpful(person, found):
            raise NotAllowed(_("One finds comments of others helpful."))
        if is_helpful:
            Helpful.objects.get_or_create(comment=found, user=person, defaults={"author": found.author})
        else:
            Helpful.objects.filter(comment=found, user=person).delete()
        return found.helpful.count()


def resolve(comment: Comment, person: User, *, is_resolved: bool) -> Comment:
    """Call a thread resolved, or open again; its writer and reviewers may. Raises `NotAllowed`."""
    with transaction.atomic():
        found = _lock_comment(comment.pk)
        if not rules.may_resolve(person, found):
            raise NotAllowed(_("Its writer or a reviewer calls a thread resolved."))
        found.resolved_at, found.resolved_by = (timezone.now(), person) if is_resolved else (None, None)
        found.save(update_fields=["resolved_at", "resolved_by"])
    return found


def mute(comment: Comment, person: User, *, is_muted: bool) -> None:
    """Hear no more of the thread that a comment stands in, or again."""
    if is_muted:
        mutes = [ThreadMute(user=person, thread_id=comment.thread_id)]
        ThreadMute.objects.bulk_create(mutes, ignore_conflicts=True)
    else:
        ThreadMute.objects.filter(user=person, thread=comment.thread_id).delete()


def _lock_comment(pk: int) -> Comment:
    comments = Comment.objects.select_for_update(of=("self",))
    found = comments.select_related("author", "skill__group__domain", "suggestion").filter(pk=pk).first()
    if found is None:
        raise Gone(_("This comment was deleted meanwhile."))
    return found


def _require_own(comment: Comment, person: User) -> Comment:
    if comment.author_id != person.pk or comment.deleted_at is not None:
        raise NotAllowed(_("Only its author may do this."))
    return comment


def _get_thread_fields(thread: Comment) -> dict[str, object]:
    return {name: getattr(thread, name) for name in ("skill", "suggestion", "role", "level")}


def _get_subject_fields(subject: Subject) -> dict[str, object]:
    place = NO_PLACE if subject.suggestion else subject.place
    return {"skill": subject.skill, "suggestion": subject.suggestion, "role": place.role, "level": place.level}
