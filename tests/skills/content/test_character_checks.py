"""Characters that no reader sees are named before anybody reviews the text."""

import pytest
from django.utils import translation

from skills.content.changes import Change, Field
from skills.content.character_checks import check_characters
from skills.content.checks import Finding, Rule
from skills.content.matrix import Cell, Place

PLACE = Place("baker", "middle")


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def check(before: str | None, after: str | None) -> list[Finding]:
    cells = [None if text is None else Cell(text) for text in (before, after)]
    return check_characters([Change(Field.REQUIREMENT, cells[0], cells[1], PLACE)])


def test_each_character_is_named_with_its_number_and_how_often_it_occurs() -> None:
    (finding,) = check(None, "Kneads \u202edough\u202e by\u200b hand.")
    assert (finding.rule, finding.place) == (Rule.INVISIBLE, PLACE)
    assert (finding.is_blocking, finding.is_warning, finding.is_note) == (False, True, False)
    assert finding.reason == (
        "It has invisible characters: U+202E right-to-left override, 2 times; U+200B zero-width space, 1 time."
    )


def test_a_no_break_space_is_named_where_a_space_was() -> None:
    (finding,) = check("Kneads dough by hand.", "Kneads\u00a0dough by\u202fhand and foot.")
    assert (finding.rule, finding.is_warning) == (Rule.OTHER_SPACE, True)
    assert "U+00A0 no-break space, 1 time" in finding.reason
    assert check("Kneads\u00a0dough.", "Kneads\u00a0dough, z.\u00a0B. rye.") == []


@pytest.mark.parametrize(
    "text",
    ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "Teig\u00adma\u00adschine", "\U0001f468\u200d\U0001f373"],
)
def test_what_a_script_needs_is_named_and_has_not_to_be_confirmed(text: str) -> None:
    (finding,) = check(None, text)
    assert (finding.rule, finding.is_blocking, finding.is_warning) == (Rule.USUAL_INVISIBLE, False, False)


def test_the_skills_own_texts_are_checked_with_the_name_of_the_field() -> None:
    changes = [
        Change(Field.SUMMARY, "", "Bakes\u200b."),
        Change(Field.TAG_LINE, "a", "a, \U000e0041"),
        Change(Field.GROUP, "a/b", "a/c"),
    ]
    reasons = [finding.reason.split(":")[0] for finding in check_characters(changes)]
    assert reasons == ["Summary", "Tag line"]


def test_a_name_is_left_to_the_rule_that_refuses_them() -> None:
    assert check_characters([Change(Field.NAME, "Baking", "Bak\u200bing")]) == []
    assert check_characters([Change(Field.SUMMARY, "", "Bak\u200bing")]) != []


def test_a_text_of_all_kinds_of_them_is_named_in_few_lines() -> None:
    (finding,) = check(None, "".join(map(chr, range(0xE0001, 0xE0080))))
    assert finding.reason.endswith("and 115 more.")


def test_a_removed_or_plain_text_has_nothing_to_name() -> None:
    assert check("Kneads\u200b.", None) == check("Kneads\u200b.", "Kneads.") == []


def test_very_many_of_them_block() -> None:
    (finding,) = check(None, "a" + "\u200b" * 201)
    assert (finding.rule, finding.is_blocking) == (Rule.TOO_MANY_INVISIBLE, True)
    (finding,) = check(None, "a" + "\u200b" * 200)
    assert finding.reason == "It has invisible characters: U+200B zero-width space, 200 times."
