"""What hiding and reverting everything of an account would do: the same plan is shown before and carried out after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from accounts.models import User
from community.models import Comment, Suggestion, SweptThing
from community.moderation import targets
from community.moderation.targets import ModeratedComment, ModeratedProfile, ModeratedSuggestion
from skills import revisions
from skills.content.changes import Change, Field, Fit, SkillContent, changes_between
from skills.models import Revision, Skill

SKILL = "skill"
"""The kind of what is taken back, beside the kinds of targets, which are hidden."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """What takes a person's changes of a skill back, and what stays: others changed it since, or it was the first."""

    skill: Skill
    changes: Sequence[Change]
    kept: Sequence[Change]


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """Everything of an account: what would be hidden, what taken back."""

    person: User
    comments: Sequence[int]
    suggestions: Sequence[Suggestion]
    hides_profile: bool
    ways_back: Sequence[WayBack]

    @property
    def things(self) -> list[tuple[str, int]]:
        """Kind and number of each thing that is dealt with."""
        profile = [(ModeratedProfile.kind, self.person.pk)] if self.hides_profile else []
        said = [(ModeratedComment.kind, pk) for pk in self.comments]
        hidden = [(ModeratedSuggestion.kind, suggestion.pk) for suggestion in self.suggestions]
        back = [(SKILL, way.skill.pk) for way in self.ways_back]
        return [*profile, *said, *hidden, *back]


def plan_of(person: User) -> SweepPlan:
    """Return what a sweep of everything of somebody would do now."""
    written = Suggestion.objects.filter(author=person, submitted_at__isnull=False, hidden_at__isnull=True)
    said = Comment.objects.filter(author=person, hidden_at__isnull=True, deleted_at__isnull=True)
    skills = Skill.objects.with_place().filter(revisions__author=person).distinct().order_by("pk")
    return SweepPlan(
        person,
        list(said.order_by("pk").values_list("pk", flat=True)),
        list(written.select_related("skill__framework").order_by("pk")),
        not targets.adapt(person).is_hidden,
        [way for skill in skills if (way := way_back(skill, person)).changes or way.kept],
    )


def way_back(skill: Skill, person: User) -> WayBack:
    """Return how a skill gets rid of what somebody published, from their latest revision to their first.

    A change is taken back where the text still is what it made; what the first revision of a skill
    wrote has nothing before it and stays.
    """
    rows = skill.revisions.filter(author=person).order_by("-number").values_list("number", "changes")
    made = [(number, [Change.from_json(row) for row in changes]) for number, changes in rows]
    today = revisions.content_of(skill)
    before, kept = today, list[Change]()
    for number, changes in made:
        for change in reversed(changes):
            fit = change.compare_with(today)
            if number > 1 and fit is Fit.ALREADY_DONE:
                today = today.after(replace(change, base=change.proposed, proposed=change.base))
            elif number == 1 or fit is Fit.CONFLICTS:
                kept.append(change)
    return WayBack(skill, _between(before, today), kept)


def undo_of(thing: SweptThing) -> WayBack:
    """Return how what a sweep took back of a skill is put there again, where nobody has changed it since."""
    revision = Revision.objects.select_related("skill__group__domain", "skill__framework").get(pk=thing.revision or 0)
    today = revisions.content_of(revision.skill)
    changes = [Change.from_json(row) for row in revision.changes]
    back = [change for change in changes if change.compare_with(today) is Fit.ALREADY_DONE]
    kept = [change for change in changes if change.compare_with(today) is Fit.CONFLICTS]
    again = [replace(change, base=change.proposed, proposed=change.base) for change in back]
    return WayBack(revision.skill, again, kept)


def _between(before: SkillContent, after: SkillContent) -> Sequence[Change]:
    return changes_between(before, after)


def named(changes: Iterable[Change]) -> list[dict[str, str]]:
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
