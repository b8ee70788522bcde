"""What a profile says about its numbers, for none, one and several of each, in both languages."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from skills.models import Obligation
from tests.factories import cell, make_domain, make_framework, make_group, make_role, make_skill

MANDATORY, OPTIONAL, NOT_STATED = Obligation.MANDATORY, Obligation.OPTIONAL, Obligation.NOT_STATED

pytestmark = pytest.mark.django_db


def build_page(
    client: Client, language: str, obligations: list[str], levels: list[str], tracks: list[str]
) -> BeautifulSoup:
    """Return the page of a skill with one requirement for each obligation, of one role at the level of its number.

    With more obligations than levels, further roles require the first level.
    """
    framework = make_framework(levels=tuple(levels), tracks=dict(zip(levels, tracks, strict=True)))
    steps = {level.name: level for level in framework.levels.all()}
    cells = {
        (make_role(framework), steps[levels[number % len(levels)]]): cell(obligation=obligation)
        for number, obligation in enumerate(obligations)
    }
    skill = make_skill(make_group(make_domain(framework)), cells=cells)
    return BeautifulSoup(client.get(f"/{language}/skills/{skill.slug}/").content, "html.parser")


def list_figures(page: BeautifulSoup) -> list[str]:
    """Return the first three figures as their page reads: the number and what is said about it."""
    return [
        " ".join(" ".join(dd.get_text() for dd in figure.select("dd")).split()) for figure in page.select(".figure")
    ][:3]


def read_lead_in(page: BeautifulSoup) -> str:
    (lead_in,) = page.select("#expectations .lead-in")
    return " ".join(lead_in.get_text().split())


@pytest.mark.parametrize(
    ("obligations", "german", "english"),
    [
        ([], "0 es gibt keine Anforderungen", "0 there are no requirements"),
        ([MANDATORY], "1 die einzige Anforderung", "1 the only requirement"),
        ([MANDATORY] * 2, "2 keine ist optional", "2 none is optional"),
        ([OPTIONAL], "0 die einzige Anforderung ist optional", "0 the only requirement is optional"),
        ([OPTIONAL] * 2, "0 alle 2 Anforderungen sind optional", "0 all 2 requirements are optional"),
        ([OPTIONAL] * 3, "0 alle 3 Anforderungen sind optional", "0 all 3 requirements are optional"),
        ([MANDATORY, OPTIONAL], "1 die andere optional", "1 the other one optional"),
        ([MANDATORY, OPTIONAL, OPTIONAL], "1 die anderen 2 optional", "1 the other 2 optional"),
        ([MANDATORY, NOT_STATED], "1 die andere ohne Angabe", "1 the other one not stated"),
        ([OPTIONAL, NOT_STATED], "0 1 optional, 1 ohne Angabe", "0 1 optional, 1 not stated"),
        (
            [MANDATORY, OPTIONAL, NOT_STATED],
            "1 von den anderen 1 optional, 1 ohne Angabe",
            "1 of the others 1 optional, 1 not stated",
        ),
    ],
)
def test_the_number_of_mandatory_requirements_fits_what_is_said_about_the_others(
    client: Client, obligations: list[str], german: str, english: str
) -> None:
    shown = [list_figures(build_page(client, code, obligations, ["Junior"], [""]))[2] for code in ("de", "en")]
    assert shown == [german, english]


@pytest.mark.parametrize(
    ("count", "german", "english"),
    [
        (
            0,
            ["0 keine Rolle verlangt diesen Skill", "0 keine Stufe verlangt diesen Skill"],
            ["0 no role requires this skill", "0 no level requires this skill"],
        ),
        (
            1,
            ["1 wo dieser Skill vorkommt", "1 die einzige Stufe mit Anforderungen"],
            ["1 where this skill occurs", "1 the only level with requirements"],
        ),
        (
            2,
            ["2 wo dieser Skill vorkommt", "2 strukturierter Entwicklungspfad"],
            ["2 where this skill occurs", "2 a structured path of development"],
        ),
    ],
)
def test_roles_and_levels_are_described_for_none_one_and_two(
    client: Client, count: int, german: list[str], english: list[str]
) -> None:
    pages = [build_page(client, code, [MANDATORY] * count, ["Junior", "Senior"], ["", ""]) for code in ("de", "en")]
    assert [list_figures(page)[:2] for page in pages] == [german, english]


@pytest.mark.parametrize(
    ("levels", "tracks", "german", "english"),
    [
        (
            ["Required"],
            [""],
            "Die Tabelle zeigt, was auf der Stufe Required erwartet wird.",
            "The table shows what is expected at the level Required.",
        ),
        (
            ["A1", "A2", "B1", "C1", "C2", "D1"],
            ["a", "a", "b", "c", "c", "d"],
            (
                "Die Tabelle zeigt, wie die Tiefe von A1 bis A2 wächst. Eine zweite Laufbahn hat nur auf der Stufe B1 "
                "Anforderungen. Eine weitere Laufbahn führt von C1 bis C2. Eine weitere Laufbahn hat nur auf der "
                "Stufe D1 Anforderungen."
            ),
            (
                "The table shows how the depth grows from A1 to A2. A second track has requirements at the level B1 "
                "only. Another track leads from C1 to C2. Another track has requirements at the level D1 only."
            ),
        ),
        (
            ["A1", "B1", "B2"],
            ["a", "b", "b"],
            "Die Tabelle zeigt, was auf der Stufe A1 erwartet wird. Eine zweite Laufbahn führt von B1 bis B2.",
            "The table shows what is expected at the level A1. A second track leads from B1 to B2.",
        ),
    ],
)
def test_each_track_is_described_by_the_levels_that_require_something(
    client: Client, levels: list[str], tracks: list[str], german: str, english: str
) -> None:
    pages = [build_page(client, code, [MANDATORY] * len(levels), levels, tracks) for code in ("de", "en")]
    assert [read_lead_in(page) for page in pages] == [german, english]


def test_a_longer_ladder_with_one_required_level_does_not_grow(client: Client) -> None:
    page = build_page(client, "en", [MANDATORY], ["Junior", "Senior"], ["", ""])
    assert read_lead_in(page) == "The table shows what is expected at the level Junior."
