"""The places a requirement may have: the roles and levels of a framework, and the tracks that each role uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from skills.content.ladder import Ladder, LadderStep, build_ladder
from skills.content.matrix import Place
from skills.models import Level, Requirement, Role, RoleLevel
from skills.text.characters import cut_text

DISPLAYED_NAME_MAX_LENGTH = 60


@dataclass(frozen=True)
class Places:
    """All places of a framework. `roles` are by key."""

    framework_id: int
    ladder: Ladder
    roles: Mapping[str, Role]

    @cached_property
    def tracks(self) -> Mapping[str, frozenset[str]]:
        """The names of the tracks that each role uses, by role key; empty for a framework with a single ladder.

        Two queries, if the framework has more than one track.
        """
        # Cached on the instance: one check of a matrix asks for every cell.
        return _load_tracks_by_role(self.framework_id) if len(self.ladder.tracks) > 1 else {}

    def find_step(self, place: Place) -> LadderStep | None:
        """Return the level of a place as a step of the ladder.

        None if the framework has no such level.
        """
        return self.ladder.find_step(place.level)

    def has(self, place: Place) -> bool:
        """Return whether the framework has this role and this level.

        Tracks are not checked: `get_refusal_reason` does that.
        """
        return place.role in self.roles and self.find_step(place) is not None

    def get_refusal_reason(self, place: Place) -> str:
        """Return why the place cannot have a requirement, in the reader's language; '' if it can.

        A role that uses some of the framework's tracks is kept to these; a role without any requirement may use all.
        """
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
    """Return the key of a role or level in a form fit for a sentence: it comes from a request and can be anything."""
    return "".join(
        character for character in cut_text(name, DISPLAYED_NAME_MAX_LENGTH) if character.isprintable()
    ).strip()


def load_places(framework_id: int) -> Places:
    """Return the places of the framework with this primary key, in two queries.

    Roles are ordered by name, levels by track and rank.
    """
    ladder = build_ladder(Level.objects.filter(framework=framework_id))
    roles = {role.key: role for role in Role.objects.filter(framework=framework_id).order_by("sort_key", "pk")}
    return Places(framework_id, ladder, roles)


def _load_tracks_by_role(framework_id: int) -> dict[str, frozenset[str]]:
    """Return by role key the tracks on which the role has a requirement, a title or an introduction."""
    tracks_by_role: dict[str, set[str]] = {}
    for model in (Requirement, RoleLevel):
        rows = model.objects.filter(role__framework=framework_id).values_list("role__key", "level__track").distinct()
        for role_key, track in rows.order_by():  # columns of a default ordering would count for DISTINCT
            tracks_by_role.setdefault(role_key, set()).add(track)
    return {role_key: frozenset(tracks) for role_key, tracks in tracks_by_role.items()}
