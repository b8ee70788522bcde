"""Record what happened as an `Event`, in the same transaction. A task then notifies people.

Each function saves at most one event. What an event does not need is decided here, who is notified of it in
`audience.py`, and what a notice says in community/notifications.
"""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from community.events.tasks import notify_of_event
from community.models import Comment, Decision, Event, EventAction, Kind, State, Suggestion, Verdict
from community.models.suggestions import ACCEPTED_STATES
from community.watching import watches
from skills.content.changes import Field, get_original_key
from skills.models import Requirement, Revision, Role, Significance, Skill


def record_content_change(revision: Revision) -> None:
    """Record that the content of a skill changed. `skills.revisions` calls it for each new revision.

    1. If the skill was merged into another one, move its watchers there.
    2. Find whether the skill was retired, merged or restored while suggestions for it are undecided.
    3. If not, stop if the revision corrects only a typo, or if nobody watches the skill at this moment.
    4. Record an event with the roles that it touches: the watchers and the authors of these suggestions are notified.

    Whoever starts to watch later is not notified of earlier changes. The number of watchers and suggestions makes
    no difference to the time this takes, except that watchers are moved.
    """
    if revision.skill.same_as is not None:
        watches.move_watchers(revision.skill)
    action = _find_status_action(revision)
    if revision.significance == Significance.TYPO and not action:
        return
    role_ids = _find_touched_role_ids(revision)
    if not action and not watches.is_watched(revision.skill, role_ids):
        return
    _create_event(
        kind=Kind.CONTENT_CHANGED,
        skill=revision.skill,
        revision=revision,
        action=action,
        actor_id=revision.author_id,
        significance=revision.significance,
        role_ids=role_ids,
    )


def _find_status_action(revision: Revision) -> str:
    """Return what a revision did to the status of a skill with undecided suggestions, '' for nothing."""
    status = next((change for change in revision.changes if change["field"] == Field.STATUS), None)
    # The first revision of a new skill makes it current: nothing was retired before.
    if status is None or revision.number == 1:
        return ""
    if not Suggestion.objects.affected_by_status(revision.skill_id).exists():
        return ""
    if status["proposed"] == Skill.Status.CURRENT:
        return EventAction.SKILL_RESTORED
    return EventAction.SKILL_MERGED if get_original_key(status["proposed"]) else EventAction.SKILL_RETIRED


def record_submission(suggestion: Suggestion, *, is_first: bool) -> None:
    """Record that a suggestion was submitted: its watchers and the reviewers are notified.

    `is_first` says that no suggestion of this author has been accepted yet; reviewers see that in the notice.
    """
    _record_author_action(suggestion, Kind.SUGGESTION, EventAction.FIRST if is_first else EventAction.SUBMITTED)


def record_answer(suggestion: Suggestion) -> None:
    """Record that an author answered a request for changes: the reviewer who asked for them is notified.

    The latest request counts. If that reviewer can no longer decide, all reviewers are notified, see `audience.py`.
    """
    request = suggestion.decisions.filter(verdict=Verdict.REQUEST_CHANGES).order_by("-pk").first()
    _record_author_action(suggestion, Kind.REVIEW_WAITING, EventAction.ANSWERED, request)


def record_second_reader_request(suggestion: Suggestion) -> None:
    """Record that an author asked for a second reader: all reviewers who have not declined it are notified.

    `rules.list_eligible_reviewers` says who they are when the notices are written.
    """
    _record_author_action(suggestion, Kind.REVIEW_WAITING, EventAction.SECOND_READER)


def record_decision(decision: Decision) -> None:
    """Record a decision on a suggestion: its author is notified, unless they decided themselves.

    The action follows from the current state of the suggestion, so change the state first.
    """
    # Still open after a decision: some of its changes were accepted and others wait.
    state = State(decision.suggestion.state)
    _record_for_author(
        decision, EventAction.PARTLY_ACCEPTED if state is State.OPEN else EventAction(state.value), decision.reviewer
    )


def record_outdated(suggestion: Suggestion) -> None:
    """Record that a suggestion is outdated because the text of the skill has changed: its author is notified.

    Nothing is recorded if the account of the author is deleted.
    """
    if suggestion.author_id is not None:
        _create_event(
            kind=Kind.DECISION, skill_id=suggestion.skill_id, suggestion=suggestion, action=EventAction.OUTDATED
        )


def record_comment(comment: Comment) -> None:
    """Record a new comment: watchers, the author of what it answers and the people it mentions are notified.

    A comment that is held for review is not recorded; call this again when it is released.
    """
    if comment.held_at is None:
        # A comment on the whole skill has the role '': it touches no role.
        role_ids = _get_role_ids(comment.skill, {comment.role} - {""})
        _create_event(
            kind=Kind.COMMENT,
            skill_id=comment.skill_id,
            suggestion=comment.suggestion,
            comment=comment,
            actor_id=comment.author_id,
            role_ids=role_ids,
        )


