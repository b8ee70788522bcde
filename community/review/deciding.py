"""The reviewer's side: claim, accept, decline, send back, undo. Of two at once exactly one decides.

Each deed is one transaction in the same order: lock the suggestion, ask the rule, look at
state and base, write, write the step down.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import membership
from accounts.models import User
from community import rules
from community.events import recording
from community.models import ChangeOutcome, Decision, DeclineReason, State, SuggestedChange, Suggestion, Verdict
from community.posting.refusals import InvalidInput, NotAllowed
from community.suggestions import moves, whole_skills
from community.suggestions.changes import build_change
from community.suggestions.refusals import ClaimedByOther, SuggestionChanged, TooLate
from skills import revisions
from skills.content.changes import (
    REVISION_SUMMARY_MAX_LENGTH,
    Change,
    ChangeValue,
    Fit,
    InvalidChange,
    select_applicable,
)
from skills.models import Revision, Significance, Skill
from skills.revisions import NothingToPublish, writing

CLAIM_DURATION = timedelta(minutes=15)

type Edits = Mapping[int, Change]  # by SuggestedChange.pk: what the reviewer makes of it, based on what they saw


def claim(suggestion: Suggestion, reviewer: User) -> Suggestion:
    """Hold an open suggestion for 15 minutes, also one that somebody else holds; raises `NotAllowed`, `TooLate`."""
    with transaction.atomic():
        found = _require_decidable(moves.lock_suggestion(suggestion), reviewer, State.OPEN)
        if rules.is_author(reviewer, found):
            raise NotAllowed(_("Nobody reviews their own suggestion."))
        found.claimed_by, found.claimed_until = reviewer, timezone.now() + CLAIM_DURATION
        found.save(update_fields=["claimed_by", "claimed_until"])
    return found


def unclaim(suggestion: Suggestion, reviewer: User) -> None:
    """Give a claim back; somebody else's stays."""
    Suggestion.objects.filter(pk=suggestion.pk, claimed_by=reviewer).update(claimed_by=None, claimed_until=None)


def accept(
    suggestion: Suggestion,
    reviewer: User,
    *,
    significance: Significance,
    change_ids: set[int] | None = None,
    edits: Edits | None = None,
    own_reason: str = "",
    key: uuid.UUID | None = None,
) -> Decision:
    """Publish a suggestion, or `only` some of its changes, with the reviewer's `edits`; returns the decision.

    Today equal to the base is applied, today equal to the proposed text counts as already
    applied, anything else raises `ChangedMeanwhile`; a choice of changes that no longer wait raises
    `SuggestionChanged`. The same `key` twice decides once. Raises `NotAllowed`, `TooLate`, `InvalidInput`.
    """
    with transaction.atomic():
        locked = moves.lock_suggestion(suggestion)
        if (earlier := _find_earlier_decision(locked, reviewer, Verdict.ACCEPT, key)) is not None:
            return earlier
        found = _require_decidable(locked, reviewer, State.OPEN, own_reason=own_reason)
        _refuse_claimed(found, reviewer)
        pending = list(found.changes.filter(outcome=ChangeOutcome.PENDING))
        chosen = _select_changes(found, pending, change_ids)
        wanted = {row.pk: _apply_edit(row, edits or {}) for row in chosen}
        revision = publish_chosen(found, chosen, wanted, reviewer, significance)
        is_closing = len(chosen) == len(pending)
        decision = create_decision(
            found,
            reviewer,
            Verdict.ACCEPT,
            key,
            significance=significance,
            revision=revision,
            is_closing=is_closing,
            own_reason=own_reason.strip(),
        )
        if is_closing:
            with_changes = found.changes.filter(outcome=ChangeOutcome.EDITED).exists()
            state = State.ACCEPTED_WITH_CHANGES if with_changes else State.ACCEPTED
            moves.change_state(found, state, reviewer, own_reason.strip(), claimed_by=None, claimed_until=None)
        recording.record_decision(decision)
    return decision


def decline(
    suggestion: Suggestion,
    reviewer: User,
    reason: DeclineReason,
    *,
    message: str = "",
    own_reason: str = "",
    key: uuid.UUID | None = None,
) -> Decision:
    """Decline what is undecided of a suggestion, for a reason of the list; raises `NotAllowed`, `TooLate`."""
    with transaction.atomic():
        locked = moves.lock_suggestion(suggestion)
        if (earlier := _find_earlier_decision(locked, reviewer, Verdict.DECLINE, key)) is not None:
            return earlier
        found = _require_decidable(locked, reviewer, State.OPEN, State.CHANGES_REQUESTED, own_reason=own_reason)
        _refuse_claimed(found, reviewer)
        decision = create_decision(
            found, reviewer, Verdict.DECLINE, key, decline_reason=reason, message=message, own_reason=own_reason.strip()
        )
        moves.change_state(found, State.DECLINED, reviewer, message, claimed_by=None, claimed_until=None)
        recording.record_decision(decision)
    return decision


