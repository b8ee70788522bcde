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

from accounts.models import User
from community import events, rules
from community.models import Decision, DeclineReason, Outcome, State, SuggestedChange, Suggestion, Verdict
from community.suggestions import moves, whole_skills
from community.suggestions.drafting import change_of
from community.suggestions.refusals import ChangedMeanwhile, NotAllowed, TooLate, Unfit
from skills import revisions, writing
from skills.models import Revision, Significance, Skill
from skills.revisions import Change, InvalidChange, NothingToPublish, Value

CLAIM = timedelta(minutes=15)

type Edits = Mapping[int, Change]  # by SuggestedChange.pk: what the reviewer makes of it, based on what they saw


def claim(suggestion: Suggestion, reviewer: User) -> Suggestion:
    """Hold an open suggestion for 15 minutes, also one that somebody else holds; raises `NotAllowed`, `TooLate`."""
    with transaction.atomic():
        found = _decidable(suggestion, reviewer, "", State.OPEN)
        if rules.is_author(reviewer, found):
            raise NotAllowed(_("Nobody reviews their own suggestion."))
        found.claimed_by, found.claimed_until = reviewer, timezone.now() + CLAIM
        found.save(update_fields=["claimed_by", "claimed_until"])
    return found


def release(suggestion: Suggestion, reviewer: User) -> None:
    """Give a claim back; somebody else's stays."""
    Suggestion.objects.filter(pk=suggestion.pk, claimed_by=reviewer).update(claimed_by=None, claimed_until=None)


