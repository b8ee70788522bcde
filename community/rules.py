"""Who may do what; asked by pages, admin and API alike."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.membership import Person, is_moderator, is_reviewer, list_reviewers
from accounts.models import User
from community.models import Comment, Decision, State, Suggestion, Verdict


def may_moderate(person: Person, owner: User | None) -> bool:
    """Whether somebody decides on what `owner` wrote: moderators, but never on their own."""
    return is_moderator(person) and (owner is None or person.pk != owner.pk)


def is_protected_account(person: Person, other: User) -> bool:
    """Whether an account may not be moderated by this person, moderator or not: staff and superusers by superusers.

    It asks the database nothing. What staff write is moderated as anybody's is; this is about the account itself:
    its profile and the reports of it, warnings, suspensions, and hiding and reverting everything.
    """
    return (other.is_superuser or other.is_staff) and not person.is_superuser


def may_moderate_account(person: Person, other: User) -> bool:
    """Whether a person may hide the profile of another, show it again, and decide on reports of it."""
    return may_moderate(person, other) and not is_protected_account(person, other)


def list_undecidable_accounts() -> QuerySet[User]:
    """Return accounts of administrators and staff that no administrator decides about: there is no other active one."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=OuterRef("pk"))
    return User.objects.filter(Q(is_superuser=True) | Q(is_staff=True), ~Exists(others))


def may_close_reports(person: Person, other: User) -> bool:
    """Whether a person may disagree with reports of a profile, and nothing else, so that they do not wait forever."""
    return may_moderate(person, other) and list_undecidable_accounts().filter(pk=other.pk).exists()


def may_warn(person: Person, other: User) -> bool:
    """Whether a person may warn or suspend another: never a superuser, and staff and moderators only as a superuser."""
    if not may_moderate_account(person, other) or other.is_superuser:
        return False
    return person.is_superuser or not is_moderator(other)


def may_sweep(person: Person, other: User) -> bool:
    """Whether somebody hides and reverts everything that another did: administrators, nothing of administrators."""
    return may_warn(person, other) and person.is_superuser


def may_report(person: Person, owner: User | None) -> bool:
    """Whether somebody reports what `owner` wrote: the signed-in, what is not their own."""
    return isinstance(person, User) and (owner is None or person.pk != owner.pk)


def is_author(person: Person, suggestion: Suggestion) -> bool:
    """Whether somebody wrote this suggestion."""
    return isinstance(person, User) and person.pk == suggestion.author_id


def may_edit(person: Person, suggestion: Suggestion, now: datetime) -> bool:
    """Whether the author may change it: until it is decided, but not while a reviewer holds it."""
    is_claimed = suggestion.claimed_until is not None and suggestion.claimed_until > now
    editable = {State.DRAFT, State.CHANGES_REQUESTED} | (set() if is_claimed else {State.OPEN})
    return is_author(person, suggestion) and suggestion.state in editable


def may_decide(person: Person, suggestion: Suggestion) -> bool:
    """Whether a person may decide on a suggestion: reviewers, but not on their own.

    A superuser may decide on their own as well, see `needs_own_reason`. A reviewer who declined it does not decide
    when the author asks for a second reader.
    """
    if not is_reviewer(person) or not isinstance(person, User):
        return False
    return person.is_superuser if is_author(person, suggestion) else not is_excluded_reviewer(person, suggestion)


def needs_own_reason(person: Person, suggestion: Suggestion) -> bool:
    """Whether a person who may decide must write why they decide themselves, which history shows: its author."""
    return is_author(person, suggestion)


def is_excluded_reviewer(person: User, suggestion: Suggestion) -> bool:
    """Whether a second reader is asked for because this reviewer declined it; a decline they took back is none."""
    return suggestion.second_reader_asked and _list_disputed_declines(suggestion).filter(reviewer=person).exists()


def _list_disputed_declines(suggestion: Suggestion) -> QuerySet[Decision]:
    """Return the declines after which a second reader was asked for, without those that were taken back before."""
    return suggestion.decisions.filter(verdict=Verdict.DECLINE, undone_at__isnull=True, is_closing=False)


def may_undo(person: Person, suggestion: Suggestion) -> bool:
    """Whether somebody may undo a decision: who might have made it, a superuser also on their own suggestion."""
    return may_decide(person, suggestion)


def list_eligible_reviewers(suggestion: Suggestion) -> QuerySet[User]:
    """Return everybody who `may_decide`, but for those whom `needs_own_reason` asks for one."""
    found = list_reviewers().exclude(pk__in=[suggestion.author_id])
    if not suggestion.second_reader_asked:
        return found
    return found.exclude(Exists(_list_disputed_declines(suggestion).filter(reviewer=OuterRef("pk"))))


