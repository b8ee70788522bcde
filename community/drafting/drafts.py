"""The author's side: begin, save, submit, withdraw, renew on today's text, ask for a second reader."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.drafting import limits
from community.drafting.typos import is_tiny
from community.events import recording
from community.events.recording import announce
from community.models import ActKind, ChangeOutcome, State, SuggestedChange, Suggestion, WriteKind
from community.models.suggestions import OPEN_STATES, REASON_MAX_LENGTH, SOURCE_MAX_LENGTH
from community.moderation import holding, log
from community.posting import limiter
from community.posting.refusals import InvalidInput, NotAllowed
from community.suggestions import moves, rivals, whole_skills
from community.suggestions.changes import build_change, list_pending_changes
from community.suggestions.checking import find_submit_faults, list_findings
from community.suggestions.refusals import AlreadySuggested
from community.watching import watches
from skills import revisions
from skills.content.changes import Change
from skills.models import Skill
from skills.revisions import unpublished

type ChangeRow = dict[str, object]  # a change, as the database has it


def start(
    author: User,
    skill: Skill,
    changes: Sequence[Change],
    *,
    reason: str = "",
    source: str = "",
    key: uuid.UUID | None = None,
) -> Suggestion:
    """Save a new draft and return it; the same form `key` twice is one draft. Raises `NotAllowed`, `InvalidInput`."""
    with transaction.atomic():
        key = key or uuid.uuid4()
        suggestion = Suggestion.objects.filter(key=key).first() or _create_draft(key, skill, author, changes)
        if skill.pk is not None and suggestion.skill_id != skill.pk:
            raise NotAllowed(_("This form belongs to another skill."))
        return save(suggestion, author, changes, reason=reason, source=source)


def _create_draft(key: uuid.UUID, skill: Skill, author: User, changes: Sequence[Change]) -> Suggestion:
    is_unsaved = skill.pk is None
    if is_unsaved:
        whole_skills.save_label(skill, changes)
    suggestion, made = Suggestion.objects.get_or_create(key=key, defaults={"skill": skill, "author": author})
    if is_unsaved and not made:  # the same form was sent twice at once
        unpublished.discard(skill)
    return suggestion


def save(
    suggestion: Suggestion, author: User, changes: Sequence[Change], *, reason: str = "", source: str = ""
) -> Suggestion:
    """Keep what the author has typed so far; what is decided already stays as it is.

    Other words lose the votes that the earlier ones had, and the new ones stand in the history
    of an open suggestion. Another reason or source keeps the votes, and begins the waiting time
    of automatic publishing again. Raises `NotAllowed`, `TooLate`, `InvalidInput`.
    """
    if len(reason) > REASON_MAX_LENGTH or len(source) > SOURCE_MAX_LENGTH:
        raise InvalidInput(_("The reason or the source is too long."))
    with transaction.atomic():
        found = _lock_own(suggestion, author)
        moves.require_state(found, State.DRAFT, *OPEN_STATES)
        if not rules.may_edit(author, found, timezone.now()):
            raise NotAllowed(_("A reviewer is reading this suggestion; it can be changed again in a few minutes."))
        rows = _build_rows(changes)
        _refuse_decided(found, rows)
        before = found.reason, found.source
        found.reason, found.source = reason.strip(), source.strip()
        is_explained_otherwise = before != (found.reason, found.source)
        if found.state != State.DRAFT:
            _refuse_unfit(found, changes)
            _hold_if_needed(found, author, changes)
        found.save(update_fields=["reason", "source"])
        whole_skills.save_label(found.skill, changes)
        has_other_changes = _replace_changes(found, changes, rows)
        if found.state != State.DRAFT and (has_other_changes or is_explained_otherwise):
            moves.record_edit(found, found.author)
    return found


def _refuse_decided(suggestion: Suggestion, rows: Sequence[ChangeRow]) -> None:
    decided = suggestion.changes.exclude(outcome=ChangeOutcome.PENDING).values_list("field", "role", "level")
    if {(row["field"], row["role"], row["level"]) for row in rows} & set(decided):
        raise NotAllowed(_("A part of this suggestion is decided; make a new one for anything else there."))


def _replace_changes(suggestion: Suggestion, changes: Sequence[Change], rows: Sequence[ChangeRow]) -> bool:
    """Keep these changes in place of those that wait; return whether they differ. Votes were for the earlier ones.

    `rows` are the same changes, in the same order, as the database has them.
    """
    pending = suggestion.changes.filter(outcome=ChangeOutcome.PENDING)
    if set(map(build_change, pending)) == set(changes):
        return False
    pending.delete()
    SuggestedChange.objects.bulk_create(SuggestedChange(suggestion=suggestion, **row) for row in rows)
    if suggestion.state != State.DRAFT:
        suggestion.votes.all().delete()
    return True


def submit(suggestion: Suggestion, author: User, *, confirmed: bool = False) -> Suggestion:
    """Bring a draft, or the answer to "changes requested", before reviewers.

    Who submits a draft watches the skill from then on, see `watches.watch_by_taking_part`.
    Raises `NotAllowed`, `TooLate`, and `InvalidInput` for blocking findings, or warnings that were not `confirmed`.
    """
    with transaction.atomic():
        found = _lock_own(suggestion, author)
        submit_locked(found, author, confirmed=confirmed)
    return found


def submit_locked(suggestion: Suggestion, author: User, *, confirmed: bool) -> None:
    """Do what `submit` does with a suggestion of this author that the transaction has locked already.

    Raises `InvalidInput`.
    """
    moves.require_state(suggestion, State.DRAFT, State.CHANGES_REQUESTED)
    # Two people who submit the same at once: the second waits here and then sees the first.
    Skill.objects.select_for_update(of=("self",), no_key=True).get(pk=suggestion.skill_id)
    changes = list_pending_changes(suggestion)
    _refuse_unfit(suggestion, changes)
    warnings = [finding.reason for finding in list_findings(suggestion, changes) if not finding.is_blocking]
    if warnings and not confirmed:
        raise InvalidInput(*warnings)
    if suggestion.state == State.DRAFT:
        watches.watch_by_taking_part(author, suggestion.skill)
    moves.change_state(suggestion, State.OPEN, author, submitted_at=suggestion.submitted_at or timezone.now())
    _hold_if_needed(suggestion, author, changes)
    if suggestion.is_public:
        announce(suggestion)


def _hold_if_needed(suggestion: Suggestion, author: User, changes: Sequence[Change]) -> None:
    """Hold what a new member wrote for a moderator's look, where its reason or its texts ask for one."""
    texts = [str(change.as_json()["proposed"] or "") for change in changes]
    if suggestion.held_at is None and holding.must_be_held(
        author, "\n".join([suggestion.reason, suggestion.source, *texts])
    ):
        suggestion.held_at = timezone.now()
        suggestion.save(update_fields=["held_at"])
        log.write(ActKind.HELD, None, person=author, target=("suggestion", suggestion.pk))