def accept(
    suggestion: Suggestion,
    reviewer: User,
    *,
    significance: Significance,
    only: set[int] | None = None,
    edits: Edits | None = None,
    own_reason: str = "",
    key: uuid.UUID | None = None,
) -> Decision:
    """Publish a suggestion, or `only` some of its changes, with the reviewer's `edits`; returns the decision.

    Today equal to the base is applied, today equal to the proposed text counts as already
    applied, anything else raises `ChangedMeanwhile`. The same `key` twice decides once.
    Raises `NotAllowed`, `TooLate`, `Unfit`.
    """
    with transaction.atomic():
        if (earlier := _same_request(suggestion, key)) is not None:
            return earlier
        found = _decidable(suggestion, reviewer, own_reason, State.OPEN)
        pending = list(found.changes.filter(outcome=Outcome.PENDING))
        wanted_pks = {row.pk for row in pending if only is None or row.pk in only}
        along = whole_skills.going_along(found.skill, pending, wanted_pks) if wanted_pks else set()
        chosen = [row for row in pending if row.pk in along]
        if not chosen:
            raise Unfit(_("Choose at least one change."))
        wanted = {row.pk: (edits or {}).get(row.pk, change_of(row)) for row in chosen}
        skill = writing.locked(found.skill, list(wanted.values()))
        fresh = _still_to_apply(skill, wanted)
        revision = _publish(found, skill, list(fresh.values()), reviewer, significance, is_edited=bool(edits))
        _settle(chosen, wanted, fresh)
        is_closing = len(chosen) == len(pending)
        decision = _decided(
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
            with_changes = found.changes.filter(outcome=Outcome.EDITED).exists()
            state = State.ACCEPTED_WITH_CHANGES if with_changes else State.ACCEPTED
            moves.move(found, state, reviewer, own_reason.strip(), claimed_by=None, claimed_until=None)
        events.decided(decision)
    return decision


def decline(
    suggestion: Suggestion,
    reviewer: User,
    reason: DeclineReason,
    *,
    words: str = "",
    own_reason: str = "",
    key: uuid.UUID | None = None,
) -> Decision:
    """Decline what is undecided of a suggestion, for a reason of the list; raises `NotAllowed`, `TooLate`."""
    with transaction.atomic():
        if (earlier := _same_request(suggestion, key)) is not None:
            return earlier
        found = _decidable(suggestion, reviewer, own_reason, State.OPEN, State.CHANGES_REQUESTED)
        decision = _decided(
            found, reviewer, Verdict.DECLINE, key, decline_reason=reason, words=words, own_reason=own_reason.strip()
        )
        moves.move(found, State.DECLINED, reviewer, words, claimed_by=None, claimed_until=None)
        events.decided(decision)
    return decision


def request_changes(suggestion: Suggestion, reviewer: User, words: str, *, key: uuid.UUID | None = None) -> Decision:
    """Send a suggestion back with words that say what is missing; raises `NotAllowed`, `TooLate`, `Unfit`."""
    if not words.strip():
        raise Unfit(_("Say what is to be changed."))
    with transaction.atomic():
        if (earlier := _same_request(suggestion, key)) is not None:
            return earlier
        found = _decidable(suggestion, reviewer, "", State.OPEN)
        decision = _decided(found, reviewer, Verdict.REQUEST_CHANGES, key, words=words.strip(), is_closing=False)
        moves.move(found, State.CHANGES_REQUESTED, reviewer, words.strip(), claimed_by=None, claimed_until=None)
        events.decided(decision)
    return decision


def _decidable(suggestion: Suggestion, reviewer: User, own_reason: str, *states: State) -> Suggestion:
    found = moves.locked(suggestion)
    if not rules.is_reviewer(reviewer):
        raise NotAllowed(_("Only reviewers decide on suggestions."))
    moves.require(found, *states)
    if not found.is_public:
        raise NotAllowed(_("Moderators have hidden this suggestion, or look at it first."))
    if not rules.may_decide(reviewer, found, own_reason):
        own, before = _("Nobody reviews their own suggestion."), _("Another reviewer must decide this time.")
        raise NotAllowed(own if rules.is_author(reviewer, found) else before)
    return found


def _same_request(suggestion: Suggestion, key: uuid.UUID | None) -> Decision | None:
    """Return the decision that this very request made before; it waits for one that is being made."""
    if key is None:
        return None
    moves.locked(suggestion)
    return Decision.objects.filter(suggestion=suggestion, key=key).first()


def _still_to_apply(skill: Skill, wanted: Mapping[int, Change]) -> dict[int, Change]:
    today = revisions.content_of(skill)
    fresh: dict[int, Change] = {}
    conflicts: list[tuple[Change, Value]] = []
    for pk, change in wanted.items():
        value = today.value(change)
        if value == change.proposed:
            continue
        if value == change.base:
            fresh[pk] = change
        else:
            conflicts.append((change, value))
    if conflicts:
        raise ChangedMeanwhile(conflicts)
    return fresh


def _publish(
    suggestion: Suggestion,
    skill: Skill,
    changes: list[Change],
    reviewer: User,
    significance: Significance,
    *,
    is_edited: bool,
) -> Revision | None:
    try:
        return revisions.publish(
            skill,
            changes,
            author=suggestion.author,
            review=revisions.Review(reviewer, is_co_written=is_edited),
            origin=Revision.Origin.SUGGESTION,
            summary=suggestion.reason[: revisions.REVISION_SUMMARY_MAX_LENGTH],
            significance=significance,
        )
    except NothingToPublish:
        return None
    except InvalidChange as error:  # its role, level, group or twin is gone since, or its name taken
        raise Unfit(str(error)) from error


def _settle(rows: list[SuggestedChange], wanted: Mapping[int, Change], fresh: Mapping[int, Change]) -> None:
    for row in rows:
        change = wanted[row.pk]
        if row.pk not in fresh:
            row.outcome = Outcome.ALREADY_APPLIED
        elif change.proposed == change_of(row).proposed:
            row.outcome = Outcome.APPLIED
        else:
            row.outcome = Outcome.EDITED
        row.published = change.as_json()["proposed"]
    SuggestedChange.objects.bulk_update(rows, ["outcome", "published"])


def _decided(
    suggestion: Suggestion, reviewer: User, verdict: Verdict, key: uuid.UUID | None, **fields: object
) -> Decision:
    return Decision.objects.create(
        key=key or uuid.uuid4(),
        suggestion=suggestion,
        author=suggestion.author,
        reviewer=reviewer,
        verdict=verdict,
        **fields,
    )


def undo(suggestion: Suggestion, reviewer: User, words: str) -> list[tuple[Change, Value]]:
    """Undo the decision in force: the suggestion is open again, published text goes back to what it was before.

    Only where nobody has changed it since; returns the changes that stay, each with today's
    value. Raises `NotAllowed`, `TooLate`, `Unfit`.
    """
    if not words.strip():
        raise Unfit(_("Say why the decision is undone."))
    with transaction.atomic():
        found = moves.locked(suggestion)
        decision = moves.decision_in_force(found)
        if decision is None:
            raise TooLate(found, None)
        if not rules.is_reviewer(reviewer) or rules.is_author(reviewer, found):
            raise NotAllowed(_("Only reviewers decide on suggestions."))
        undone = Decision.objects.filter(pk=decision.pk)
        kept: list[tuple[Change, Value]] = []
        revision: Revision | None = None
        if decision.verdict == Verdict.ACCEPT:
            kept, revision = _take_back(found, reviewer, words.strip())
            undone = found.decisions.filter(verdict=Verdict.ACCEPT, undone_at__isnull=True)
        undone.update(undone_at=timezone.now())
        moves.move(found, State.OPEN, reviewer, words.strip())
        events.undone(decision, reviewer, revision)
    return kept


def _take_back(
    suggestion: Suggestion, reviewer: User, words: str
) -> tuple[list[tuple[Change, Value]], Revision | None]:
    skill = writing.locked(suggestion.skill, [])
    today = revisions.content_of(skill)
    back, kept = [], []
    rows = list(suggestion.changes.filter(outcome__in=[Outcome.APPLIED, Outcome.EDITED]))
    is_new = whole_skills.is_new(change_of(row) for row in rows)
    stays = is_new and not whole_skills.is_untouched_since(today, [_published(row) for row in rows])
    for row in rows:
        change = change_of(row)
        published = _published(row)
        if today.value(change) == published.proposed and not stays:
            back.append(replace(change, base=published.proposed, proposed=change.base))
        else:
            kept.append((published, today.value(change)))
    try:
        revision = _published_back(skill, back, reviewer, words, is_new=is_new)
    except NothingToPublish:
        revision = None  # all of it was changed since, or stood there before
    except InvalidChange as error:
        raise Unfit(str(error)) from error
    suggestion.changes.exclude(outcome=Outcome.PENDING).update(outcome=Outcome.PENDING, published=None)
    return kept, revision


def _published_back(skill: Skill, back: list[Change], reviewer: User, words: str, *, is_new: bool) -> Revision:
    summary = words[: revisions.REVISION_SUMMARY_MAX_LENGTH]
    if is_new and back:
        return revisions.unpublish(skill, author=reviewer, summary=summary)
    return revisions.publish(skill, back, author=reviewer, origin=Revision.Origin.REVERT, summary=summary)


def _published(row: SuggestedChange) -> Change:
    return Change.from_json({**change_of(row).as_json(), "proposed": row.published})
