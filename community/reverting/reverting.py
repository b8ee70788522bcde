"""Reverting published changes: a skill to the content of a revision, or a single change of a revision.

A revert is itself a new revision. Reviewers and staff publish it at once, everybody else suggests it. Its base is the
content that the person saw, so that anything published since is a conflict and never overwritten, see
skills/revisions/publishing.py.
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
from community.posting.refusals import FormUsedBefore, NotAllowed
from community.suggestions import whole_skills
from skills import revisions
from skills.content.changes import Change, Field, find_changes, select_applicable
from skills.content.matrix import Place
from skills.history import entries
from skills.models import Revision, Significance, Skill
from skills.revisions import NothingToPublish, writing
from skills.text.characters import shorten


class NoSuchRevision(Exception):
    """The revision, or the change of it, that a person wants to revert does not exist."""


@dataclass(frozen=True, slots=True)
class RevertTarget:
    """What to go back to: the content after revision `number`, or with a `field` the value before that revision.

    `place` is the cell, if the field is a requirement.
    """

    number: int
    field: Field | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RevertPlan:
    """The changes that revert to the target, based on the content after revision `seen_number`."""

    skill: Skill
    target: RevertTarget
    seen_number: int
    changes: Sequence[Change]


def build_revert_plan(skill: Skill, target: RevertTarget, seen_number: int | None = None) -> RevertPlan:
    """Return the plan to revert a skill to `target`.

    `seen_number` is the revision that the person saw as the latest; without it, it is the latest now. The plan has no
    changes if everything is already as it was. Raises `NoSuchRevision` if there is no such revision or change.
    """
    if seen_number is None:
        # 0 for a skill without revisions: no content is found for it below.
        seen_number = skill.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    contents = entries.get_contents_at(skill, seen_number, target.number)
    if seen_number not in contents or target.number not in contents:
        raise NoSuchRevision
    if target.field is None:
        return RevertPlan(skill, target, seen_number, find_changes(contents[seen_number], contents[target.number]))
    original = _find_change(skill, target)
    # From the value that the person saw to the value before the original change.
    change = Change(original.field, contents[seen_number].get_value(original), original.base, original.place)
    return RevertPlan(skill, target, seen_number, [] if change.base == change.proposed else [change])


def _find_change(skill: Skill, target: RevertTarget) -> Change:
    """Return the change that a revision made to a field; raises `NoSuchRevision`."""
    # Changes of the first revision have no text before them to go back to.
    rows = skill.revisions.filter(number=target.number, number__gt=1).values_list("changes", flat=True).first()
    for change in map(Change.from_json, rows or ()):
        if (change.field, change.place) == (target.field, target.place):
            return change
    raise NoSuchRevision


def revert(revert_plan: RevertPlan, person: User, *, summary: str, significance: Significance) -> Revision:
    """Publish the changes of a plan as one new revision, and return it.

    1. Check `rules.may_revert`.
    2. Lock the skill, and check that it is in use or that the changes bring it back.
    3. Publish the changes with `summary` and `significance`; watchers are notified as of any revision.

    Raises `NotAllowed`, `SkillRetired`, and as `skills.revisions.publish` does `ChangedMeanwhile`, `InvalidChange` and
    `NothingToPublish`.
    """
    with transaction.atomic():
        if not rules.may_revert(person):
            # The form asks the same rule to choose its fields; here it holds for every caller.
            raise NotAllowed(_("Only reviewers and staff can revert changes directly."))
        skill = writing.lock_skill(revert_plan.skill, revert_plan.changes)
        whole_skills.require_skill_in_use(skill, revert_plan.changes)
        return revisions.publish(
            skill,
            revert_plan.changes,
            author=person,
            origin=Revision.Origin.REVERT,
            summary=summary,
            significance=significance,
        )


def start_draft(revert_plan: RevertPlan, person: User, *, reason: str, key: uuid.UUID) -> Suggestion:
    """Save the changes of a plan as the draft of a suggestion, and return it.

    1. Return the existing draft, unchanged, if a form with this `key` was sent before.
    2. Select the changes that are not in the current content already.
    3. Create a draft with them; nobody else sees it until its author submits it.

    Raises `NothingToPublish` if no change is left, `ChangedMeanwhile`, `FormUsedBefore` if the form was sent with
    another reason, and what `drafts.start` raises.
    """
    with transaction.atomic():
        existing = Suggestion.objects.filter(key=key, author=person).first()
        if existing is not None:
            if existing.reason != reason.strip():
                message = _("This form has begun a draft already: “%(text)s”. Send it again to begin another one.")
                raise FormUsedBefore(message % {"text": shorten(existing.reason, 100)})
            return existing
        changes = select_applicable(revisions.get_content(revert_plan.skill), revert_plan.changes)
        if not changes:
            raise NothingToPublish
        return drafts.start(person, revert_plan.skill, changes, reason=reason, key=key)