def may_vote(person: Person, suggestion: Suggestion) -> bool:
    """Whether somebody may vote: members on open suggestions of others."""
    is_open = suggestion.state == State.OPEN and suggestion.is_public
    return isinstance(person, User) and not is_author(person, suggestion) and is_open


def may_read(reader_id: int | None, written: Suggestion | Comment, *, as_moderator: bool = False) -> bool:
    """Whether a person may read a suggestion or a comment: the one answer for pages, notices and mail.

    `reader_id` is the primary key of an account, None for a visitor; `moderates` says whether the reader looks
    at it as a moderator, which nobody does in notices and mail. It asks the database nothing but for the
    suggestion that a comment is about, which callers load along. `build_unreadable_condition` is this rule in SQL.

    - A suggestion is for everybody once it was submitted, before that for its author alone.
    - A comment is for those who may read the suggestion it is about, if any; one that was deleted for nobody.
    - What is hidden, or held for a look, its author and moderators read.
    """
    is_own = reader_id is not None and written.author_id == reader_id
    if isinstance(written, Suggestion):
        return written.is_public or is_own or (as_moderator and written.submitted_at is not None)
    about = written.suggestion if written.suggestion_id is not None else None
    if written.deleted_at is not None or (
        about is not None and not may_read(reader_id, about, as_moderator=as_moderator)
    ):
        return False
    return is_own or as_moderator or (written.hidden_at is None and written.held_at is None)


def build_unreadable_condition(path: str, reader: F) -> Q:
    """Return which rows are about a suggestion or a comment that `reader` may not read, as `may_read` says.

    `path` leads to it, like "event__comment"; rows without one are not among them. Of a comment it says nothing
    of the suggestion that it is about, and whether it was deleted.
    """
    not_for_all = Q(**{f"{path}__hidden_at__isnull": False}) | Q(**{f"{path}__held_at__isnull": False})
    if path.endswith("suggestion"):
        not_for_all |= Q(**{f"{path}__isnull": False, f"{path}__submitted_at__isnull": True})
    return not_for_all & ~Q(**{f"{path}__author__isnull": False, f"{path}__author": reader})


def may_see(person: Person, written: Suggestion | Comment) -> bool:
    """Whether a person may read it on a page, see `may_read`; only of what is not for all it asks who moderates."""
    return may_read(person.pk, written) or may_read(person.pk, written, as_moderator=is_moderator(person))


def may_read_log(person: Person) -> bool:
    """Whether somebody reads what moderators did: administrators."""
    return isinstance(person, User) and person.is_active and person.is_superuser


def may_promote(person: Person) -> bool:
    """Whether somebody makes others reviewers: administrators."""
    return isinstance(person, User) and person.is_active and person.is_superuser


def may_revert(person: Person) -> bool:
    """Whether somebody takes published changes back at once: reviewers and staff; others suggest it."""
    return is_reviewer(person) or (isinstance(person, User) and person.is_active and person.is_staff)


COMMENT_EDIT_PERIOD = timedelta(hours=24)


def _may_write(person: Person) -> bool:
    return isinstance(person, User) and person.is_active and not person.is_suspended


def may_comment(person: Person, suggestion: Suggestion | None = None, thread: Comment | None = None) -> bool:
    """Whether somebody may write a comment: members, on what everybody may read, in threads that are not hidden."""
    is_open = suggestion is None or suggestion.is_public
    is_there = thread is None or (thread.hidden_at is None and thread.held_at is None)
    return _may_write(person) and is_open and is_there


def may_edit_comment(person: Person, comment: Comment, now: datetime) -> bool:
    """Whether its author may still edit it: for 24 hours, unless it was hidden."""
    is_own = _may_write(person) and person.pk == comment.author_id
    is_fresh = comment.created_at > now - COMMENT_EDIT_PERIOD
    return is_own and is_fresh and comment.deleted_at is None and comment.hidden_at is None


def may_delete_comment(person: Person, comment: Comment) -> bool:
    """Whether somebody may take the words away: their own, at any time."""
    return _may_write(person) and person.pk == comment.author_id and comment.deleted_at is None


def may_mark_helpful(person: Person, comment: Comment) -> bool:
    """Whether somebody may find it helpful: members, comments of others that they can read."""
    is_readable = comment.deleted_at is None and comment.hidden_at is None and comment.held_at is None
    return _may_write(person) and person.pk != comment.author_id and is_readable


def may_resolve(person: Person, comment: Comment) -> bool:
    """Whether somebody may call a thread resolved: who began it, and reviewers."""
    is_writer = person.pk == comment.author_id
    is_thread = comment.parent_id is None and comment.deleted_at is None
    return _may_write(person) and is_thread and (is_writer or is_reviewer(person))
