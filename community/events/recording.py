"""What happened, written down in the transaction that made it happen."""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from community.events.tasks import tell
from community.models import Comment, Decision, Deed, Event, Kind, State, Suggestion, Verdict
from community.models.suggestions import ACCEPTED
from community.watching import watches
from skills.content.changes import Field
from skills.models import Requirement, Revision, Role, Significance, Skill


def content_changed(revision: Revision) -> None:
    """Write down that a skill changed, and have people told; called by `skills.revisions`.

    A typo is no event. Nor is what nobody watches at this moment: who begins to watch
    later is not told of what was before. The number of watchers makes no difference here.
    """
    if revision.skill.same_as is not None:
        watches.lead_on(revision.skill)
    if revision.significance == Significance.TYPO:
        return
    role_ids = _touched_roles(revision)
    if not watches.is_watched(revision.skill, role_ids):
        return
    _write(
        kind=Kind.CONTENT_CHANGED,
        skill=revision.skill,
        revision=revision,
        actor_id=revision.author_id,
        significance=revision.significance,
        role_ids=role_ids,
    )


def submitted(suggestion: Suggestion, *, is_first: bool) -> None:
    """Have watchers and reviewers told of a new suggestion; `is_first` of an author of whom nothing is accepted yet."""
    _by_author(suggestion, Kind.SUGGESTION, Deed.FIRST if is_first else Deed.SUBMITTED)


def answered(suggestion: Suggestion) -> None:
    """Have the reviewer told who asked for changes, all reviewers where that one is gone."""
    asked = suggestion.decisions.filter(verdict=Verdict.REQUEST_CHANGES).order_by("-pk").first()
    _by_author(suggestion, Kind.REVIEW_WAITING, Deed.ANSWERED, asked)


def second_reader_asked(suggestion: Suggestion) -> None:
    """Have those reviewers told who have not declined it."""
    _by_author(suggestion, Kind.REVIEW_WAITING, Deed.SECOND_READER)


def decided(decision: Decision) -> None:
    """Have the author told what became of their suggestion, as it stands now."""
    state = State(decision.suggestion.state)
    _tell_author(decision, Deed.PARTLY_ACCEPTED if state is State.OPEN else Deed(state.value), decision.reviewer)


def outdated(suggestion: Suggestion) -> None:
    """Have the author told that the text has moved away from what they suggested."""
    if suggestion.author_id is not None:
        _write(kind=Kind.DECISION, skill_id=suggestion.skill_id, suggestion=suggestion, deed=Deed.OUTDATED)


def commented(comment: Comment) -> None:
    """Have watchers, the writer of what it answers and those it mentions told of a comment; not of one that is held."""
    if comment.held_at is None:
        roles = _role_ids(comment.skill, {comment.role} - {""})
        _write(
            kind=Kind.COMMENT,
            skill_id=comment.skill_id,
            suggestion=comment.suggestion,
            comment=comment,
            actor_id=comment.author_id,
            role_ids=roles,
        )


def undone(decision: Decision, reviewer: User, revision: Revision | None) -> None:
    """Have the author told that a decision holds no more; of the revision that took it back they need no other word."""
    if revision is not None:
        Event.objects.filter(revision=revision).update(suggestion=decision.suggestion_id)
    _tell_author(decision, Deed.UNDONE, reviewer)


def moderated(person: User, deed: Deed, skill_id: int | None, words: str, **about: Suggestion | Comment) -> None:
    """Have somebody told of what moderators did that concerns them alone; who did it is nobody's business."""
    _write(kind=Kind.MODERATION, deed=deed, recipient=person, words=words, skill_id=skill_id, **about)


def _by_author(suggestion: Suggestion, kind: Kind, deed: Deed, decision: Decision | None = None) -> None:
    _write(
        kind=kind,
        skill_id=suggestion.skill_id,
        suggestion=suggestion,
        decision=decision,
        deed=deed,
        actor_id=suggestion.author_id,
        role_ids=_roles_of(suggestion),
    )


def _tell_author(decision: Decision, deed: Deed, actor: User | None) -> None:
    """Write down what was done to a suggestion, unless its author is gone or did it."""
    suggestion = decision.suggestion
    if suggestion.author_id is not None and (actor is None or actor.pk != suggestion.author_id):
        kind, skill_id = Kind.DECISION, suggestion.skill_id
        _write(kind=kind, skill_id=skill_id, suggestion=suggestion, decision=decision, deed=deed, actor=actor)


def _write(**fields: Any) -> None:
    event = Event.objects.create(**fields)
    transaction.on_commit(partial(tell.enqueue, event.pk))


def _touched_roles(revision: Revision) -> list[int]:
    """Return the roles whose cells changed; all of the skill's roles when it is new or changed as a whole."""
    keys = {change["role"] for change in revision.changes if change["field"] == Field.REQUIREMENT}
    is_whole = revision.number == 1 or any(change["field"] != Field.REQUIREMENT for change in revision.changes)
    if is_whole:
        keys |= {cell["role"] for cell in revision.content["requirements"]}
    return _role_ids(revision.skill, keys)


def _roles_of(suggestion: Suggestion) -> list[int]:
    """Return the roles that a suggestion touches, as `_touched_roles` does for what is published."""
    rows = suggestion.changes.values_list("field", "role")
    keys = {role for field, role in rows if field == Field.REQUIREMENT}
    if any(field != Field.REQUIREMENT for field, _role in rows):
        required = Requirement.objects.filter(skill=suggestion.skill_id)
        keys |= set(required.values_list("role__key", flat=True))
    return _role_ids(suggestion.skill, keys)


def _role_ids(skill: Skill, keys: Collection[str]) -> list[int]:
    if not keys:
        return []
    roles = Role.objects.filter(framework=skill.framework_id, key__in=keys)
    return list(roles.order_by("pk").values_list("pk", flat=True))


def announce(suggestion: Suggestion) -> None:
    """Have people told of a suggestion that waits for a review and that they may see now."""
    if suggestion.state != State.OPEN:
        return
    if suggestion.decisions.filter(verdict=Verdict.REQUEST_CHANGES).exists():
        answered(suggestion)
        return
    accepted = Suggestion.objects.filter(author=suggestion.author_id, state__in=ACCEPTED)
    submitted(suggestion, is_first=not accepted.exists())
