"""What a reviewer does with a suggestion: claim, accept, decline, send back, undo.

Each action is one transaction in the same order: lock the suggestion, check rule, state and base, write, record
the step. Of two reviewers at the same time exactly one decides.
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
from community.suggestions import states, whole_skills
from community.suggestions.changes import build_change
from community.suggestions.refusals import ClaimedByOther, SuggestionChanged, TooLate
from skills import revisions
from skills.content.changes import (
    Change,
    ChangeValue,
    Fit,
    InvalidChange,
    cut_revision_summary,
    select_applicable,
)
from skills.models import Revision, Significance, Skill
from skills.revisions import NothingToPublish, writing

CLAIM_DURATION = timedelta(minutes=15)

# By SuggestedChange.pk: the change as the reviewer edited it. Its base is the text that the reviewer saw.
type Edits = Mapping[int, Change]


def claim(suggestion: Suggestion, reviewer: User) -> Suggestion:
    """Claim an open suggestion for 15 minutes and return it.

    1. Lock the suggestion and check that this reviewer may decide on it.
    2. Save the claim. It replaces the claim of another reviewer, if there is one.

    Raises `NotAllowed`, also for the author (a superuser, too); `TooLate` if it is no longer open; `SkillRetired`.
    """
    with transaction.atomic():
        locked = states.lock_suggestion(suggestion)
        _require_decidable(locked, reviewer, State.OPEN)  # also refuses the author, who gives no reason here
        whole_skills.require_acceptable(locked)
        locked.claimed_by, locked.claimed_until = reviewer, timezone.now() + CLAIM_DURATION
        locked.save(update_fields=["claimed_by", "claimed_until"])
    return locked


def unclaim(suggestion: Suggestion, reviewer: User) -> None:
    """Release this reviewer's claim on a suggestion.

    The claim of another reviewer stays as it is, and nothing is raised then.
    """
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
    """Accept a suggestion, or only the changes in `change_ids`, with the reviewer's `edits`; return the decision.

    1. Lock the suggestion. If the same `key` (of one sent form) decided before, return that decision.
    2. Check that this reviewer may decide, on their own suggestion only with `own_reason`, and no other holds a claim.
    3. Publish the chosen changes as a revision. A change is applied if today's text is its base, and counts
       as already applied if today's text is the proposed one.
    4. Save the decision. If no change is pending after it, set the state to accepted and end the claim.
    5. Record an event: the author is notified.

    Raises `ChangedMeanwhile` if today's text is neither base nor proposed text; `SuggestionChanged` if a chosen
    change is no longer pending; `NotAllowed`, `ClaimedByOther`, `TooLate`, `InvalidInput`.
    """
    own_reason = own_reason.strip()
    with transaction.atomic():
        locked = states.lock_suggestion(suggestion)
        if (earlier := _find_earlier_decision(locked, reviewer, Verdict.ACCEPT, key)) is not None:
            return earlier
        _require_decidable(locked, reviewer, State.OPEN, own_reason=own_reason)
        _require_unclaimed(locked, reviewer)
        pending = list(locked.changes.filter(outcome=ChangeOutcome.PENDING))
        chosen = _select_changes(locked, pending, change_ids)
        changes_by_id = {row.pk: _apply_edit(row, edits or {}) for row in chosen}  # what to publish, by row
        revision = publish_chosen(locked, chosen, changes_by_id, reviewer, significance)
        # A partial decision leaves the suggestion open: only the decision on the last pending changes closes it.
        is_closing = len(chosen) == len(pending)
        decision = create_decision(
            locked,
            reviewer,
            Verdict.ACCEPT,
            key,
            significance=significance,
            revision=revision,
            is_closing=is_closing,
            own_reason=own_reason,
        )
        if is_closing:
            # Also an edit of an earlier, partial decision counts.
            has_edits = locked.changes.filter(outcome=ChangeOutcome.EDITED).exists()
            state = State.ACCEPTED_WITH_CHANGES if has_edits else State.ACCEPTED
            states.change_state(locked, state, reviewer, own_reason, claimed_by=None, claimed_until=None)
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
    """Decline the undecided changes of a suggestion and return the decision.

    1. Lock and check as `accept` does; the same `key` decides once.
    2. Save the decision with its `reason` from the list and the optional `message` to the author.
    3. Set the state to declined and end the claim. Changes that were accepted before stay published.
    4. Record an event: the author is notified.

    Raises `NotAllowed`, `ClaimedByOther`, `TooLate`; `InvalidInput` if `key` was used for another decision.
    """
    own_reason = own_reason.strip()
    with transaction.atomic():
        locked = states.lock_suggestion(suggestion)
        if (earlier := _find_earlier_decision(locked, reviewer, Verdict.DECLINE, key)) is not None:
            return earlier
        _require_decidable(locked, reviewer, State.OPEN, State.CHANGES_REQUESTED, own_reason=own_reason)
        _require_unclaimed(locked, reviewer)
        decision = create_decision(
            locked, reviewer, Verdict.DECLINE, key, decline_reason=reason, message=message, own_reason=own_reason
        )
        states.change_state(locked, State.DECLINED, reviewer, message, claimed_by=None, claimed_until=None)
        recording.record_decision(decision)
    return decision


def request_changes(suggestion: Suggestion, reviewer: User, message: str, *, key: uuid.UUID | None = None) -> Decision:
    """Send a suggestion back to its author and return the decision, which does not close the suggestion.

    1. Lock and check as `accept` does; the same `key` decides once.
    2. Save the decision with the `message` that says what is missing.
    3. Set the state to changes requested and end the claim.
    4. Record an event: the author is notified.

    Raises `InvalidInput` if `message` is empty; `NotAllowed`, `ClaimedByOther`, `TooLate`.
    """
    if not message.strip():
        raise InvalidInput(_("Say what is to be changed."), field="message")
    with transaction.atomic():
        locked = states.lock_suggestion(suggestion)
        if (earlier := _find_earlier_decision(locked, reviewer, Verdict.REQUEST_CHANGES, key)) is not None:
            return earlier
        _require_decidable(locked, reviewer, State.OPEN)
        _require_unclaimed(locked, reviewer)
        decision = create_decision(
            locked, reviewer, Verdict.REQUEST_CHANGES, key, message=message.strip(), is_closing=False
        )
        states.change_state(
            locked, State.CHANGES_REQUESTED, reviewer, message.strip(), claimed_by=None, claimed_until=None
        )
        recording.record_decision(decision)
    return decision


def _require_decidable(suggestion: Suggestion, reviewer: User, *allowed: State, own_reason: str = "") -> None:
    """Raise `NotAllowed` or `TooLate` unless this reviewer may decide on a locked suggestion now."""
    if not membership.is_reviewer(reviewer):
        raise NotAllowed(_("Only reviewers decide on suggestions."))
    states.require_state(suggestion, *allowed)
    if not suggestion.is_public:
        raise NotAllowed(_("Moderators have hidden this suggestion, or review it first."))
    is_reason_missing = rules.needs_own_reason(reviewer, suggestion) and not own_reason.strip()
    if is_reason_missing or not rules.may_decide(reviewer, suggestion):
        raise _build_refusal(reviewer, suggestion)


def _build_refusal(reviewer: User, suggestion: Suggestion) -> NotAllowed:
    own, before = _("Nobody reviews their own suggestion."), _("Another reviewer must decide this time.")
    return NotAllowed(own if rules.is_author(reviewer, suggestion) else before)


def _require_unclaimed(suggestion: Suggestion, reviewer: User) -> None:
    """Raise `ClaimedByOther` while another reviewer's claim lasts."""
    holder, until = suggestion.claimed_by, suggestion.claimed_until
    if holder and until and holder != reviewer and until > timezone.now():
        raise ClaimedByOther(suggestion, holder, until)


