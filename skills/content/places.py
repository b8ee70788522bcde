"""Where a requirement may stand: the roles and levels of a framework, and which tracks a role climbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from skills.content.ladder import Ladder, LadderStep, build_ladder
from skills.content.matrix import Place
from skills.models import Level, Requirement, Role, RoleLevel

LONGEST_NAME = 60


@dataclass(frozen=True)
class Places:
    """All places of a framework, which is given by its primary key."""

    framework_id: int
    ladder: Ladder
    roles: Mapping[str, Role]

    @cached_property
    def tracks(self) -> Mapping[str, frozenset[str]]:
        """The tracks that each role stands on already, where there is more than one; two queries there."""
        return _load_tracks_by_role(self.framework_id) if len(self.ladder.tracks) > 1 else {}

    def find_step(self, place: Place) -> LadderStep | None:
        """Return the level of a place, or None where the framework has no such."""
        return self.ladder.find_step(place.level)

    def has(self, place: Place) -> bool:
        """Whether the framework has this role and this level."""
        return place.role in self.roles and self.find_step(place) is not None

    def get_refusal_reason(self, place: Place) -> str:
        """Return why no requirement can stand at a place, in the reader's language; '' where one can."""
        step = self.find_step(place)
        if step is None or place.role not in self.roles:
            missing = ([] if place.role in self.roles else [place.role]) + ([] if step else [place.level])
            return _describe_unknown(", ".join(filter(None, map(_format_name, missing))))
        tracks = self.tracks.get(place.role)
        if tracks and step.track not in tracks:
            names = {"role": self.roles[place.role].name, "level": step.name}
            return _("%(level)s is a level of another track than those of %(role)s.") % names
        return ""


def _describe_unknown(names: str) -> str:
    if not names:
        return _("There is no such role or level in this framework.")
    return _("There is no such role or level in this framework: %(names)s.") % {"names": names}


def _format_name(name: str) -> str:
    """Return a name of a role or level, which can be anything that was sent, as it can be shown in a sentence."""
    return "".join(character for character in name[:LONGEST_NAME] if character.isprintable()).strip()


def load_places(framework_id: int) -> Places:
    """Return the places of the framework with this primary key, in two queries."""
    ladder = build_ladder(Level.objects.filter(framework=framework_id))
    roles = {role.key: role for role in Role.objects.filter(framework=framework_id).order_by("name")}
    return Places(framework_id, ladder, roles)


def _load_tracks_by_role(framework_id: int) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for model in (Requirement, RoleLevel):
        rows = model.objects.filter(role__framework=framework_id).values_list("role__key", "level__track").distinct()
        for role, track in rows.order_by():
            found.setdefault(role, set()).add(track)
    return {role: frozenset(tracks) for role, tracks in found.items()}
