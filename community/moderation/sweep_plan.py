"""What hiding and reverting everything of an account would do: the same plan is shown before and carried out after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from accounts.models import User
from community.models import Comment, Suggestion, SweptThing
from community.moderation import targets
from community.moderation.targets import ModeratedComment, ModeratedProfile, ModeratedSuggestion
from skills import revisions
from skills.content.changes import Change, Field, Fit, SkillContent, find_changes
from skills.models import Revision, Skill

SKILL_KIND = "skill"
"""The kind of what is taken back, beside the kinds of targets, which are hidden."""


@dataclass(frozen=True, slots=True)
class SkillRevert:
    """What takes a person's changes of a skill back, and what stays: others changed it since, or it was the first."""

    skill: Skill
    changes: Sequence[Change]
    kept: Sequence[Change]


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """Everything of an account: what would be hidden, what taken back."""

    person: User
    comment_ids: Sequence[int]
    suggestions: Sequence[Suggestion]
    hides_profile: bool
    skill_reverts: Sequence[SkillRevert]

    @property
    def things(self) -> list[tuple[str, int]]:
        """Kind and number of each thing that is dealt with."""
        profile = [(ModeratedProfile.kind, self.person.pk)] if self.hides_profile else []
        said = [(ModeratedComment.kind, pk) for pk in self.comment_ids]
        hidden = [(ModeratedSuggestion.kind, suggestion.pk) for suggestion in self.suggestions]
        back = [(SKILL_KIND, way.skill.pk) for way in self.skill_reverts]
        return [*profile, *said, *hidden, *back]


def plan_sweep(person: User) -> SweepPlan:
    """Return what a sweep of everything of somebody would do now."""
    written = Suggestion.objects.filter(author=person, submitted_at__isnull=False, hidden_at__isnull=True)
    said = Comment.objects.filter(author=person, hidden_at__isnull=True, deleted_at__isnull=True)
    skills = Skill.objects.with_group().filter(revisions__author=person).distinct().order_by("pk")
    return SweepPlan(
        person,
        list(said.order_by("pk").values_list("pk", flat=True)),
        list(written.select_related("skill__framework").order_by("pk")),
        not targets.adapt(person).is_hidden,
        [way for skill in skills if (way := plan_skill_revert(skill, person)).changes or way.kept],
    )


def plan_skill_revert(skill: Skill, person: User) -> SkillRevert:
    """Return how a skill gets rid of what somebody published, from their latest revision to their first.

    A change is taken back where the text still is what it made; what the first revision of a skill
    wrote has nothing before it and stays.
    """
    rows = skill.revisions.filter(author=person).order_by("-number").values_list("number", "changes")
    made = [(number, [Change.from_json(row) for row in changes]) for number, changes in rows]
    today = revisions.get_content(skill)
    before, kept = today, list[Change]()
    for number, changes in made:
        for change in reversed(changes):
            fit = change.compare_with(today)
            if number > 1 and fit is Fit.ALREADY_DONE:
                today = today.apply(replace(change, base=change.proposed, proposed=change.base))
            elif number == 1 or fit is Fit.CONFLICTS:
                kept.append(change)
    return SkillRevert(skill, _find_changes(before, today), kept)


def plan_skill_undo(thing: SweptThing) -> SkillRevert:
    """Return how what a sweep took back of a skill is put there again, where nobody has changed it since."""
    revision = Revision.objects.select_related("skill__group__domain", "skill__framework").get(
        pk=thing.revision_id or 0
    )
    today = revisions.get_content(revision.skill)
    changes = [Change.from_json(row) for row in revision.changes]
    back = [change for change in changes if change.compare_with(today) is Fit.ALREADY_DONE]
    kept = [change for change in changes if change.compare_with(today) is Fit.CONFLICTS]
    again = [replace(change, base=change.proposed, proposed=change.base) for change in back]
    return SkillRevert(revision.skill, again, kept)


def _find_changes(before: SkillContent, after: SkillContent) -> Sequence[Change]:
    return find_changes(before, after)


def list_changed_fields(changes: Iterable[Change]) -> list[dict[str, str]]:
    """Return which fields these changes are of, as a thing of a sweep keeps them; a field stands there once."""
    rows = [
        {
            "field": Field(change.field).value,
            "role": change.place.role if change.place else "",
            "level": change.place.level if change.place else "",
        }
        for change in changes
    ]
    return [row for number, row in enumerate(rows) if row not in rows[:number]]
