"""Taking published changes back: to a revision, or a single change of one.

What is taken back is itself a new revision: at once for reviewers and staff, by way of a
suggestion for everybody else. Its base is what the person saw, so that whatever was
published since is a conflict, never overwritten (skills/revisions/publishing.py).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.drafting import drafts
from community.models import Suggestion
from community.posting.refusals import NotAllowed
from skills import revisions
from skills.content.changes import Change, Field, find_changes, select_applicable
from skills.content.matrix import Place
from skills.history import entries
from skills.models import Revision, Significance, Skill
from skills.revisions import NothingToPublish


class NoSuchRevision(Exception):
    """The revision, or the change of it, that somebody wants to take back does not exist."""


@dataclass(frozen=True, slots=True)
class RevertTarget:
    """What to go back to: the content after revision `number`, or (with a `field`) what a change of it replaced."""

    number: int
    field: Field | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RevertPlan:
    """The changes that lead back, based on the content after revision `seen`."""

    skill: Skill
    target: RevertTarget
    seen_number: int
    changes: Sequence[Change]


def build_revert_plan(skill: Skill, target: RevertTarget, seen_number: int | None = None) -> RevertPlan:
    """Return what leads back to `target` from the content after revision `seen`, by default the latest.

    Raises `NoSuchRevision`. No changes are planned where everything is already as it was.
    """
    if seen_number is None:
        seen_number = skill.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    contents = entries.get_contents_at(skill, seen_number, target.number)
    if seen_number not in contents or target.number not in contents:
        raise NoSuchRevision
    if target.field is None:
        return RevertPlan(skill, target, seen_number, find_changes(contents[seen_number], contents[target.number]))
    made = _find_change(skill, target)
    change = Change(made.field, contents[seen_number].get_value(made), made.base, made.place)
    return RevertPlan(skill, target, seen_number, [] if change.base == change.proposed else [change])


def _find_change(skill: Skill, target: RevertTarget) -> Change:
    """Return the change that a revision made to a field; what the first one wrote has nothing before it."""
    rows = skill.revisions.filter(number=target.number, number__gt=1).values_list("changes", flat=True).first()
    for change in map(Change.from_json, rows or ()):
        if (change.field, change.place) == (target.field, target.place):
            return change
    raise NoSuchRevision


def revert(revert_plan: RevertPlan, person: User, *, summary: str, significance: Significance) -> Revision:
    """Publish what leads back, as one new revision, and return it.

    Raises `NotAllowed`, and as `skills.revisions.publish` does `ChangedMeanwhile`, `InvalidChange`
    and `NothingToPublish`.
    """
    with transaction.atomic():
        if not rules.may_revert(person):
            raise NotAllowed(_("Only reviewers and staff take changes back at once."))
        return revisions.publish(
            revert_plan.skill,
            revert_plan.changes,
            author=person,
            origin=Revision.Origin.REVERT,
            summary=summary,
            significance=significance,
        )


def suggest(revert_plan: RevertPlan, person: User, *, reason: str, key: uuid.UUID) -> Suggestion:
    """Keep what leads back as a draft of a suggestion and return it; the same `key` twice is one draft, left as it is.

    Raises `NothingToPublish`, `ChangedMeanwhile`, and as `suggestions.start` does.
    """
    with transaction.atomic():
        earlier = Suggestion.objects.filter(key=key, author=person).first()
        if earlier is not None:
            return earlier
        left = select_applicable(revisions.get_content(revert_plan.skill), revert_plan.changes)
        if not left:
            raise NothingToPublish
        return drafts.start(person, revert_plan.skill, left, reason=reason, key=key)