def request_changes(suggestion: Suggestion, reviewer: User, message: str, *, key: uuid.UUID | None = None) -> Decision:
    """Send a suggestion back with words that say what is missing; raises `NotAllowed`, `TooLate`, `InvalidInput`."""
    if not message.strip():
        raise InvalidInput(_("Say what is to be changed."))
    with transaction.atomic():
        locked = moves.lock_suggestion(suggestion)
        if (earlier := _find_earlier_decision(locked, reviewer, Verdict.REQUEST_CHANGES, key)) is not None:
            return earlier
        found = _require_decidable(locked, reviewer, State.OPEN)
        _refuse_claimed(found, reviewer)
        decision = create_decision(
            found, reviewer, Verdict.REQUEST_CHANGES, key, message=message.strip(), is_closing=False
        )
        moves.change_state(
            found, State.CHANGES_REQUESTED, reviewer, message.strip(), claimed_by=None, claimed_until=None
        )
        recording.record_decision(decision)
    return decision


def _require_decidable(suggestion: Suggestion, reviewer: User, *states: State, own_reason: str = "") -> Suggestion:
    """Return a locked suggestion on which this reviewer may decide now; raises `NotAllowed`, `TooLate`."""
    if not membership.is_reviewer(reviewer):
        raise NotAllowed(_("Only reviewers decide on suggestions."))
    moves.require_state(suggestion, *states)
    if not suggestion.is_public:
        raise NotAllowed(_("Moderators have hidden this suggestion, or look at it first."))
    is_reason_missing = rules.needs_own_reason(reviewer, suggestion) and not own_reason.strip()
    if is_reason_missing or not rules.may_decide(reviewer, suggestion):
        raise _build_refusal(reviewer, suggestion)
    return suggestion


def _build_refusal(reviewer: User, suggestion: Suggestion) -> NotAllowed:
    own, before = _("Nobody reviews their own suggestion."), _("Another reviewer must decide this time.")
    return NotAllowed(own if rules.is_author(reviewer, suggestion) else before)


def _refuse_claimed(suggestion: Suggestion, reviewer: User) -> None:
    holder, until = suggestion.claimed_by, suggestion.claimed_until
    if holder and until and holder != reviewer and until > timezone.now():
        raise ClaimedByOther(suggestion, holder, until)


def _find_earlier_decision(
    suggestion: Suggestion, reviewer: User, verdict: Verdict, key: uuid.UUID | None
) -> Decision | None:
    """Return the decision on a locked suggestion that this very request made before.

    Raises `InvalidInput` for a key under which something else was decided.
    """
    made = Decision.objects.filter(key=key).first() if key else None
    if made and (made.suggestion_id, made.reviewer_id, made.verdict) != (suggestion.pk, reviewer.pk, verdict):
        raise InvalidInput(_("This form was sent before, for something else. Open the suggestion anew."))
    return made


def _select_changes(
    suggestion: Suggestion, pending: list[SuggestedChange], change_ids: set[int] | None
) -> list[SuggestedChange]:
    if change_ids == set() or not pending:
        raise InvalidInput(_("Choose at least one change."))
    if change_ids is not None and not change_ids <= {row.pk for row in pending}:
        raise SuggestionChanged
    along = whole_skills.include_required_changes(
        suggestion.skill, pending, change_ids if change_ids is not None else {r.pk for r in pending}
    )
    return [row for row in pending if row.pk in along]


def _apply_edit(row: SuggestedChange, edits: Edits) -> Change:
    """Return what the reviewer makes of a change: other words, never another field."""
    change = build_change(row)
    edited = edits.get(row.pk, change)
    return replace(change, base=edited.base, proposed=edited.proposed)


def publish_chosen(
    suggestion: Suggestion,
    rows: list[SuggestedChange],
    wanted: Mapping[int, Change],
    reviewer: User | None,
    significance: Significance,
) -> Revision | None:
    """Publish of a locked suggestion what is `wanted` of these rows, by their pk, and write down what became of each.

    Returns None where all of it stands already; raises `ChangedMeanwhile`, `InvalidInput`.
    """
    skill = writing.lock_skill(suggestion.skill, list(wanted.values()))
    applicable = select_applicable(revisions.get_content(skill), wanted.values())
    fresh = {pk: change for pk, change in wanted.items() if change in applicable}
    edited = {row.pk for row in rows if row.pk in fresh and fresh[row.pk].proposed != build_change(row).proposed}
    review = revisions.Review(reviewer, is_co_written=bool(edited)) if reviewer else None
    revision = _publish(suggestion, skill, list(fresh.values()), review, significance)
    _save_outcomes(rows, wanted, applied=set(fresh) - edited, edited=edited)
    return revision


