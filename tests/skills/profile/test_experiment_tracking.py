"""The first page the site must serve, compared line by line with the file it comes from."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from django.core.management import call_command
from django.test import Client

PAGE = Path(__file__).parents[2] / "data" / "experiment-tracking.de.txt"
CONTENT = Path(__file__).parents[3] / "content" / "01-stufenplan.json"
ADDRESS = "/de/skills/experiment-tracking/"

# The one text that was a missing translation, and the one line that is now above
# the name, as breadcrumb. From "Community" on, the file shows later parts.
CORRECTIONS = {"skills.group": "Gruppe"}
BREADCRUMB = "Machine Learning & AI MLOps"
LINE_ELEMENTS = {"p", "h1", "h2", "h3", "dt", "dd", "tr", "li", "ol", "legend", "label", "option"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> Tag:
    call_command("load_content", str(CONTENT), verbosity=0)
    response = client.get(ADDRESS)
    assert response.status_code == 200
    main = BeautifulSoup(response.content, "html.parser").main
    assert main is not None
    return main


def lines_of(main: Tag) -> list[str]:
    """Return the text of the page as one line per paragraph, term, heading, list and table row."""
    return [
        re.sub(r"\s+", " ", element.get_text()).strip()
        for element in main.find_all(True)
        if element.name in LINE_ELEMENTS
    ]


def expected_lines() -> list[str]:
    text = PAGE.read_text(encoding="utf-8").partition("\nCommunity\n")[0]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [CORRECTIONS.get(line, line) for line in lines]


def test_the_page_says_what_the_file_says_in_the_same_order(page: Tag) -> None:
    expected = expected_lines()
    assert BREADCRUMB in lines_of(page)[:2]
    expected.remove(BREADCRUMB)
    shown = iter(lines_of(page))
    missing = [line for line in expected if line not in shown]  # `in` moves on: order counts
    assert missing == []


def test_every_requirement_is_on_the_page_exactly_once_in_the_level_tables(page: Tag) -> None:
    rows = [line for line in expected_lines() if len(line) > 100]
    shown = [re.sub(r"\s+", " ", row.get_text()).strip() for row in page.select(".level-panel tbody tr")]
    assert len(rows) == 35
    assert shown == rows


def test_figures_are_those_of_the_file(page: Tag) -> None:
    figures = [value.get_text(strip=True) for value in page.select(".figure .value")]
    assert figures == ["7", "5", "25", "Machine Learning & AI", "MLOps", "17.3.2026"]
    counts = [panel.get_text().count("Pflicht ") for panel in page.select(".level-panel tbody")]
    assert len(page.select(".level-panel .obligation-mandatory")) == 25
    assert [len(panel.select("tbody .obligation-mandatory")) for panel in page.select(".level-panel")] == [
        2,
        2,
        7,
        7,
        7,
    ]
    assert len(counts) == 5
