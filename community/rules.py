"""Who may do what: one page of rules for pages, admin and API.

`person` is whoever acts, also a visitor (`AnonymousUser`), who has no primary key. The functions return bools
and never raise; what follows from a "no" is decided by the caller. Unless the docstring says otherwise,
reviewers and moderators are members of their Django group, and superusers belong to both.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.membership import Person, is_moderator, is_reviewer, list_reviewers
from accounts.models import User
from community.models import Comment, Decision, State, Suggestion, Verdict


def may_moderate(person: Person, owner: User | None) -> bool:
    """Return whether a person may moderate what `owner` wrote: moderators, but never their own texts.

    `owner` is None once the author's account is deleted.
    """
    return is_moderator(person) and (owner is None or person.pk != owner.pk)


def is_protected_account(person: Person, other: User) -> bool:
    """Return whether the account `other` is protected from this person, who may be a moderator or not.

    Only superusers may moderate the accounts of staff and superusers. This concerns the account itself: its
    profile and reports of it, warnings, suspensions, and hiding and reverting everything. What staff write is
    moderated like any other text. No query.
    """
    return (other.is_superuser or other.is_staff) and not person.is_superuser


def may_moderate_account(person: Person, other: User) -> bool:
    """Return whether a person may hide the profile of `other`, show it again, and decide on reports of it.

    Moderators may, except for their own account and for accounts that are protected from them.
    """
    return may_moderate(person, other) and not is_protected_account(person, other)


def list_undecidable_accounts() -> QuerySet[User]:
    """Return the accounts of staff and superusers for which no other active superuser exists to decide on them."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=OuterRef("pk"))
    return User.objects.filter(Q(is_superuser=True) | Q(is_staff=True), ~Exists(others))


def may_close_reports(person: Person, other: User) -> bool:
    """Return whether a moderator may disagree with reports of a profile that nobody may decide on.

    It is the only outcome open to them, so that such reports do not wait forever. See `list_undecidable_accounts`.
    """
    return may_moderate(person, other) and list_undecidable_accounts().filter(pk=other.pk).exists()


def may_warn(person: Person, other: User) -> bool:
    """Return whether a person may warn or suspend `other`.

    Moderators may. Superusers can never be warned or suspended, staff and moderators only by a superuser.
    """
    if not may_moderate_account(person, other) or other.is_superuser:
        return False
    return person.is_superuser or not is_moderator(other)


def may_sweep(person: Person, other: User) -> bool:
    """Return whether a person may hide and revert everything that `other` wrote.

    Only superusers may, and never for the account of a superuser.
    """
    return may_warn(person, other) and person.is_superuser


def may_report(person: Person, owner: User | None) -> bool:
    """Return whether a person may report what `owner` wrote: everyone who is signed in, except their own texts.

    `owner` is None once the author's account is deleted.
    """
    return isinstance(person, User) and (owner is None or person.pk != owner.pk)


def is_author(person: Person, suggestion: Suggestion) -> bool:
    """Return whether a person is the author of a suggestion.

    False for visitors; a suggestion of a deleted account has no author.
    """
    # Without the first check a visitor (pk None) would be the author of a deleted account's suggestion.
    return isinstance(person, User) and person.pk == suggestion.author_id


def may_edit(person: Person, suggestion: Suggestion, now: datetime) -> bool:
    """Return whether a person may edit a suggestion: its author, until it is decided.

    An open suggestion cannot be edited while a reviewer has claimed it. `now` is the time of the check.
    """
    # A claim ends by itself; nobody clears the field.
    is_claimed = suggestion.claimed_until is not None and suggestion.claimed_until > now
    editable = {State.DRAFT, State.CHANGES_REQUESTED} | (set() if is_claimed else {State.OPEN})
    return is_author(person, suggestion) and suggestion.state in editable


