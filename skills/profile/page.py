"""The data of a skill's profile page: its figures, a table for each level, the grid, the comparison of two levels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.safestring import SafeString

from skills.content.ladder import Ladder, LadderStep, Track, build_ladder
from skills.models import Level, Obligation, Requirement, Role, RoleLevel, Skill
from skills.text.folding import build_sort_key
from skills.text.markup import markdown
from skills.text.new_words import mark_new_words


@dataclass(frozen=True)
class ProfileEntry:
    """One requirement with everything that a page shows of it; `title` is the framework's name of role and level."""

    role: Role
    step: LadderStep
    title: str
    description: str
    obligation: str
    proficiency: str

    @property
    def html(self) -> SafeString:
        """The description, rendered."""
        return markdown.render(self.description)

    @property
    def is_mandatory(self) -> bool:
        """Whether the obligation is "mandatory", not only "optional" or "not stated"."""
        return self.obligation == Obligation.MANDATORY


@dataclass(frozen=True)
class LevelTable:
    """The requirements of one level, by role."""

    step: LadderStep
    entries: Sequence[ProfileEntry]

    @property
    def mandatory_count(self) -> int:
        """How many of the requirements are mandatory."""
        return sum(entry.is_mandatory for entry in self.entries)


@dataclass(frozen=True)
class GridRow:
    """One role and its entry on each step of the profile, None where nothing is required."""

    role: Role
    entries: Sequence[tuple[LadderStep, ProfileEntry | None]]


@dataclass(frozen=True)
class Comparison:
    """A role's current level beside the next level that has a requirement.

    `today` is the requirement of the current level, `next` that of the next one, None where there is none;
    `skipped` are the levels between them.
    """

    role: Role
    step: LadderStep
    today: ProfileEntry | None
    next: ProfileEntry | None
    skipped: Sequence[LadderStep]

    @property
    def next_html(self) -> SafeString:
        """The text of the next level, its new words marked."""
        assert self.next is not None
        return mark_new_words(self.today.html, self.next.html) if self.today else self.next.html

    @property
    def becomes_mandatory(self) -> bool:
        """Whether the next level is mandatory and the current one is not."""
        return bool(self.today and self.next and self.next.is_mandatory and not self.today.is_mandatory)


