"""The role × level table as a value, and the difference of two."""

from hypothesis import given
from hypothesis import strategies as st

from skills.content.matrix import Cell, CellDifference, Matrix, Place, find_differences
from skills.models import Obligation

TEXT = st.text(max_size=20)
CELLS = st.builds(Cell, TEXT, st.sampled_from(Obligation.values), TEXT)
PLACES = st.builds(Place, st.sampled_from("abc"), st.sampled_from("xyz"))
MATRICES = st.builds(Matrix, st.dictionaries(PLACES, CELLS, max_size=9))

JUNIOR, SENIOR = Place("baker", "junior"), Place("baker", "senior")


def test_figures_are_counted_from_the_cells() -> None:
    matrix = Matrix(
        {
            JUNIOR: Cell("a", "mandatory"),
            SENIOR: Cell("b", "optional"),
            Place("cook", "senior"): Cell("c", "not_stated"),
        }
    )
    assert (len(matrix), matrix.role_count, matrix.level_count) == (3, 2, 2)
    assert [matrix.count(obligation) for obligation in Obligation] == [1, 1, 1]


def test_a_cell_is_put_in_replaced_and_taken_out_without_touching_the_table_before() -> None:
    empty = Matrix()
    one = empty.with_cell(JUNIOR, Cell("a"))
    other = one.with_cell(JUNIOR, Cell("b"))
    assert (empty.get(JUNIOR), one.get(JUNIOR), other.get(JUNIOR)) == (None, Cell("a"), Cell("b"))
    assert other.with_cell(JUNIOR, None) == empty


def test_the_difference_names_what_was_added_changed_and_removed() -> None:
    before = Matrix({JUNIOR: Cell("a"), SENIOR: Cell("b")})
    after = Matrix({JUNIOR: Cell("a", "mandatory"), Place("cook", "junior"): Cell("c")})
    assert list(find_differences(before, after)) == [
        CellDifference(JUNIOR, Cell("a"), Cell("a", "mandatory")),
        CellDifference(SENIOR, Cell("b"), None),
        CellDifference(Place("cook", "junior"), None, Cell("c")),
    ]


@given(MATRICES)
def test_a_table_is_the_same_after_a_way_through_json(matrix: Matrix) -> None:
    assert Matrix.from_json(matrix.as_json()) == matrix


@given(MATRICES, MATRICES)
def test_the_differences_of_two_matrices_change_one_into_the_other(before: Matrix, after: Matrix) -> None:
    result = before
    for change in find_differences(before, after):
        result = result.with_cell(change.place, change.after)
    assert result == after


@given(MATRICES)
def test_a_table_does_not_differ_from_itself(matrix: Matrix) -> None:
    assert list(find_differences(matrix, matrix)) == []