def record_undone_decision(decision: Decision, reviewer: User, revision: Revision | None) -> None:
    """Record that a decision was undone: the author of the suggestion is notified.

    `reviewer` is who undid it. `revision` is the revision that reverted the published text, None if there was none.

    1. Name the suggestion in the event of that revision, so that its author gets no second notice about it.
    2. Record an event for the author, unless they undid the decision themselves.
    """
    if revision is not None:
        # `audience.py` excludes the author of the suggestion that an event names.
        Event.objects.filter(revision=revision).update(suggestion=decision.suggestion_id)
    _record_for_author(decision, EventAction.UNDONE, reviewer)


def record_moderation(
    person: User, action: EventAction, skill_id: int | None, message: str, **about: Suggestion | Comment
) -> None:
    """Record an action of moderation that concerns one person: they are notified with the `message`.

    `skill_id` is the primary key of the skill that it is about, None for an account. `about` is the suggestion or
    comment, as a keyword argument of that name. The moderator is not recorded, so no notice can name them.
    """
    _create_event(kind=Kind.MODERATION, action=action, recipient=person, message=message, skill_id=skill_id, **about)


def _record_author_action(
    suggestion: Suggestion, kind: Kind, action: EventAction, decision: Decision | None = None
) -> None:
    """Record what an author did with their suggestion, for watchers and reviewers."""
    _create_event(
        kind=kind,
        skill_id=suggestion.skill_id,
        suggestion=suggestion,
        decision=decision,
        action=action,
        actor_id=suggestion.author_id,
        role_ids=_find_suggested_role_ids(suggestion),
    )


def _record_for_author(decision: Decision, action: EventAction, actor: User | None) -> None:
    """Record what was done to a suggestion, for its author, unless their account is deleted or they did it."""
    suggestion = decision.suggestion
    if suggestion.author_id is not None and (actor is None or actor.pk != suggestion.author_id):
        kind, skill_id = Kind.DECISION, suggestion.skill_id
        _create_event(
            kind=kind, skill_id=skill_id, suggestion=suggestion, decision=decision, action=action, actor=actor
        )


def _create_event(**fields: Any) -> None:
    """Save an event and start the task that notifies people when the transaction is committed."""
    event = Event.objects.create(**fields)
    # Not before: a worker in another process could not see the row yet, and a rollback takes the task back.
    transaction.on_commit(partial(notify_of_event.enqueue, event.pk))


def _find_touched_role_ids(revision: Revision) -> list[int]:
    """Return the roles whose cells changed; all roles of the skill if it is new or a field of its own changed."""
    keys = {change["role"] for change in revision.changes if change["field"] == Field.REQUIREMENT}
    is_whole = revision.number == 1 or any(change["field"] != Field.REQUIREMENT for change in revision.changes)
    if is_whole:
        # Roles of removed cells are in `changes` only, those of unchanged cells in `content` only.
        keys |= {cell["role"] for cell in revision.content["requirements"]}
    return _get_role_ids(revision.skill, keys)


def _find_suggested_role_ids(suggestion: Suggestion) -> list[int]:
    """Return the roles that a suggestion touches, by the same rule as `_find_touched_role_ids`."""
    rows = suggestion.changes.values_list("field", "role")
    keys = {role for field, role in rows if field == Field.REQUIREMENT}
    if any(field != Field.REQUIREMENT for field, _role in rows):
        required = Requirement.objects.filter(skill=suggestion.skill_id)
        keys |= set(required.values_list("role__key", flat=True))
    return _get_role_ids(suggestion.skill, keys)


def _get_role_ids(skill: Skill, keys: Collection[str]) -> list[int]:
    """Return the primary keys of roles by their keys, which are unique in a framework; unknown keys are ignored."""
    if not keys:
        return []
    roles = Role.objects.filter(framework=skill.framework_id, key__in=keys)
    return list(roles.order_by("pk").values_list("pk", flat=True))


def record_pending_suggestion(suggestion: Suggestion) -> None:
    """Record that a suggestion waits for review and that people may see it now.

    Call it when a suggestion was submitted, or released after it was held.

    1. Stop if the suggestion is not open.
    2. If a reviewer has asked for changes before, record an answer to them.
    3. Otherwise record a new suggestion.
    """
    if suggestion.state != State.OPEN:
        return
    if suggestion.decisions.filter(verdict=Verdict.REQUEST_CHANGES).exists():
        record_answer(suggestion)
        return
    accepted = Suggestion.objects.filter(author=suggestion.author_id, state__in=ACCEPTED_STATES)
    record_submission(suggestion, is_first=not accepted.exists())