def may_decide(person: Person, suggestion: Suggestion) -> bool:
    """Return whether a person may decide on a suggestion: reviewers, but not on their own.

    A superuser may decide on their own as well, with a written reason: see `needs_own_reason`. When the author
    has asked for a second reader, reviewers who declined the suggestion may not decide again.
    """
    if not is_reviewer(person) or not isinstance(person, User):
        return False
    return person.is_superuser if is_author(person, suggestion) else not is_excluded_reviewer(person, suggestion)


def needs_own_reason(person: Person, suggestion: Suggestion) -> bool:
    """Return whether a person who may decide is the author and so must write why they decide themselves.

    The history of the suggestion shows this reason.
    """
    return is_author(person, suggestion)


def is_excluded_reviewer(person: User, suggestion: Suggestion) -> bool:
    """Return whether a reviewer is excluded because the author asked for a second reader after their decline.

    A decline that was undone does not exclude anyone.
    """
    return suggestion.second_reader_asked and _list_disputed_declines(suggestion).filter(reviewer=person).exists()


def _list_disputed_declines(suggestion: Suggestion) -> QuerySet[Decision]:
    """Return the declines after which a second reader was requested, without those that were undone before."""
    # The request reopens the suggestion: its decline no longer closes the review, but was not undone.
    return suggestion.decisions.filter(verdict=Verdict.DECLINE, undone_at__isnull=True, is_closing=False)


def may_undo(person: Person, suggestion: Suggestion) -> bool:
    """Return whether a person may undo the decision on a suggestion: everyone who may decide on it.

    So a superuser may undo it on their own suggestion too.
    """
    return may_decide(person, suggestion)


def list_eligible_reviewers(suggestion: Suggestion) -> QuerySet[User]:
    """Return all reviewers who may decide on a suggestion, without its author.

    It is `may_decide` in SQL, except that a superuser is not listed for their own suggestion.
    """
    reviewers = list_reviewers().exclude(pk__in=[suggestion.author_id])
    if not suggestion.second_reader_asked:
        return reviewers
    return reviewers.exclude(Exists(_list_disputed_declines(suggestion).filter(reviewer=OuterRef("pk"))))


def may_vote(person: Person, suggestion: Suggestion) -> bool:
    """Return whether a person may vote: everyone who is signed in, on open suggestions of others.

    Hidden and held suggestions are not open for votes.
    """
    is_open = suggestion.state == State.OPEN and suggestion.is_public
    return isinstance(person, User) and not is_author(person, suggestion) and is_open


def may_read(reader_id: int | None, item: Suggestion | Comment, *, as_moderator: bool = False) -> bool:
    """Return whether a person may read a suggestion or a comment: one answer for pages, notices and mail.

    `reader_id` is the primary key of an account, None for a visitor. `as_moderator` says whether the reader reads
    it as a moderator, which nobody does in notices and mail. No query, except for the suggestion that a
    comment is about, which callers load with the comment. `build_unreadable_condition` is this rule in SQL.

    - Everyone may read a submitted suggestion, only its author a draft.
    - Those who may read a suggestion may read the comments on it. Nobody may read a deleted comment.
    - Only its author and moderators may read a text that is hidden or held for review.
    """
    is_own = reader_id is not None and item.author_id == reader_id
    if isinstance(item, Suggestion):
        return item.is_public or is_own or (as_moderator and item.submitted_at is not None)
    suggestion = item.suggestion if item.suggestion_id is not None else None
    if item.deleted_at is not None or (
        suggestion is not None and not may_read(reader_id, suggestion, as_moderator=as_moderator)
    ):
        return False
    return is_own or as_moderator or (item.hidden_at is None and item.held_at is None)


