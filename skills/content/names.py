"""The names of the keys in a revision: its roles, levels and groups, also those that were deleted since."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from django.utils.functional import SimpleLazyObject

from skills.content.ladder import Ladder, LadderStep, Track, build_ladder
from skills.models import Domain, Framework, Group, Level, Role, Skill
from skills.text.folding import build_sort_key


@dataclass(frozen=True)
class Names:
    """The roles, levels and groups of one framework by their keys. A deleted one is shown by its key.

    `groups` are by "domain key/group key", `skill_names` by the skill's key.
    """

    roles: Mapping[str, Role]
    ladder: Ladder
    groups: Mapping[str, Group] = field(default_factory=dict)
    skill_names: Mapping[str, str] = field(default_factory=dict)
    # Roles built by `get_role`, so that the same key always gives the same object.
    _deleted_roles: dict[str, Role] = field(default_factory=dict)

    def get_role(self, key: str) -> Role:
        """Return the role with this key.

        For a deleted role, return an unsaved one with the key as its name; negative primary keys
        keep such roles apart from each other and from saved ones.
        """
        role = self.roles.get(key)
        return role or self._deleted_roles.setdefault(
            key, Role(pk=-1 - len(self._deleted_roles), key=key, slug=key, name=key)
        )

    def get_step(self, slug: str) -> LadderStep:
        """Return the step of the level with this slug.

        For a deleted level, return a step with the slug as its name, outside of every track.
        """
        return self.ladder.find_step(slug) or LadderStep(pk=-1, slug=slug, name=slug, track="", rank=0, hue=0)

    def get_group(self, path: str) -> Group:
        """Return the group with its domain; `path` is "domain key/group key".

        For a deleted group, return an unsaved one with the keys as names.
        """
        domain, _slash, group = path.partition("/")
        unsaved_group = Group(key=group, slug=group, name=group, domain=Domain(key=domain, slug=domain, name=domain))
        return self.groups.get(path) or unsaved_group

    def get_sort_key(self, role: Role, step: LadderStep) -> tuple[int, str]:
        """Return a key to sort cells by: lower levels first, then roles by name.

        Deleted levels come last.
        """
        steps = self.ladder.steps
        return (steps.index(step) if step in steps else len(steps), build_sort_key(role.name))

    def extend_ladder(self, slugs: Iterable[str]) -> Ladder:
        """Return the ladder with the deleted levels among `slugs` at its end, each on a track of its own.

        A revision may have cells at such levels; a table of it needs a column for each.
        """
        deleted = sorted({slug for slug in slugs if self.ladder.find_step(slug) is None})
        # Negative primary keys keep the steps apart: only the primary key is compared.
        tracks = (Track(slug, (LadderStep(-1 - index, slug, slug, slug, 1, 0),)) for index, slug in enumerate(deleted))
        return Ladder((*self.ladder.tracks, *tracks))


def load_names(framework: Framework) -> Names:
    """Return the names of a framework, in three queries.

    A fourth query loads the names of skills when the first of them is read.
    """
    groups = Group.objects.filter(domain__framework=framework).select_related("domain")
    return Names(
        {role.key: role for role in Role.objects.filter(framework=framework)},
        build_ladder(Level.objects.filter(framework=framework)),
        {f"{group.domain.key}/{group.key}": group for group in groups},
        _load_skill_names(framework.pk),
    )


def _load_skill_names(framework_id: int) -> Mapping[str, str]:
    """Return the names of a framework's skills by key, loaded on first use: few histories name another skill."""
    skills = Skill.objects.filter(framework=framework_id)
    return cast("Mapping[str, str]", SimpleLazyObject(lambda: dict(skills.values_list("key", "name"))))


def load_names_by_framework(framework_ids: Collection[int]) -> Mapping[int, Names]:
    """Return the names of these frameworks by primary key, in two queries.

    Groups are left out: `get_group` returns unsaved ones with their keys as names.
    """
    return build_names_by_framework(
        Role.objects.filter(framework__in=framework_ids), Level.objects.filter(framework__in=framework_ids)
    )


def build_names_by_framework(roles: Iterable[Role], levels: Iterable[Level]) -> Mapping[int, Names]:
    """Return the names of many frameworks by primary key, without groups; without a query.

    `roles` and `levels` are those of the frameworks, mixed. A framework without any has empty `Names`.
    """
    by_role: dict[int, dict[str, Role]] = {}
    by_level: dict[int, list[Level]] = {}
    for role in roles:
        by_role.setdefault(role.framework_id, {})[role.key] = role
    for level in levels:
        by_level.setdefault(level.framework_id, []).append(level)
    names: dict[int, Names] = defaultdict(lambda: Names({}, build_ladder([])))
    for framework_id in by_role.keys() | by_level.keys():
        ladder = build_ladder(by_level.get(framework_id, []))
        names[framework_id] = Names(by_role.get(framework_id, {}), ladder, skill_names=_load_skill_names(framework_id))
    return names
