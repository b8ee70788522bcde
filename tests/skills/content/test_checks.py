"""A proposed table is read before anybody has to: what blocks it, and what its author should look at again."""

import pytest

from skills.content.checks import Finding, LevelName, Rule, check_matrix
from skills.content.matrix import Cell, Matrix, Place

LADDER = [LevelName("junior", "Junior"), LevelName("middle", "Middle"), LevelName("senior", "Senior")]
TRACKS = [LADDER, [LevelName("m1", "Manager 1")]]
JUNIOR, MIDDLE, SENIOR, MANAGER = (Place("baker", level) for level in ("junior", "middle", "senior", "m1"))
TODAY = Matrix({MIDDLE: Cell("Bakes bread on their own every morning.", "mandatory")})


def check_cell(place: Place, text: str, obligation: str = "mandatory", today: Matrix = TODAY) -> list[Finding]:
    return check_matrix(today, today.with_cell(place, Cell(text, obligation)), TRACKS)


def rules(place: Place, text: str, obligation: str = "mandatory") -> list[Rule]:
    return [finding.rule for finding in check_cell(place, text, obligation)]


def test_a_good_requirement_has_nothing_against_it() -> None:
    assert check_cell(SENIOR, "Plans the week's baking and trains two others.") == []


def test_nothing_changed_blocks() -> None:
    (finding,) = check_matrix(TODAY, TODAY, TRACKS)
    assert (finding.rule, finding.place, finding.is_blocking) == (Rule.NOTHING_CHANGES, None, True)


@pytest.mark.parametrize("text", ["", "   \n"])
def test_an_empty_text_blocks(text: str) -> None:
    (finding,) = check_cell(SENIOR, text)
    assert (finding.rule, finding.place, finding.is_blocking) == (Rule.EMPTY, SENIOR, True)


def test_a_text_beyond_the_limit_blocks() -> None:
    assert rules(SENIOR, "x" * 8000) == []
    assert rules(SENIOR, "x" * 8001) == [Rule.TOO_LONG]


def test_removing_a_requirement_is_not_judged_by_its_text() -> None:
    assert check_matrix(TODAY, TODAY.with_cell(MIDDLE, None), TRACKS) == []


@pytest.mark.parametrize(
    "text",
    [
        "Bakes rolls under close supervision.",
        "Learns to bake rolls.",
        "Backt Brötchen unter Anleitung.",
        "Lernt backen.",
    ],
)
def test_asking_less_than_the_level_below_is_pointed_out(text: str) -> None:
    (finding,) = check_cell(SENIOR, text)
    assert (finding.rule, finding.is_blocking) == (Rule.WEAKER_THAN_BELOW, False)
    assert "Middle" in finding.reason


def test_the_lowest_level_may_need_guidance() -> None:
    assert rules(JUNIOR, "Bakes rolls under close supervision.") == []


def test_guidance_that_the_level_below_needs_too_is_no_step_back() -> None:
    today = Matrix({MIDDLE: Cell("Bakes bread under supervision.", "mandatory")})
    assert check_cell(SENIOR, "Bakes pastry under supervision.", today=today) == []


def test_mandatory_turning_optional_higher_up_is_pointed_out() -> None:
    assert rules(SENIOR, "Plans the week's baking.", "optional") == [Rule.TURNS_OPTIONAL]
    assert rules(SENIOR, "Plans the week's baking.", "not_stated") == []


def test_another_track_is_no_level_below() -> None:
    assert rules(MANAGER, "Learns to lead a bakery.", "optional") == []


def test_a_near_copy_of_another_level_is_pointed_out() -> None:
    (finding,) = check_cell(JUNIOR, "Bakes  bread on their own every MORNING!")
    assert (finding.rule, finding.is_blocking) == (Rule.NEAR_COPY, False)
    assert "Middle" in finding.reason


def test_another_role_may_have_the_same_text() -> None:
    assert rules(Place("cook", "junior"), "Bakes bread on their own every morning.") == []


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Knows about yeast.", "Knows about"),
        ("Is familiar with yeast.", "familiar with"),
        ("Is responsible for yeast.", "is responsible for"),
        ("- Kennt Hefe.", "Kennt"),
        ("Ist vertraut mit Hefe.", "Ist vertraut mit"),
    ],
)
def test_an_empty_verb_is_named(text: str, phrase: str) -> None:
    (finding,) = check_cell(SENIOR, text)
    assert finding.rule is Rule.EMPTY_VERB
    assert phrase.casefold() in finding.reason.casefold()


def test_cells_that_stay_as_they_are_are_not_judged() -> None:
    today = TODAY.with_cell(JUNIOR, Cell("Knows about yeast.", "mandatory"))
    assert check_cell(SENIOR, "Plans the week's baking.", today=today) == []
