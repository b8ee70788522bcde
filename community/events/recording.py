"""What happened, written down in the transaction that made it happen."""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from community.events.tasks import notify_of_event
from community.models import Comment, Decision, Event, EventAction, Kind, State, Suggestion, Verdict
from community.models.suggestions import ACCEPTED_STATES
from community.watching import watches
from skills.content.changes import Field
from skills.models import Requirement, Revision, Role, Significance, Skill


def record_content_change(revision: Revision) -> None:
    """Write down that a skill changed, and have people told; called by `skills.revisions`.

    A typo is no event. Nor is what nobody watches at this moment: who begins to watch
    later is not told of what was before. The number of watchers makes no difference here.
    """
    if revision.skill.same_as is not None:
        watches.move_watchers(revision.skill)
    if revision.significance == Significance.TYPO:
        return
    role_ids = _find_touched_role_ids(revision)
    if not watches.is_watched(revision.skill, role_ids):
        return
    _create_event(
        kind=Kind.CONTENT_CHANGED,
        skill=revision.skill,
        revision=revision,
        actor_id=revision.author_id,
        significance=revision.significance,
        role_ids=role_ids,
    )


def record_submission(suggestion: Suggestion, *, is_first: bool) -> None:
    """Have watchers and reviewers told of a new suggestion; `is_first` of an author of whom nothing is accepted yet."""
    _record_author_action(suggestion, Kind.SUGGESTION, EventAction.FIRST if is_first else EventAction.SUBMITTED)


def record_answer(suggestion: Suggestion) -> None:
    """Have the reviewer told who asked for changes, all reviewers where that one is gone."""
    asked = suggestion.decisions.filter(verdict=Verdict.REQUEST_CHANGES).order_by("-pk").first()
    _record_author_action(suggestion, Kind.REVIEW_WAITING, EventAction.ANSWERED, asked)


def record_second_reader_request(suggestion: Suggestion) -> None:
    """Have those reviewers told who have not declined it."""
    _record_author_action(suggestion, Kind.REVIEW_WAITING, EventAction.SECOND_READER)


def record_decision(decision: Decision) -> None:
    """Have the author told what became of their suggestion, as it stands now."""
    state = State(decision.suggestion.state)
    _record_for_author(
        decision, EventAction.PARTLY_ACCEPTED if state is State.OPEN else EventAction(state.value), decision.reviewer
    )


def record_outdated(suggestion: Suggestion) -> None:
    """Have the author told that the text has moved away from what they suggested."""
    if suggestion.author_id is not None:
        _create_event(
            kind=Kind.DECISION, skill_id=suggestion.skill_id, suggestion=suggestion, action=EventAction.OUTDATED
        )


def record_comment(comment: Comment) -> None:
    """Have watchers, the writer of what it answers and those it mentions told of a comment; not of one that is held."""
    if comment.held_at is None:
        roles = _get_role_ids(comment.skill, {comment.role} - {""})
        _create_event(
            kind=Kind.COMMENT,
            skill_id=comment.skill_id,
            suggestion=comment.suggestion,
            comment=comment,
            actor_id=comment.author_id,
            role_ids=roles,
        )


def record_undone_decision(decision: Decision, reviewer: User, revision: Revision | None) -> None:
    """Have the author told that a decision holds no more; of the revision that took it back they need no other word."""
    if revision is not None:
        Event.objects.filter(revision=revision).update(suggestion=decision.suggestion_id)
    _record_for_author(decision, EventAction.UNDONE, reviewer)


def record_moderation(
    person: User, action: EventAction, skill_id: int | None, message: str, **about: Suggestion | Comment
) -> None:
    """Have somebody told of what moderators did that concerns them alone; who did it is nobody's business."""
    _create_event(kind=Kind.MODERATION, action=action, recipient=person, message=message, skill_id=skill_id, **about)


def _record_author_action(
    suggestion: Suggestion, kind: Kind, action: EventAction, decision: Decision | None = None
) -> None:
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
    """Write down what was done to a suggestion, unless its author is gone or did it."""
    suggestion = decision.suggestion
    if suggestion.author_id is not None and (actor is None or actor.pk != suggestion.author_id):
        kind, skill_id = Kind.DECISION, suggestion.skill_id
        _create_event(
            kind=kind, skill_id=skill_id, suggestion=suggestion, decision=decision, action=action, actor=actor
        )


def _create_event(**fields: Any) -> None:
    event = Event.objects.create(**fields)
    transaction.on_commit(partial(notify_of_event.enqueue, event.pk))


def _find_touched_role_ids(revision: Revision) -> list[int]:
    """Return the roles whose cells changed; all of the skill's roles when it is new or changed as a whole."""
    keys = {change["role"] for change in revision.changes if change["field"] == Field.REQUIREMENT}
    is_whole = revision.number == 1 or any(change["field"] != Field.REQUIREMENT for change in revision.changes)
    if is_whole:
        keys |= {cell["role"] for cell in revision.content["requirements"]}
    return _get_role_ids(revision.skill, keys)


def _find_suggested_role_ids(suggestion: Suggestion) -> list[int]:
    """Return the roles that a suggestion touches, as `_find_touched_role_ids` does for what is published."""
    rows = suggestion.changes.values_list("field", "role")
    keys = {role for field, role in rows if field == Field.REQUIREMENT}
    if any(field != Field.REQUIREMENT for field, _role in rows):
        required = Requirement.objects.filter(skill=suggestion.skill_id)
        keys |= set(required.values_list("role__key", flat=True))
    return _get_role_ids(suggestion.skill, keys)


def _get_role_ids(skill: Skill, keys: Collection[str]) -> list[int]:
    if not keys:
        return []
    roles = Role.objects.filter(framework=skill.framework_id, key__in=keys)
    return list(roles.order_by("pk").values_list("pk", flat=True))


def announce(suggestion: Suggestion) -> None:
    """Have people told of a suggestion that waits for a review and that they may see now."""
    if suggestion.state != State.OPEN:
        return
    if suggestion.decisions.filter(verdict=Verdict.REQUEST_CHANGES).exists():
        record_answer(suggestion)
        return
    accepted = Suggestion.objects.filter(author=suggestion.author_id, state__in=ACCEPTED_STATES)
    record_submission(suggestion, is_first=not accepted.exists())
