"""Which state of a suggestion may follow which, and the only function that changes a state (`change_state`)."""

from django.db import transaction

from accounts.models import User
from community.models import Decision, State, Step, Suggestion
from community.suggestions.refusals import TooLate

# A decided suggestion is open again if its decision is undone, or if its author asks for a second reader after a
# decline; an outdated one if its author renews it. Nothing follows "withdrawn".
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
    State.OUTDATED: frozenset({State.OPEN, State.WITHDRAWN}),
}


def lock_suggestion(suggestion: Suggestion) -> Suggestion:
    """Return the suggestion freshly read from the database, its row locked until the transaction ends.

    It comes with its skill, framework, group, domain, author and the reviewer who claimed it. Must be called in a
    transaction, and before the skill's row is locked: one order of locks means that two actions never deadlock.
    """
    assert transaction.get_connection().in_atomic_block
    return (
        # "self" alone: the joined rows of skill and author stay free for other transactions.
        Suggestion.objects.select_for_update(of=("self",))
        .select_related("skill__framework", "skill__group__domain", "author", "claimed_by")
        .get(pk=suggestion.pk)
    )


def require_state(suggestion: Suggestion, *states: State) -> None:
    """Raise `TooLate` unless a suggestion is in one of these states.

    Before writing, call it with a locked suggestion (`lock_suggestion`): else another request may change the state
    after this check.
    """
    if suggestion.state not in states:
        raise TooLate(suggestion, find_decision_in_force(suggestion))


def change_state(suggestion: Suggestion, after: State, actor: User | None, message: str = "", **fields: object) -> None:
    """Change the state of a locked suggestion.

    1. Check that `TRANSITIONS` allows the state `after`.
    2. Save the state, together with `fields`, which are further fields of the suggestion by name.
    3. Add a `Step` with the state before and after. `actor` is None for what the site does by itself; `message` is
       shown with the step.

    Raises `TooLate` if the suggestion's current state does not allow it.
    """
    before = State(suggestion.state)
    if after not in TRANSITIONS[before]:
        raise TooLate(suggestion, find_decision_in_force(suggestion))
    suggestion.state = after
    for name, value in fields.items():
        setattr(suggestion, name, value)
    suggestion.save(update_fields=["state", *fields])
    Step.objects.create(suggestion=suggestion, actor=actor, before=before, after=after, message=message)


def record_edit(suggestion: Suggestion, actor: User | None, message: str = "") -> None:
    """Add a `Step` to a locked suggestion whose text changed and whose state did not.

    The waiting times of automatic publishing and of outdating count from the latest step, so they begin again.
    """
    Step.objects.create(
        suggestion=suggestion, actor=actor, before=suggestion.state, after=suggestion.state, message=message
    )


def find_decision_in_force(suggestion: Suggestion) -> Decision | None:
    """Return the decision that ended the review and was not undone, with its reviewer and reason; or None.

    A constraint of the database allows at most one per suggestion (`decision_one_in_force`).
    """
    decisions = Decision.objects.select_related("reviewer", "decline_reason")
    return decisions.filter(suggestion=suggestion, is_closing=True, undone_at__isnull=True).first()
