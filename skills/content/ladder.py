"""A framework's levels as steps: grouped by track, each with a hue that grows deeper from the lowest to the top."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from skills.models import Level

HUE_STEPS = 24
"""The deepest hue; static/css/theme.css defines `hue-0` to `hue-24`."""


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A level as pages show it. `hue` runs from 0 to `HUE_STEPS` over the level's track."""

    # Steps are equal if they are the same level: only the primary key is compared and hashed.
    pk: int
    slug: str = field(compare=False)
    name: str = field(compare=False)
    track: str = field(compare=False)
    rank: int = field(compare=False)
    hue: int = field(compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Track:
    """One ladder of a framework, lowest step first; `name` is '' if the framework has only one."""

    name: str
    steps: tuple[LadderStep, ...]

    @property
    def last(self) -> LadderStep:
        """The top step of the track, which always has one."""
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Ladder:
    """All levels of a framework, by track."""

    tracks: tuple[Track, ...]

    @property
    def steps(self) -> tuple[LadderStep, ...]:
        """Every step, track by track."""
        return tuple(step for track in self.tracks for step in track.steps)

    def find_step(self, slug: str) -> LadderStep | None:
        """Return the step of the level with this slug, or None.

        Slugs are unique in a framework, whatever the track.
        """
        return next((step for step in self.steps if step.slug == slug), None)

    def list_steps_above(self, step: LadderStep) -> tuple[LadderStep, ...]:
        """Return the steps above a step on its own track, nearest first.

        Tracks are not compared: a manager's step is not above an expert's.
        """
        return tuple(other for other in self.steps if other.track == step.track and other.rank > step.rank)

    def find_step_below(self, step: LadderStep) -> LadderStep | None:
        """Return the step just below a step on its own track, or None.

        None also for the lowest step.
        """
        lower = [other for other in self.steps if other.track == step.track and other.rank < step.rank]
        return lower[-1] if lower else None


def calculate_hue(index: int, length: int) -> int:
    """Return the hue, from 0 to `HUE_STEPS`, of the step at `index` (from 0) of a track with `length` steps.

    Hues are evenly spaced, from the palest for the lowest step to the deepest for the top one.
    """
    # A single step has a middle hue: it is neither the lowest nor the top.
    return round(index * HUE_STEPS / (length - 1)) if length > 1 else HUE_STEPS // 2


def build_ladder(levels: Iterable[Level]) -> Ladder:
    """Return the ladder of a framework from its levels, which may come in any order.

    Tracks are ordered by name, steps by rank. Without levels, the ladder has no tracks.
    """
    by_track: dict[str, list[Level]] = {}
    for level in sorted(levels, key=lambda level: (level.track, level.rank)):
        by_track.setdefault(level.track, []).append(level)
    return Ladder(
        tuple(
            Track(
                name,
                tuple(
                    LadderStep(level.pk, level.slug, level.name, name, level.rank, calculate_hue(index, len(track)))
                    for index, level in enumerate(track)
                ),
            )
            for name, track in by_track.items()
        )
    )