def _find_earlier_decision(
    suggestion: Suggestion, reviewer: User, verdict: Verdict, key: uuid.UUID | None
) -> Decision | None:
    """Return the decision on a locked suggestion that the same request made before, or None.

    A request comes twice after a double click or a lost answer. Raises `InvalidInput` if another decision has the key.
    """
    earlier = Decision.objects.filter(key=key).first() if key else None
    expected = (suggestion.pk, reviewer.pk, verdict)
    if earlier and (earlier.suggestion_id, earlier.reviewer_id, earlier.verdict) != expected:
        raise InvalidInput(_("This form was sent before, for something else. Open the suggestion again."))
    return earlier


def _select_changes(
    suggestion: Suggestion, pending: list[SuggestedChange], change_ids: set[int] | None
) -> list[SuggestedChange]:
    """Return the pending changes to publish: those in `change_ids`, all for None, and those that they require."""
    if change_ids == set() or not pending:
        raise InvalidInput(_("Choose at least one change."), field="change")
    if change_ids is not None and not change_ids <= {row.pk for row in pending}:
        raise SuggestionChanged
    included_ids = whole_skills.include_required_changes(
        suggestion.skill, pending, change_ids if change_ids is not None else {row.pk for row in pending}
    )
    return [row for row in pending if row.pk in included_ids]


