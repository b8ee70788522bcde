"""A framework's levels as steps: grouped by track, each with its place in the one hue that grows in depth."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from skills.models import Level

HUE_STEPS = 24
"""The deepest step of the hue; static/css/theme.css defines `hue-0` to `hue-24`."""


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A level as pages show it. `hue` runs from 0 to `HUE_STEPS` over the level's track."""

    pk: int  # the same level is the same step: nothing else is compared or hashed
    slug: str = field(compare=False)
    name: str = field(compare=False)
    track: str = field(compare=False)
    rank: int = field(compare=False)
    hue: int = field(compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Track:
    """One ladder of a framework, lowest step first; `name` is '' where there is only one."""

    name: str
    steps: tuple[LadderStep, ...]

    @property
    def last(self) -> LadderStep:
        """The top step."""
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Ladder:
    """All levels of a framework."""

    tracks: tuple[Track, ...]

    @property
    def steps(self) -> tuple[LadderStep, ...]:
        """Every step, track by track."""
        return tuple(step for track in self.tracks for step in track.steps)

    def find_step(self, slug: str) -> LadderStep | None:
        """Return the step with this slug, or None."""
        return next((step for step in self.steps if step.slug == slug), None)

    def list_steps_above(self, step: LadderStep) -> tuple[LadderStep, ...]:
        """Return the steps above one on its own track, nearest first."""
        return tuple(other for other in self.steps if other.track == step.track and other.rank > step.rank)

    def find_step_below(self, step: LadderStep) -> LadderStep | None:
        """Return the step just below one on its own track, or None."""
        lower = [other for other in self.steps if other.track == step.track and other.rank < step.rank]
        return lower[-1] if lower else None


def calculate_hue(index: int, length: int) -> int:
    """Return the hue of the step at `index` (from 0) of a track with `length` steps, evenly spaced."""
    return round(index * HUE_STEPS / (length - 1)) if length > 1 else HUE_STEPS // 2


def build_ladder(levels: Iterable[Level]) -> Ladder:
    """Return the ladder that a framework's levels form."""
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
