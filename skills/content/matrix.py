"""The role × level table of a skill as a value, and the difference of two such tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from skills.models import Obligation


class Place(NamedTuple):
    """Where a cell stands: `role` is a `Role.key`, `level` a `Level.slug` of the skill's framework."""

    role: str
    level: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is required in one place. Markdown, an `Obligation` value, the source's own proficiency word."""

    description: str
    obligation: str = Obligation.NOT_STATED.value
    proficiency: str = ""


@dataclass(frozen=True, slots=True)
class CellDifference:
    """One place where two tables differ; `before` is None for an added cell, `after` for a removed one."""

    place: Place
    before: Cell | None
    after: Cell | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells of a skill by their place. The figures of a profile are derived from it, never stored."""

    cells: Mapping[Place, Cell] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.cells)

    def get(self, place: Place) -> Cell | None:
        """Return the cell at `place`, or None where nothing is required."""
        return self.cells.get(place)

    @property
    def role_count(self) -> int:
        """In how many roles the skill occurs."""
        return len({place.role for place in self.cells})

    @property
    def level_count(self) -> int:
        """On how many levels the skill occurs."""
        return len({place.level for place in self.cells})

    def count(self, obligation: Obligation) -> int:
        """Return how many cells have this obligation."""
        return Counter(cell.obligation for cell in self.cells.values())[obligation.value]

    def with_cell(self, place: Place, cell: Cell | None) -> "Matrix":
        """Return this table with one cell put in, replaced, or (None) taken out."""
        cells = {key: value for key, value in self.cells.items() if key != place}
        if cell is not None:
            cells[place] = cell
        return Matrix(cells)

    def as_json(self) -> list[dict[str, str]]:
        """Return the cells as JSON, ordered by place so that equal tables give equal text."""
        return [place._asdict() | asdict(cell) for place, cell in sorted(self.cells.items())]

    @classmethod
    def from_json(cls, rows: Iterable[Mapping[str, Any]]) -> "Matrix":
        """Return the table that `as_json` wrote."""
        return cls(
            {
                Place(row["role"], row["level"]): Cell(row["description"], row["obligation"], row["proficiency"])
                for row in rows
            }
        )


def find_differences(before: Matrix, after: Matrix) -> Iterator[CellDifference]:
    """Yield every place where the two tables differ, ordered by place."""
    for place in sorted(before.cells.keys() | after.cells.keys()):
        old, new = before.get(place), after.get(place)
        if old != new:
            yield CellDifference(place, old, new)