@dataclass(frozen=True)
class Profile:
    """A skill as its page shows it. Figures are derived from `entries`, never stored."""

    skill: Skill
    ladder: Ladder
    entries: Sequence[ProfileEntry]
    updated_at: datetime | None

    @cached_property
    def roles(self) -> list[Role]:
        """The roles in which the skill occurs, by name."""
        # A set, because a role has an entry on each of its levels.
        return sorted({entry.role for entry in self.entries}, key=lambda role: build_sort_key(role.name))

    @cached_property
    def level_count(self) -> int:
        """The number of levels on which the skill occurs."""
        return len({entry.step for entry in self.entries})

    @cached_property
    def mandatory_count(self) -> int:
        """The number of mandatory requirements."""
        return self._count(Obligation.MANDATORY)

    @cached_property
    def optional_count(self) -> int:
        """The number of optional requirements."""
        return self._count(Obligation.OPTIONAL)

    @cached_property
    def not_stated_count(self) -> int:
        """The number of requirements whose source states no obligation."""
        return self._count(Obligation.NOT_STATED)

    def _count(self, obligation: Obligation) -> int:
        return sum(entry.obligation == obligation for entry in self.entries)

    @cached_property
    def tracks(self) -> list[Track]:
        """The tracks with at least one requirement, with all their steps, so that a gap in a ladder is visible."""
        used = {entry.step.track for entry in self.entries}
        return [track for track in self.ladder.tracks if track.name in used]

    @cached_property
    def steps(self) -> list[LadderStep]:
        """All steps of `tracks`, in order."""
        return [step for track in self.tracks for step in track.steps]

    @cached_property
    def spans(self) -> list[tuple[LadderStep, LadderStep]]:
        """The lowest and the highest step with a requirement on each of `tracks`; the same one twice if it is alone."""
        used = {entry.step for entry in self.entries}
        steps = [[step for step in track.steps if step in used] for track in self.tracks]
        return [(of_track[0], of_track[-1]) for of_track in steps]

    @cached_property
    def first_step(self) -> LadderStep | None:
        """The lowest step with a requirement, which the page opens first; None without any."""
        return self.entries[0].step if self.entries else None

    def build_table(self, step: LadderStep) -> LevelTable:
        """Return the table of one step.

        Its entries are in the order of the profile, by role name; a step without requirements has none.
        """
        return LevelTable(step, [entry for entry in self.entries if entry.step == step])

    def filter_entries(self, role_slug: str, *, only_mandatory: bool) -> "Profile":
        """Return a copy of the profile with only some of its entries.

        Keep the entries of one role, of all if `role_slug` is '', and of these only the mandatory ones if asked to.
        """
        entries = [
            entry
            for entry in self.entries
            if (not role_slug or entry.role.slug == role_slug) and (entry.is_mandatory or not only_mandatory)
        ]
        return Profile(self.skill, self.ladder, entries, self.updated_at)

    def build_grid(self, steps: Iterable[LadderStep]) -> list[GridRow]:
        """Return one row for each role of the profile, by name.

        A row has one cell for each of `steps`, which is None where nothing is required.
        """
        cells = {(entry.role, entry.step): entry for entry in self.entries}
        columns = list(steps)  # read once for each row, which an iterator does not allow
        return [GridRow(role, [(step, cells.get((role, step))) for step in columns]) for role in self.roles]

    def find_role(self, slug: str) -> Role | None:
        """Return the role with this slug.

        None for a role without a requirement in this profile, even if the framework has it.
        """
        return next((role for role in self.roles if role.slug == slug), None)

    def compare(self, role: Role, step: LadderStep) -> Comparison:
        """Compare what the skill requires of a role on `step` and on the next higher step with a requirement.

        Steps without a requirement between them are listed as skipped. Without a higher requirement, `next` is None.
        """
        cells = {entry.step: entry for entry in self.entries if entry.role == role}
        skipped: list[LadderStep] = []
        for above in self.ladder.list_steps_above(step):
            # A step without this role is skipped: the next one with a requirement is compared.
            if above in cells:
                return Comparison(role, step, cells.get(step), cells[above], skipped)
            skipped.append(above)
        return Comparison(role, step, cells.get(step), None, [])


def load_profile(skill: Skill) -> Profile:
    """Return the current profile of a skill, in three queries.

    `skill` must come from `SkillQuerySet.ever_published`, which adds `updated_at`.
    """
    ladder = build_ladder(Level.objects.filter(framework=skill.framework_id))
    requirements = list(Requirement.objects.filter(skill=skill).select_related("role"))
    titles = get_titles({requirement.role_id for requirement in requirements})
    updated_at: datetime | None = vars(skill)["updated_at"]  # an annotation, unknown to the type of the model
    return Profile(skill, ladder, _build_entries(requirements, ladder, titles), updated_at)


def get_titles(role_ids: Iterable[int]) -> Mapping[tuple[int, int], str]:
    """Return the titles of roles at a level, such as "Junior Analyst", in one query.

    The keys are pairs of primary keys, role and level; a pair without a title is missing.
    """
    rows = RoleLevel.objects.filter(role__in=role_ids).exclude(title="").values_list("role_id", "level_id", "title")
    return {(role_id, level_id): title for role_id, level_id, title in rows}


def _build_entries(
    requirements: Iterable[Requirement], ladder: Ladder, titles: Mapping[tuple[int, int], str]
) -> list[ProfileEntry]:
    """Return the entries of a profile, from the lowest step up, and by role name within a step."""
    # By primary key of the level: its position on the ladder, for sorting, and the step itself.
    steps = {step.pk: (number, step) for number, step in enumerate(ladder.steps)}
    ordered = sorted(requirements, key=lambda row: (steps[row.level_id][0], row.role.sort_key))
    return [
        ProfileEntry(
            role=row.role,
            step=steps[row.level_id][1],
            title=titles.get((row.role_id, row.level_id), ""),
            description=row.description,
            obligation=row.obligation,
            proficiency=row.proficiency,
        )
        for row in ordered
    ]