def build_unreadable_condition(path: str, reader: F) -> Q:
    """Return the condition for rows about a suggestion or a comment that `reader` may not read.

    It is `may_read` in SQL, for readers who are no moderators. `path` is the path of lookups to it, such as
    "event__comment"; rows without one do not match. For a comment it ignores whether the comment was deleted,
    and the suggestion that it is about: that needs a condition of its own.
    """
    not_for_all = Q(**{f"{path}__hidden_at__isnull": False}) | Q(**{f"{path}__held_at__isnull": False})
    if path.endswith("suggestion"):
        not_for_all |= Q(**{f"{path}__isnull": False, f"{path}__submitted_at__isnull": True})
    # The author of a deleted account is NULL: with the first part the comparison is then false and not NULL.
    return not_for_all & ~Q(**{f"{path}__author__isnull": False, f"{path}__author": reader})


def may_see(person: Person, item: Suggestion | Comment) -> bool:
    """Return whether a person may read a suggestion or a comment on a page, as `may_read` says.

    It costs a query, whether they are a moderator, only for what not everyone may read.
    """
    return may_read(person.pk, item) or may_read(person.pk, item, as_moderator=is_moderator(person))


def may_read_log(person: Person) -> bool:
    """Return whether a person may read the log of moderation.

    Only active superusers may; moderators may not.
    """
    return isinstance(person, User) and person.is_active and person.is_superuser


def may_promote(person: Person) -> bool:
    """Return whether a person may make others reviewers.

    Only active superusers may; reviewers may not.
    """
    return isinstance(person, User) and person.is_active and person.is_superuser


def may_revert(person: Person) -> bool:
    """Return whether a person may revert published changes directly: reviewers and staff.

    Others can suggest it.
    """
    return is_reviewer(person) or (isinstance(person, User) and person.is_active and person.is_staff)


COMMENT_EDIT_PERIOD = timedelta(hours=24)
"""How long authors may edit their comments."""


def _may_write(person: Person) -> bool:
    """Return whether a person may write at all: signed in, active and not suspended."""
    return isinstance(person, User) and person.is_active and not person.is_suspended


def may_comment(person: Person, suggestion: Suggestion | None = None, thread: Comment | None = None) -> bool:
    """Return whether a person may write a comment: on anything that everyone may read.

    `suggestion` is the suggestion that the comment is about, None for a skill. `thread` is the comment that it
    answers, None for a new thread; it must not be hidden or held.
    """
    is_open = suggestion is None or suggestion.is_public
    is_visible = thread is None or (thread.hidden_at is None and thread.held_at is None)
    return _may_write(person) and is_open and is_visible


def may_edit_comment(person: Person, comment: Comment, now: datetime) -> bool:
    """Return whether a person may still edit a comment: its author, for 24 hours, unless it is hidden or deleted.

    `now` is the time of the check.
    """
    is_own = _may_write(person) and person.pk == comment.author_id
    is_recent = comment.created_at > now - COMMENT_EDIT_PERIOD
    return is_own and is_recent and comment.deleted_at is None and comment.hidden_at is None


def may_delete_comment(person: Person, comment: Comment) -> bool:
    """Return whether a person may delete a comment: its author, at any time.

    False if it is deleted already. Moderators hide comments instead of deleting them.
    """
    return _may_write(person) and person.pk == comment.author_id and comment.deleted_at is None


def may_mark_helpful(person: Person, comment: Comment) -> bool:
    """Return whether a person may mark a comment as helpful: everyone who may write, but not for their own.

    The comment must not be deleted, hidden or held.
    """
    is_readable = comment.deleted_at is None and comment.hidden_at is None and comment.held_at is None
    return _may_write(person) and person.pk != comment.author_id and is_readable


def may_resolve(person: Person, comment: Comment) -> bool:
    """Return whether a person may mark a thread as resolved: its author, and reviewers.

    `comment` must be the comment that began the thread.
    """
    is_author_of_thread = person.pk == comment.author_id
    is_thread = comment.parent_id is None and comment.deleted_at is None
    # The reviewer question is a query, so it comes last.
    return _may_write(person) and is_thread and (is_author_of_thread or is_reviewer(person))
