"""The matrix of a skill (role × level) as a value, and the differences between two matrices."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from skills.models import Obligation


class Place(NamedTuple):
    """The place of a cell: `role` is a `Role.key`, `level` a `Level.slug` of the skill's framework."""

    role: str
    level: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is required at one place."""

    description: str  # Markdown
    obligation: str = Obligation.NOT_STATED.value
    proficiency: str = ""  # the source's own term for the depth, such as "Practitioner"


@dataclass(frozen=True, slots=True)
class CellDifference:
    """A place where two matrices differ; `before` is None for an added cell, `after` for a removed one."""

    place: Place
    before: Cell | None
    after: Cell | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells of a skill by place. The figures of a profile are calculated from it, never stored."""

    # Never changed in place: `with_cell` returns a new matrix.
    cells: Mapping[Place, Cell] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.cells)

    def get(self, place: Place) -> Cell | None:
        """Return the cell at `place`.

        None if nothing is required there.
        """
        return self.cells.get(place)

    @property
    def role_count(self) -> int:
        """The number of roles with at least one cell."""
        return len({place.role for place in self.cells})

    @property
    def level_count(self) -> int:
        """The number of levels with at least one cell."""
        return len({place.level for place in self.cells})

    def count(self, obligation: Obligation) -> int:
        """Return how many cells have this obligation.

        The three obligations add up to `len(matrix)`.
        """
        return Counter(cell.obligation for cell in self.cells.values())[obligation.value]

    def with_cell(self, place: Place, cell: Cell | None) -> "Matrix":
        """Return a new matrix with the cell at `place` added or replaced.

        With None, the cell is removed.
        """
        cells = {key: value for key, value in self.cells.items() if key != place}
        if cell is not None:
            cells[place] = cell
        return Matrix(cells)

    def as_json(self) -> list[dict[str, str]]:
        """Return the cells as JSON, ordered by place, so that equal matrices give equal text."""
        return [place._asdict() | asdict(cell) for place, cell in sorted(self.cells.items())]

    @classmethod
    def from_json(cls, rows: Iterable[Mapping[str, Any]]) -> "Matrix":
        """Return the matrix that `as_json` wrote.

        `rows` come from a revision: every key is there.
        """
        return cls(
            {
                Place(row["role"], row["level"]): Cell(row["description"], row["obligation"], row["proficiency"])
                for row in rows
            }
        )


def find_differences(before: Matrix, after: Matrix) -> Iterator[CellDifference]:
    """Yield every place where two matrices differ, ordered by place.

    Equal cells are left out.
    """
    # A place that only one of the two has counts, too.
    for place in sorted(before.cells.keys() | after.cells.keys()):
        old, new = before.get(place), after.get(place)
        if old != new:
            yield CellDifference(place, old, new)