def _publish(
    suggestion: Suggestion,
    skill: Skill,
    changes: list[Change],
    review: revisions.Review | None,
    significance: Significance,
) -> Revision | None:
    try:
        return revisions.publish(
            skill,
            changes,
            author=suggestion.author,
            review=review,
            origin=Revision.Origin.SUGGESTION,
            summary=suggestion.reason[:REVISION_SUMMARY_MAX_LENGTH],
            significance=significance,
        )
    except NothingToPublish:
        return None
    except InvalidChange as error:  # its role, level, group or twin is gone since, or its name taken
        raise InvalidInput(str(error)) from error


def _save_outcomes(
    rows: list[SuggestedChange], wanted: Mapping[int, Change], *, applied: set[int], edited: set[int]
) -> None:
    """Keep what became of each row, and the text that is published now; what is in neither set was there already."""
    for row in rows:
        if row.pk in edited:
            row.outcome = ChangeOutcome.EDITED
        else:
            row.outcome = ChangeOutcome.APPLIED if row.pk in applied else ChangeOutcome.ALREADY_APPLIED
        row.published = wanted[row.pk].as_json()["proposed"]
    SuggestedChange.objects.bulk_update(rows, ["outcome", "published"])


def create_decision(
    suggestion: Suggestion, reviewer: User | None, verdict: Verdict, key: uuid.UUID | None = None, **fields: object
) -> Decision:
    """Write down a decision on a locked suggestion and return it."""
    return Decision.objects.create(
        key=key or uuid.uuid4(),
        suggestion=suggestion,
        author=suggestion.author,
        reviewer=reviewer,
        verdict=verdict,
        **fields,
    )


def undo(
    suggestion: Suggestion, reviewer: User, message: str, *, decision_id: int | None = None
) -> list[tuple[Change, ChangeValue]]:
    """Undo the decision in force: the suggestion is open again, published text goes back to what it was before.

    Only where nobody has changed it since; returns the changes that stay, each with today's
    value. `decision` names the one that was read, so that no later one is undone unread.
    Raises `NotAllowed`, `TooLate`, `InvalidInput`.
    """
    if not message.strip():
        raise InvalidInput(_("Say why the decision is undone."))
    with transaction.atomic():
        found = moves.lock_suggestion(suggestion)
        in_force = moves.find_decision_in_force(found)
        if in_force is None or decision_id not in {None, in_force.pk}:
            raise TooLate(found, in_force)
        if not membership.is_reviewer(reviewer):
            raise NotAllowed(_("Only reviewers decide on suggestions."))
        if not rules.may_undo(reviewer, found):
            raise _build_refusal(reviewer, found)
        undone = Decision.objects.filter(pk=in_force.pk)
        kept: list[tuple[Change, ChangeValue]] = []
        revision: Revision | None = None
        if in_force.verdict == Verdict.ACCEPT:
            undone = found.decisions.filter(verdict=Verdict.ACCEPT, undone_at__isnull=True)
            kept, revision = _undo_changes(found, list(undone.select_related("revision")), reviewer, message.strip())
        undone.update(undone_at=timezone.now())
        moves.change_state(found, State.OPEN, reviewer, message.strip())
        recording.record_undone_decision(in_force, reviewer, revision)
    return kept


def _undo_changes(
    suggestion: Suggestion, decisions: list[Decision], reviewer: User, message: str
) -> tuple[list[tuple[Change, ChangeValue]], Revision | None]:
    """Put back what stood before these decisions, which is not always what the suggestion was based on."""
    skill = writing.lock_skill(suggestion.skill, [])
    today = revisions.get_content(skill)
    published = [
        Change.from_json(change) for decision in decisions if decision.revision for change in decision.revision.changes
    ]
    is_new = whole_skills.is_new_skill(published)
    stays = is_new and not whole_skills.is_untouched_since(today, published)
    left = [change for change in published if change.compare_with(today) is Fit.ALREADY_DONE and not stays]
    kept = [(change, today.get_value(change)) for change in published if change not in left]
    revision = _publish_undo(skill, left, reviewer, message, is_new=is_new) if left else None
    suggestion.changes.exclude(outcome=ChangeOutcome.PENDING).update(outcome=ChangeOutcome.PENDING, published=None)
    return kept, revision


def _publish_undo(skill: Skill, changes: list[Change], reviewer: User, message: str, *, is_new: bool) -> Revision:
    summary = message[:REVISION_SUMMARY_MAX_LENGTH]
    if is_new:
        return revisions.unpublish(skill, author=reviewer, summary=summary)
    back = [replace(change, base=change.proposed, proposed=change.base) for change in changes]
    try:
        return revisions.publish(skill, back, author=reviewer, origin=Revision.Origin.REVERT, summary=summary)
    except InvalidChange as error:
        raise InvalidInput(str(error)) from error
