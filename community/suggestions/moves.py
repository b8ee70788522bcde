"""Which state may follow which, and the one door through which a state changes."""

from django.db import transaction

from accounts.models import User
from community.models import Decision, State, Step, Suggestion
from community.suggestions.refusals import TooLate

TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.OPEN, State.WITHDRAWN}),
    State.OPEN: frozenset(
        {
            State.CHANGES_REQUESTED,
            State.ACCEPTED,
            State.ACCEPTED_WITH_CHANGES,
            State.DECLINED,
            State.WITHDRAWN,
            State.OUTDATED,
        }
    ),
    State.CHANGES_REQUESTED: frozenset({State.OPEN, State.WITHDRAWN, State.DECLINED}),
    State.ACCEPTED: frozenset({State.OPEN}),
    State.ACCEPTED_WITH_CHANGES: frozenset({State.OPEN}),
    State.DECLINED: frozenset({State.OPEN}),
    State.WITHDRAWN: frozenset(),
    State.OUTDATED: frozenset({State.OPEN}),
}


def lock_suggestion(suggestion: Suggestion) -> Suggestion:
    """Return the suggestion as it stands, its row locked until the transaction ends.

    Always taken before the lock on the skill's row, so that two deeds never wait for each other.
    """
    assert transaction.get_connection().in_atomic_block
    return (
        Suggestion.objects.select_for_update(of=("self",))
        .select_related("skill__framework", "skill__group__domain", "author", "claimed_by")
        .get(pk=suggestion.pk)
    )


def require_state(suggestion: Suggestion, *states: State) -> None:
    """Raise `TooLate` unless a locked suggestion is in one of these states."""
    if suggestion.state not in states:
        raise TooLate(suggestion, find_decision_in_force(suggestion))


def change_state(suggestion: Suggestion, after: State, actor: User | None, message: str = "", **fields: object) -> None:
    """Bring a locked suggestion into another state, with other fields, and write the step down; raises `TooLate`."""
    before = State(suggestion.state)
    if after not in TRANSITIONS[before]:
        raise TooLate(suggestion, find_decision_in_force(suggestion))
    suggestion.state = after
    for name, value in fields.items():
        setattr(suggestion, name, value)
    suggestion.save(update_fields=["state", *fields])
    Step.objects.create(suggestion=suggestion, actor=actor, before=before, after=after, message=message)


def record_edit(suggestion: Suggestion, actor: User | None, message: str = "") -> None:
    """Write down that a locked suggestion was changed while its state stays."""
    Step.objects.create(
        suggestion=suggestion, actor=actor, before=suggestion.state, after=suggestion.state, message=message
    )


def find_decision_in_force(suggestion: Suggestion) -> Decision | None:
    """Return the decision that ended the review and was not undone, with who made it, or None."""
    decisions = Decision.objects.select_related("reviewer", "decline_reason")
    return decisions.filter(suggestion=suggestion, is_closing=True, undone_at__isnull=True).first()
