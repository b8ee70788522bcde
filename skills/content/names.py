"""What the keys in a revision mean today: its roles, levels and groups, also those that are gone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from django.utils.functional import SimpleLazyObject

from skills.content.ladder import Ladder, LadderStep, Track, build_ladder
from skills.models import Domain, Framework, Group, Level, Role, Skill


@dataclass(frozen=True)
class Names:
    """The roles, levels and groups of one framework by their keys. What is gone goes by its key."""

    roles: Mapping[str, Role]
    ladder: Ladder
    groups: Mapping[str, Group] = field(default_factory=dict)
    skill_names: Mapping[str, str] = field(default_factory=dict)  # names by key
    _deleted_roles: dict[str, Role] = field(default_factory=dict)

    def get_role(self, key: str) -> Role:
        """Return the role with this key; one that is gone is never saved and has a negative primary key."""
        known = self.roles.get(key)
        return known or self._deleted_roles.setdefault(
            key, Role(pk=-1 - len(self._deleted_roles), key=key, slug=key, name=key)
        )

    def get_step(self, slug: str) -> LadderStep:
        """Return the step of a level."""
        return self.ladder.find_step(slug) or LadderStep(pk=-1, slug=slug, name=slug, track="", rank=0, hue=0)

    def get_group(self, path: str) -> Group:
        """Return the group at "domain key/group key", with its domain."""
        domain, _slash, group = path.partition("/")
        gone = Group(key=group, slug=group, name=group, domain=Domain(key=domain, slug=domain, name=domain))
        return self.groups.get(path) or gone

    def get_sort_key(self, role: Role, step: LadderStep) -> tuple[int, str]:
        """Return where a cell stands among others: lower levels first, then roles by name."""
        steps = self.ladder.steps
        return (steps.index(step) if step in steps else len(steps), role.name.casefold())

    def extend_ladder(self, slugs: Iterable[str]) -> Ladder:
        """Return the ladder with levels that are gone at its end, each on a track of its own."""
        gone = sorted({slug for slug in slugs if self.ladder.find_step(slug) is None})
        tracks = (Track(slug, (LadderStep(-1 - index, slug, slug, slug, 1, 0),)) for index, slug in enumerate(gone))
        return Ladder((*self.ladder.tracks, *tracks))


def load_names(framework: Framework) -> Names:
    """Return the names of a framework, in three queries."""
    groups = Group.objects.filter(domain__framework=framework).select_related("domain")
    return Names(
        {role.key: role for role in Role.objects.filter(framework=framework)},
        build_ladder(Level.objects.filter(framework=framework)),
        {f"{group.domain.key}/{group.key}": group for group in groups},
        _load_skill_names(framework.pk),
    )


def _load_skill_names(framework_id: int) -> Mapping[str, str]:
    """Return the names of a framework's skills, read when the first is asked for: few histories name another skill."""
    skills = Skill.objects.filter(framework=framework_id)
    return cast("Mapping[str, str]", SimpleLazyObject(lambda: dict(skills.values_list("key", "name"))))


def load_names_by_framework(framework_ids: Collection[int]) -> Mapping[int, Names]:
    """Return the names of these frameworks by primary key, without groups, in two queries."""
    return build_names_by_framework(
        Role.objects.filter(framework__in=framework_ids), Level.objects.filter(framework__in=framework_ids)
    )


def build_names_by_framework(roles: Iterable[Role], levels: Iterable[Level]) -> Mapping[int, Names]:
    """Return the names of many frameworks by primary key, without groups; one without roles and levels has none."""
    by_role: dict[int, dict[str, Role]] = {}
    by_level: dict[int, list[Level]] = {}
    for role in roles:
        by_role.setdefault(role.framework_id, {})[role.key] = role
    for level in levels:
        by_level.setdefault(level.framework_id, []).append(level)
    found: dict[int, Names] = defaultdict(lambda: Names({}, build_ladder([])))
    for framework in by_role.keys() | by_level.keys():
        ladder = build_ladder(by_level.get(framework, []))
        found[framework] = Names(by_role.get(framework, {}), ladder, skill_names=_load_skill_names(framework))
    return found
