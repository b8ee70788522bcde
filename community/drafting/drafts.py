"""The author's actions: start, save, submit, withdraw and renew a suggestion, and ask for a second reader."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from community import rules
from community.drafting import limits
from community.drafting.typos import is_tiny
from community.events import recording
from community.events.recording import record_pending_suggestion
from community.models import ActKind, ChangeOutcome, State, SuggestedChange, Suggestion, WriteKind
from community.models.suggestions import OPEN_STATES, REASON_MAX_LENGTH, SOURCE_MAX_LENGTH
from community.moderation import holding, log
from community.posting import limiter
from community.posting.refusals import ChangedElsewhere, InvalidInput, NotAllowed
from community.suggestions import rivals, states, whole_skills
from community.suggestions.changes import (
    build_change,
    build_content_digest,
    build_renewal_digest,
    get_saved_digest,
    list_pending_changes,
)
from community.suggestions.checking import list_findings, list_submit_faults
from community.suggestions.refusals import AlreadySuggested, ProposalMovedOn
from community.suggestions.whole_skills import require_acceptable
from community.watching import watches
from skills import revisions
from skills.content.changes import Change
from skills.models import Skill
from skills.revisions import unpublished

TOO_LONG = gettext_lazy("The reason or the source is too long.")

type ChangeRow = dict[str, object]  # field values of a `SuggestedChange`, without its suggestion


@dataclass(frozen=True)
class OpenedPage:
    """The page in one tab that saves a form; `displayed` is the digest of what was saved when it was opened."""

    page_id: uuid.UUID | None
    displayed: str


def start(
    author: User,
    skill: Skill,
    changes: Sequence[Change],
    *,
    reason: str = "",
    source: str = "",
    key: uuid.UUID | None = None,
    carried_from: Suggestion | None = None,
    opened: OpenedPage | None = None,
) -> Suggestion:
    """Save a new draft and return it.

    1. Find the suggestion with this form `key`, or create a draft; the same key twice is one draft.
    2. If `skill` is not saved yet (a suggestion of a new skill), save it with the draft.
    3. Save changes, reason and source, see `save`.

    `carried_from` is kept with a new draft, see `carrying.find_original`.
    Raises `NotAllowed` if the form belongs to another skill, and whatever `save` raises (`TooLate`, `InvalidInput`).
    """
    with transaction.atomic():
        key = key or uuid.uuid4()
        suggestion = Suggestion.objects.filter(key=key).first()
        suggestion = suggestion or _create_draft(key, skill, author, changes, carried_from)
        if skill.pk is not None and suggestion.skill_id != skill.pk:
            raise NotAllowed(_("This form belongs to another skill."))
        return save(suggestion, author, changes, reason=reason, source=source, opened=opened)


def _create_draft(
    key: uuid.UUID, skill: Skill, author: User, changes: Sequence[Change], carried_from: Suggestion | None
) -> Suggestion:
    """Create an empty draft, and its skill if that is new; return the other draft if one was created meanwhile."""
    is_unsaved = skill.pk is None
    if is_unsaved:
        whole_skills.save_suggested_name_and_group(skill, changes)
    fields = {"skill": skill, "author": author, "carried_from": carried_from}
    suggestion, is_created = Suggestion.objects.get_or_create(key=key, defaults=fields)
    if is_unsaved and not is_created:  # the same form was sent twice at once, and the other request has its own skill
        unpublished.discard(skill)
    return suggestion


def save(
    suggestion: Suggestion,
    author: User,
    changes: Sequence[Change],
    *,
    reason: str = "",
    source: str = "",
    opened: OpenedPage | None = None,
) -> Suggestion:
    """Save what the author has typed so far; changes that are decided already stay as they are.

    1. Lock the suggestion; check its state and `rules.may_edit`, and that no page but `opened` has saved something
       else since that page was opened; None for a caller that displayed nothing.
    2. If it was submitted, check it again as for a submission, and hold it for a moderator where needed.
    3. Save reason and source, and replace the pending changes. Other changes delete the votes for the earlier ones.
    4. If it was submitted and anything differs, add a step to its history. Another reason or source alone keeps the
       votes, but the step begins the waiting time of automatic publishing again.

    Raises `NotAllowed`, `TooLate`, `InvalidInput`, `ChangedElsewhere`.
    """
    if len(reason) > REASON_MAX_LENGTH or len(source) > SOURCE_MAX_LENGTH:
        raise InvalidInput(str(TOO_LONG))
    with transaction.atomic():
        suggestion = _lock_own(suggestion, author)
        states.require_state(suggestion, State.DRAFT, *OPEN_STATES)
        if not rules.may_edit(author, suggestion, timezone.now()):
            raise NotAllowed(_("A reviewer is reading this suggestion; it can be changed again in a few minutes."))
        if opened is not None:
            _require_displayed(suggestion, opened, build_content_digest(reason.strip(), source.strip(), changes))
        rows = _build_rows(changes)
        _require_undecided(suggestion, rows)
        previous_texts = suggestion.reason, suggestion.source
        suggestion.reason, suggestion.source = reason.strip(), source.strip()
        has_other_texts = previous_texts != (suggestion.reason, suggestion.source)
        # A draft may be incomplete, but reviewers must never see an incomplete suggestion.
        if suggestion.state != State.DRAFT:
            _require_submittable(suggestion, changes)
            _hold_if_needed(suggestion, author, changes)
        suggestion.saved_by_page = opened.page_id if opened else None
        suggestion.save(update_fields=["reason", "source", "saved_by_page"])
        whole_skills.save_suggested_name_and_group(suggestion.skill, changes)
        has_other_changes = _replace_changes(suggestion, changes, rows)
        if suggestion.state != State.DRAFT and (has_other_changes or has_other_texts):
            states.record_edit(suggestion, suggestion.author)
    return suggestion


def _require_displayed(suggestion: Suggestion, opened: OpenedPage, new_digest: str) -> None:
    """Raise `ChangedElsewhere` if another page has saved what neither `opened` displayed nor this form contains."""
    # A page that saves while its author types need not learn what it has saved itself.
    if opened.page_id is not None and opened.page_id == suggestion.saved_by_page:
        return
    if get_saved_digest(suggestion) not in {opened.displayed, new_digest}:
        raise ChangedElsewhere(_("Another window has saved this suggestion since this page was opened."))


def _require_undecided(suggestion: Suggestion, rows: Sequence[ChangeRow]) -> None:
    """Raise `NotAllowed` if a decision was made already on a field that one of these rows changes."""
    decided = suggestion.changes.exclude(outcome=ChangeOutcome.PENDING).values_list("field", "role", "level")
    # A suggestion has one `SuggestedChange` for each field, so a decided one leaves no room for another.
    if {(row["field"], row["role"], row["level"]) for row in rows} & set(decided):
        raise NotAllowed(_("A part of this suggestion is decided; make a new one for anything else there."))


def _replace_changes(suggestion: Suggestion, changes: Sequence[Change], rows: Sequence[ChangeRow]) -> bool:
    """Replace the pending changes by these and return whether they differ; delete the votes if they do.

    `rows` are the same changes as field values of the database, in the same order.
    """
    pending = suggestion.changes.filter(outcome=ChangeOutcome.PENDING)
    # The order of the changes means nothing, so that moving a cell in the form costs no votes.
    if set(map(build_change, pending)) == set(changes):
        return False
    pending.delete()
    SuggestedChange.objects.bulk_create(SuggestedChange(suggestion=suggestion, **row) for row in rows)
    if suggestion.state != State.DRAFT:
        suggestion.votes.all().delete()
    return True


def submit(suggestion: Suggestion, author: User, *, confirmed: bool = False) -> Suggestion:
    """Submit a draft, or the answer to "changes requested", for review.

    1. Lock the suggestion and check that `author` wrote it.
    2. Do what `submit_locked` does: check it, watch the skill, change the state to open, notify.

    Raises `NotAllowed`, `TooLate`, and `InvalidInput` for blocking findings, or warnings that were not `confirmed`.
    """
    with transaction.atomic():
        suggestion = _lock_own(suggestion, author)
        submit_locked(suggestion, author, confirmed=confirmed)
    return suggestion


def submit_locked(suggestion: Suggestion, author: User, *, confirmed: bool) -> None:
    """Submit a suggestion of this author that the transaction has locked already.

    1. Check that it is a draft or went back to its author, lock its skill, and check what it proposes.
    2. On the first submission let the author watch the skill, see `watches.watch_by_taking_part`.
    3. Change the state to open, and hold it for a moderator where needed.
    4. Unless it is held, record an event: watchers and reviewers are notified.

    Raises `TooLate`, `AlreadySuggested`, and `InvalidInput` for blocking findings, or unconfirmed warnings.
    """
    states.require_state(suggestion, State.DRAFT, State.CHANGES_REQUESTED)
    # If two users submit the same at once, the second waits here and then finds the suggestion of the first.
    # The skill may have been retired while it waited, so the row that was read before the lock is replaced.
    skills = Skill.objects.select_for_update(of=("self",), no_key=True).with_group()
    suggestion.skill = skills.get(pk=suggestion.skill_id)
    changes = list_pending_changes(suggestion)
    _require_submittable(suggestion, changes)
    warnings = [finding.reason for finding in list_findings(suggestion, changes) if finding.is_warning]
    if warnings and not confirmed:
        raise InvalidInput(*warnings)
    if suggestion.state == State.DRAFT:
        watches.watch_by_taking_part(author, suggestion.skill)
    states.change_state(suggestion, State.OPEN, author, submitted_at=suggestion.submitted_at or timezone.now())
    _hold_if_needed(suggestion, author, changes)
    if suggestion.is_public:
        record_pending_suggestion(suggestion)


def _hold_if_needed(suggestion: Suggestion, author: User, changes: Sequence[Change]) -> None:
    """Hold a suggestion of a new member for a moderator if its texts need a review (`holding.must_be_held`)."""
    texts = [str(change.as_json()["proposed"] or "") for change in changes]
    # A suggestion that moderators have released can be held again after an edit.
    if suggestion.held_at is None and holding.must_be_held(
        author, "\n".join([suggestion.reason, suggestion.source, *texts])
    ):
        suggestion.held_at = timezone.now()
        suggestion.save(update_fields=["held_at"])
        log.write(ActKind.HELD, None, person=author, target=("suggestion", suggestion.pk))


def withdraw(suggestion: Suggestion, author: User) -> Suggestion:
    """Withdraw a suggestion before it is decided.

    1. Lock the suggestion and check that `author` wrote it.
    2. Change the state to withdrawn, end a reviewer's claim, and add a step to its history. Nobody is notified.

    Raises `NotAllowed`, and `TooLate` if it is decided.
    """
    with transaction.atomic():
        suggestion = _lock_own(suggestion, author)
        states.change_state(suggestion, State.WITHDRAWN, author, claimed_by=None, claimed_until=None)
    return suggestion


def renew(suggestion: Suggestion, author: User, *, displayed: str | None = None) -> Suggestion:
    """Renew an undecided suggestion: base its changes on the current text. What it proposes stays the same.

    1. Lock the suggestion; check that `author` wrote it and that it is a draft, outdated or under review, and that
       the author has seen what is renewed (`displayed`, of `build_renewal_digest`; None for no check).
    2. Set the base of each undecided change to the current value; superseded changes are pending again.
    3. If it was outdated, check the limit for new accounts and change the state to open. If it is under review, add
       a step to its history. Votes stay.

    Raises `NotAllowed`, `TooLate`, `ProposalMovedOn`; for an outdated one also `SkillRetired`, and `OverLimit` for a
    new account.
    """
    with transaction.atomic():
        suggestion = _lock_own(suggestion, author)
        states.require_state(suggestion, State.DRAFT, State.OUTDATED, *OPEN_STATES)
        if displayed not in {None, build_renewal_digest(suggestion)}:
            raise ProposalMovedOn(suggestion)
        today = revisions.get_content(suggestion.skill)
        for row in suggestion.changes.filter(outcome__in=[ChangeOutcome.PENDING, ChangeOutcome.SUPERSEDED]):
            change = build_change(row)
            renewed = Change(change.field, today.get_value(change), change.proposed, change.place)
            # Whether a change is tiny depends on its base, so it is calculated again.
            row.base, row.is_tiny, row.outcome = renewed.as_json()["base"], is_tiny(renewed), ChangeOutcome.PENDING
            row.save(update_fields=["base", "is_tiny", "outcome"])
        if suggestion.state == State.OUTDATED:
            require_acceptable(suggestion)
            limits.require_below_limit(author, suggestion)
            states.change_state(suggestion, State.OPEN, author)
        elif suggestion.state != State.DRAFT:
            states.record_edit(suggestion, author)
    return suggestion


def ask_second_reader(suggestion: Suggestion, author: User, message: str) -> Suggestion:
    """Ask once, after a decline, that another reviewer decides.

    1. Lock the suggestion; check that `author` wrote it, that it is declined, and that its skill is in use.
    2. Count the request against the author's limit of posts, and check that they have not asked before.
    3. Keep the decline, but let it no longer close the review; change the state to open, with `message` (may be '').
    4. If the suggestion is public, record an event: reviewers who have not declined it are notified.

    Raises `NotAllowed`, `OverLimit`, `TooLate`, `SkillRetired`.
    """
    with transaction.atomic():
        suggestion = _lock_own(suggestion, author)
        states.require_state(suggestion, State.DECLINED)
        whole_skills.require_skill_in_use(suggestion.skill, list_pending_changes(suggestion))
        limiter.record_write(author, WriteKind.POST)
        if suggestion.second_reader_asked:
            raise NotAllowed(_("A second reader has been asked for already."))
        suggestion.decisions.filter(is_closing=True, undone_at__isnull=True).update(is_closing=False)
        states.change_state(suggestion, State.OPEN, author, message, second_reader_asked=True)
        if suggestion.is_public:
            recording.record_second_reader_request(suggestion)
    return suggestion


def _lock_own(suggestion: Suggestion, author: User) -> Suggestion:
    """Return the suggestion locked and freshly read; raise `NotAllowed` unless this person wrote it."""
    suggestion = states.lock_suggestion(suggestion)
    if not rules.is_author(author, suggestion):
        raise NotAllowed(_("Only its author may do this."))
    return suggestion


def _require_submittable(suggestion: Suggestion, changes: Sequence[Change]) -> None:
    """Raise `AlreadySuggested` or `InvalidInput` if these changes must not be submitted."""
    reasons = list_submit_faults(suggestion, changes)
    # Reported together with the other reasons: the author may vote for that suggestion instead of mending this one.
    if same := rivals.find_same_suggestion(suggestion, changes) or whole_skills.find_same_new_skill(
        suggestion, changes
    ):
        raise AlreadySuggested(same, *reasons)
    if reasons:
        raise InvalidInput(*reasons)


def _build_rows(changes: Sequence[Change]) -> list[ChangeRow]:
    """Return changes as field values of the database; raise `InvalidInput` if two change the same field."""
    rows = [{**change.as_json(), "is_tiny": is_tiny(change)} for change in changes]
    if len({(row["field"], row["role"], row["level"]) for row in rows}) < len(rows):
        raise InvalidInput(_("One field is in the suggestion more than once."))
    return rows