def _apply_edit(row: SuggestedChange, edits: Edits) -> Change:
    """Return the change with the reviewer's edit: only base and text may differ, never the field or the place."""
    change = build_change(row)
    edited = edits.get(row.pk, change)
    return replace(change, base=edited.base, proposed=edited.proposed)


def publish_chosen(
    suggestion: Suggestion,
    rows: list[SuggestedChange],
    changes_by_id: Mapping[int, Change],
    reviewer: User | None,
    significance: Significance,
) -> Revision | None:
    """Publish changes of a locked suggestion as one revision and return it.

    1. Lock the skill, after the suggestion.
    2. Publish what differs from today's text. `changes_by_id` holds the final change of each row, by its pk.
    3. Save the outcome of each of the `rows`: applied, edited or already applied.

    Returns None if today's text holds every change already. `reviewer` is None if votes decided.
    Raises `ChangedMeanwhile`, `InvalidInput`, `SkillRetired`.
    """
    skill = writing.lock_skill(suggestion.skill, list(changes_by_id.values()))
    whole_skills.require_skill_in_use(skill, list(changes_by_id.values()))
    applicable = select_applicable(revisions.get_content(skill), changes_by_id.values())
    new_changes = {pk: change for pk, change in changes_by_id.items() if change in applicable}
    # An edit that results in the proposed text does not make the reviewer a co-author.
    edited_ids = {
        row.pk for row in rows if row.pk in new_changes and new_changes[row.pk].proposed != build_change(row).proposed
    }
    review = revisions.Review(reviewer, is_co_written=bool(edited_ids)) if reviewer else None
    revision = _publish(suggestion, skill, list(new_changes.values()), review, significance)
    _save_outcomes(rows, changes_by_id, applied_ids=set(new_changes) - edited_ids, edited_ids=edited_ids)
    return revision


def _publish(
    suggestion: Suggestion,
    skill: Skill,
    changes: list[Change],
    review: revisions.Review | None,
    significance: Significance,
) -> Revision | None:
    """Publish the changes in the name of the suggestion's author; return None if there is nothing to publish."""
    try:
        return revisions.publish(
            skill,
            changes,
            author=suggestion.author,
            review=review,
            origin=Revision.Origin.SUGGESTION,
            summary=cut_revision_summary(suggestion.reason),
            significance=significance,
        )
    except NothingToPublish:
        return None  # today's text holds all of it already: the decision is made without a revision
    except InvalidChange as error:  # role, level, group or the original skill was deleted since, or the name is taken
        raise InvalidInput(str(error)) from error


def _save_outcomes(
    rows: list[SuggestedChange], changes_by_id: Mapping[int, Change], *, applied_ids: set[int], edited_ids: set[int]
) -> None:
    """Save the outcome of each row and the text that is published now; a row in neither set was already applied."""
    for row in rows:
        if row.pk in edited_ids:
            row.outcome = ChangeOutcome.EDITED
        else:
            row.outcome = ChangeOutcome.APPLIED if row.pk in applied_ids else ChangeOutcome.ALREADY_APPLIED
        row.published = changes_by_id[row.pk].as_json()["proposed"]
    SuggestedChange.objects.bulk_update(rows, ["outcome", "published"])


def create_decision(
    suggestion: Suggestion, reviewer: User | None, verdict: Verdict, key: uuid.UUID | None = None, **fields: object
) -> Decision:
    """Save a decision on a locked suggestion and return it.

    `reviewer` is None if votes decided. Without a `key` the decision gets a random one; `fields` are further
    fields of `Decision`. State and events are up to the caller.
    """
    return Decision.objects.create(
        key=key or uuid.uuid4(),
        suggestion=suggestion,
        author=suggestion.author,
        reviewer=reviewer,
        verdict=verdict,
        **fields,
    )


