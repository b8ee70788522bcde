"""The plan of a sweep: what hiding and reverting everything of an account would do.

The same plan is shown as a preview before a sweep and carried out by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from accounts.models import User
from community.models import Comment, Suggestion, SweptThing
from community.moderation import targets
from community.moderation.targets import ModeratedComment, ModeratedProfile, ModeratedSuggestion
from skills import revisions
from skills.content.changes import Change, Field, Fit, find_changes
from skills.models import Revision, Skill

SKILL_KIND = "skill"
"""The kind of a swept thing that is reverted; things of the kinds of targets are hidden."""


@dataclass(frozen=True, slots=True)
class SkillRevert:
    """How to revert a person's changes of a skill.

    `changes` take the changes back. `kept` are changes that stay: others changed the text since, or the change is
    of the first revision of the skill.
    """

    skill: Skill
    changes: Sequence[Change]
    kept: Sequence[Change]


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """Everything of an account: what would be hidden and what would be reverted."""

    person: User
    comment_ids: Sequence[int]
    suggestions: Sequence[Suggestion]
    hides_profile: bool
    skill_reverts: Sequence[SkillRevert]

    @property
    def things(self) -> list[tuple[str, int]]:
        """Kind and primary key of each thing of the plan, in the order in which a sweep deals with them."""
        profile = [(ModeratedProfile.kind, self.person.pk)] if self.hides_profile else []
        comments = [(ModeratedComment.kind, pk) for pk in self.comment_ids]
        suggestions = [(ModeratedSuggestion.kind, suggestion.pk) for suggestion in self.suggestions]
        skills = [(SKILL_KIND, skill_revert.skill.pk) for skill_revert in self.skill_reverts]
        return [*profile, *comments, *suggestions, *skills]


def plan_sweep(person: User) -> SweepPlan:
    """Return what a sweep of everything of a person would do now.

    It holds only what is left to do: what is not hidden yet, and skills with changes by the person. Nothing is
    written.
    """
    suggestions = Suggestion.objects.filter(author=person, submitted_at__isnull=False, hidden_at__isnull=True)
    comments = Comment.objects.filter(author=person, hidden_at__isnull=True, deleted_at__isnull=True)
    skills = Skill.objects.with_group().filter(revisions__author=person).distinct().order_by("pk")
    return SweepPlan(
        person,
        list(comments.order_by("pk").values_list("pk", flat=True)),
        list(suggestions.select_related("skill__framework").order_by("pk")),
        not targets.adapt(person).is_hidden,
        [plan for skill in skills if (plan := plan_skill_revert(skill, person)).changes or plan.kept],
    )


def plan_skill_revert(skill: Skill, person: User) -> SkillRevert:
    """Return how to revert everything that a person published in a skill.

    A change is reverted if the text is still what the change made it. Changes of the first revision of a skill
    stay, because there is no text before them.
    """
    rows = skill.revisions.filter(author=person).order_by("-number").values_list("number", "changes")
    changes_by_revision = [(number, [Change.from_json(row) for row in changes]) for number, changes in rows]
    before = revisions.get_content(skill)
    after, kept = before, list[Change]()
    # From the latest revision to the first: reverting a later change can make an earlier one fit again.
    for number, changes in changes_by_revision:
        for change in reversed(changes):
            fit = change.compare_with(after)
            # ALREADY_DONE: the text is what the change made it. APPLIES: the text is what it was before the change,
            # so there is nothing to revert.
            if number > 1 and fit is Fit.ALREADY_DONE:
                after = after.apply(_invert(change))
            elif number == 1 or fit is Fit.CONFLICTS:
                kept.append(change)
    # The difference of both ends, so that a field that was changed twice is one change.
    return SkillRevert(skill, find_changes(before, after), kept)


def plan_skill_undo(thing: SweptThing) -> SkillRevert:
    """Return how to put back what a sweep reverted in a skill.

    `thing` is the row of the sweep for that skill, with the revision that the sweep published. Fields that others
    changed since stay and are listed in `kept`. Raises `Revision.DoesNotExist` if the sweep published none.
    """
    # No revision has the key 0.
    revision = Revision.objects.select_related("skill__group__domain", "skill__framework").get(
        pk=thing.revision_id or 0
    )
    current = revisions.get_content(revision.skill)
    changes = [Change.from_json(row) for row in revision.changes]
    kept = [change for change in changes if change.compare_with(current) is Fit.CONFLICTS]
    unchanged_since = [change for change in changes if change.compare_with(current) is Fit.ALREADY_DONE]
    return SkillRevert(revision.skill, [_invert(change) for change in unchanged_since], kept)


def _invert(change: Change) -> Change:
    """Return the change that undoes a change."""
    return replace(change, base=change.proposed, proposed=change.base)


def list_changed_fields(changes: Iterable[Change]) -> list[dict[str, str]]:
    """Return which fields changes are about, as JSON for `SweptThing.kept_fields`.

    Each field is listed once, in the order of the changes; role and level are '' for a field that is no cell.
    """
    rows = [
        {
            "field": Field(change.field).value,
            "role": change.place.role if change.place else "",
            "level": change.place.level if change.place else "",
        }
        for change in changes
    ]
    # Dictionaries cannot be elements of a set, so each is compared with those before it.
    return [row for number, row in enumerate(rows) if row not in rows[:number]]