def withdraw(suggestion: Suggestion, author: User) -> Suggestion:
    """Take a suggestion back before it is decided; raises `NotAllowed`, `TooLate`."""
    with transaction.atomic():
        found = _lock_own(suggestion, author)
        moves.change_state(found, State.WITHDRAWN, author, claimed_by=None, claimed_until=None)
    return found


def renew(suggestion: Suggestion, author: User) -> Suggestion:
    """Base an undecided suggestion on today's text; the author's own words stay as they are.

    Raises `NotAllowed`, `TooLate`, and `OverLimit` for one that was outdated.
    """
    with transaction.atomic():
        found = _lock_own(suggestion, author)
        moves.require_state(found, State.DRAFT, State.OUTDATED, *OPEN_STATES)
        today = revisions.get_content(found.skill)
        for row in found.changes.filter(outcome__in=[ChangeOutcome.PENDING, ChangeOutcome.SUPERSEDED]):
            change = build_change(row)
            renewed = Change(change.field, today.get_value(change), change.proposed, change.place)
            row.base, row.is_tiny, row.outcome = renewed.as_json()["base"], is_tiny(renewed), ChangeOutcome.PENDING
            row.save(update_fields=["base", "is_tiny", "outcome"])
        if found.state == State.OUTDATED:
            limits.require_below_limit(author, found)
            moves.change_state(found, State.OPEN, author)
        elif found.state != State.DRAFT:
            moves.record_edit(found, author)
    return found


def ask_second_reader(suggestion: Suggestion, author: User, message: str) -> Suggestion:
    """Ask once, after a decline, that another reviewer decides; raises `NotAllowed`, `TooLate`."""
    with transaction.atomic():
        found = _lock_own(suggestion, author)
        moves.require_state(found, State.DECLINED)
        limiter.count_write(author, WriteKind.POST)
        if found.second_reader_asked:
            raise NotAllowed(_("A second reader has been asked for already."))
        found.decisions.filter(is_closing=True, undone_at__isnull=True).update(is_closing=False)
        moves.change_state(found, State.OPEN, author, message, second_reader_asked=True)
        if found.is_public:
            recording.record_second_reader_request(found)
    return found


def _lock_own(suggestion: Suggestion, author: User) -> Suggestion:
    found = moves.lock_suggestion(suggestion)
    if not rules.is_author(author, found):
        raise NotAllowed(_("Only its author may do this."))
    return found


def _refuse_unfit(suggestion: Suggestion, changes: Sequence[Change]) -> None:
    reasons = find_submit_faults(suggestion, changes)
    if same := rivals.find_same_suggestion(suggestion, changes) or whole_skills.find_same_new_skill(
        suggestion, changes
    ):
        raise AlreadySuggested(same, *reasons)
    if reasons:
        raise InvalidInput(*reasons)


def _build_rows(changes: Sequence[Change]) -> list[ChangeRow]:
    rows = [{**change.as_json(), "is_tiny": is_tiny(change)} for change in changes]
    if len({(row["field"], row["role"], row["level"]) for row in rows}) < len(rows):
        raise InvalidInput(_("One field stands in the suggestion more than once."))
    return rows