def undo(
    suggestion: Suggestion, reviewer: User, message: str, *, decision_id: int | None = None, is_by_mistake: bool = False
) -> list[tuple[Change, ChangeValue]]:
    """Undo the decision in force; return the changes that stay published, each with today's value.

    1. Lock the suggestion and check `rules.may_undo`.
    2. After an accept, revert published texts unless changed since, or unpublish a new skill; the changes wait again.
    3. Mark the decision as undone; after an accept also the partial ones before it.
    4. Set the state to open, with `message` as the reason.
    5. Record an event: the author is notified.

    `decision_id` is the decision that the reviewer read, so that no later one is undone unread. Raises `TooLate` if it
    is not in force; `InvalidInput` if `message` is empty and it was no mistake; `NotAllowed`, `SkillRetired`.
    """
    if not message.strip() and not is_by_mistake:
        raise InvalidInput(_("Say why the decision is undone."), field="message")
    with transaction.atomic():
        locked = states.lock_suggestion(suggestion)
        in_force = states.find_decision_in_force(locked)
        if in_force is None or decision_id not in {None, in_force.pk}:
            raise TooLate(locked, in_force)
        if not membership.is_reviewer(reviewer):
            raise NotAllowed(_("Only reviewers decide on suggestions."))
        if not rules.may_undo(reviewer, locked):
            raise _build_refusal(reviewer, locked)
        decisions = Decision.objects.filter(pk=in_force.pk)
        kept_changes: list[tuple[Change, ChangeValue]] = []
        revision: Revision | None = None
        if in_force.verdict == Verdict.ACCEPT:
            # The partial accepts before the closing one are undone as well; undoing a decline leaves them.
            decisions = locked.decisions.filter(verdict=Verdict.ACCEPT, undone_at__isnull=True)
            accepts = list(decisions.select_related("revision"))
            kept_changes, revision = _undo_changes(locked, accepts, reviewer, message.strip())
        decisions.update(undone_at=timezone.now())
        states.change_state(locked, State.OPEN, reviewer, message.strip())
        recording.record_undone_decision(in_force, reviewer, revision)
    return kept_changes


def _undo_changes(
    suggestion: Suggestion, decisions: list[Decision], reviewer: User, message: str
) -> tuple[list[tuple[Change, ChangeValue]], Revision | None]:
    """Restore the texts from before these decisions; return the changes that stay, and the revision or None.

    The base comes from the revisions: after a merge it is another text than the one the suggestion was based on.
    """
    skill = writing.lock_skill(suggestion.skill, [])
    today = revisions.get_content(skill)
    published = [
        Change.from_json(change) for decision in decisions if decision.revision for change in decision.revision.changes
    ]
    is_new = whole_skills.is_new_skill(published)
    # A new skill is withdrawn as a whole, or stays as a whole once anyone has changed it.
    must_stay = is_new and not whole_skills.is_untouched_since(today, published)
    revertible = [change for change in published if change.compare_with(today) is Fit.ALREADY_DONE and not must_stay]
    kept = [(change, today.get_value(change)) for change in published if change not in revertible]
    revision = _publish_undo(skill, revertible, reviewer, message, is_new=is_new) if revertible else None
    suggestion.changes.exclude(outcome=ChangeOutcome.PENDING).update(outcome=ChangeOutcome.PENDING, published=None)
    return kept, revision


def _publish_undo(skill: Skill, changes: list[Change], reviewer: User, message: str, *, is_new: bool) -> Revision:
    """Publish the reverse of the changes; a new skill is unpublished instead."""
    summary = cut_revision_summary(message)
    if is_new:
        return revisions.unpublish(skill, author=reviewer, summary=summary)
    reverse_changes = [replace(change, base=change.proposed, proposed=change.base) for change in changes]
    whole_skills.require_skill_in_use(skill, reverse_changes)
    try:
        return revisions.publish(
            skill, reverse_changes, author=reviewer, origin=Revision.Origin.REVERT, summary=summary
        )
    except InvalidChange as error:  # what the old text needs was deleted since, for example its level
        raise InvalidInput(str(error)) from error
