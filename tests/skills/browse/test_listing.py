"""The list of all skills: search, filters, counts, order, pages, as a reader meets them."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from tests.factories import cell, make_catalogue, make_domain, make_framework, make_group, make_role, make_skill

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_frameworks() -> None:
    """Own: Baking (mandatory on Junior, optional on Senior), Brewing (mandatory). Other: Baking (not stated)."""
    own, other = make_framework("own"), make_framework("other", ("L1", "L2"))
    junior, senior = own.levels.get(slug="junior"), own.levels.get(slug="senior")
    baker, brewer, cook = make_role(own, "Baker"), make_role(own, "Brewer"), make_role(other, "Cook")
    kitchen = make_domain(own, "Kitchen")
    ovens, cellar = make_group(kitchen, "Ovens"), make_group(kitchen, "Cellar")
    make_skill(
        ovens,
        "Baking",
        {(baker, junior): cell("Kneads.", "mandatory"), (baker, senior): cell("Invents.", "optional")},
        tag_line="sourdough, rye",
    )
    make_skill(cellar, "Brewing", {(brewer, senior): cell("Brews „Übung“.", "mandatory")}, summary="Beer and ale.")
    first = other.levels.get(slug="l1")
    make_skill(make_group(make_domain(other, "Home"), "Ovens"), "Baking", {(cook, first): cell("Bakes.", "not_stated")})


def page_of(client: Client, query: str = "", status: int = 200, headers: dict[str, str] | None = None) -> Tag:
    response = client.get(f"/en/skills/{query}", headers=headers)
    assert response.status_code == status, response.content[:400]
    return BeautifulSoup(response.content, "html.parser")


def list_slugs(page: Tag) -> list[str]:
    return [str(link["href"]).removeprefix("/en/skills/").strip("/") for link in page.select(".result h2 a")]


def counts(page: Tag, facet: str) -> dict[str, int]:
    values = page.select(f"#facet-{facet}-box .facet-value")
    return {str(value.select("input")[0]["value"]): int(value.select(".count")[0].get_text()) for value in values}


def test_without_a_question_all_skills_are_there_by_name(client: Client) -> None:
    page = page_of(client)
    assert list_slugs(page) == ["baking", "baking-ovens", "brewing"]
    assert counts(page, "framework") == {"other": 1, "own": 2}
    assert counts(page, "level") == {"junior": 1, "senior": 2, "l1": 1}
    assert counts(page, "obligation") == {"mandatory": 2, "not_stated": 1, "optional": 1}
    assert counts(page, "group") == {"home/ovens": 1, "kitchen/cellar": 1, "kitchen/ovens": 1}


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("?framework=own", ["baking", "brewing"]),
        ("?framework=own&framework=other", ["baking", "baking-ovens", "brewing"]),
        ("?domain=home", ["baking-ovens"]),
        ("?group=kitchen/ovens", ["baking"]),
        ("?role=brewer", ["brewing"]),
        ("?level=senior", ["baking", "brewing"]),
        ("?obligation=not_stated", ["baking-ovens"]),
        ("?level=senior&obligation=mandatory", ["brewing"]),  # Baking is mandatory on Junior only
        ("?framework=nowhere", []),
        ("?q=baking&framework=other", ["baking-ovens"]),
        ("?sort=size", ["baking", "baking-ovens", "brewing"]),
        ("?sort=updated", ["baking-ovens", "brewing", "baking"]),
    ],
)
def test_filters_narrow_and_sorts_order(client: Client, query: str, slugs: list[str]) -> None:
    assert list_slugs(page_of(client, query)) == slugs


def test_counts_say_what_a_value_would_leave_under_the_other_filters(client: Client) -> None:
    page = page_of(client, "?level=senior&framework=own")
    assert counts(page, "role") == {"baker": 1, "brewer": 1}
    assert counts(page, "obligation") == {"mandatory": 1, "optional": 1}
    assert counts(page, "framework") == {"own": 2}
    assert counts(page, "level") == {"junior": 1, "senior": 2}


def test_a_chosen_value_that_leaves_nothing_stays_there_to_be_taken_off(client: Client) -> None:
    page = page_of(client, "?framework=other&level=junior")
    assert counts(page, "level") == {"junior": 0, "l1": 1}
    assert [link["href"] for link in page.select(".chosen a")] == [
        "/en/skills/?level=junior",
        "/en/skills/?framework=other",
        "/en/skills/",
    ]


def test_a_chosen_value_that_leaves_nothing_keeps_its_name(client: Client) -> None:
    page = page_of(client, "?q=xyzzyq&framework=own&group=kitchen/cellar&role=baker&framework=absent")
    assert [link.get_text() for link in page.select(".chosen a")] == [
        "absent",
        "Own",
        "Kitchen › Cellar",
        "Baker",
        "Remove all",
    ]


def test_found_words_are_marked_and_the_place_is_shown(client: Client) -> None:
    page = page_of(client, "?q=ubung+bre")
    assert list_slugs(page) == ["brewing"]
    assert [mark.get_text() for mark in page.select(".result mark")] == ["Brewing", "Brews", "Übung"]
    assert " ".join(page.select(".find")[0].get_text().split()) == "Brewer, Senior: Brews „Übung“."


def test_nothing_found_offers_similar_names(client: Client) -> None:
    page = page_of(client, "?q=brwing")
    assert list_slugs(page) == []
    assert [link["href"] for link in page.select(".empty-state li a")] == ["/en/skills/brewing/"]


@pytest.mark.parametrize(
    "query",
    ["%22", "'", "%25", "_", "%5C", "*", "%3Cscript%3E", "a%20OR%20b", "NEAR(a", "%E2%80%A8", "💥", "-", "^a", ":*"],
)
def test_odd_searches_are_answered_with_a_page(client: Client, query: str) -> None:
    assert len(page_of(client, f"?q={query}").select("h1")) == 1


@pytest.mark.parametrize("query", ["a" * 10_000, "a%00b"])
def test_searches_that_cannot_be_are_refused_in_words(client: Client, query: str) -> None:
    assert len(page_of(client, f"?q={query}", 400).select("h1")) == 1


@pytest.mark.parametrize("page", ["0", "x", "-1", "1.5", "9" * 5_000])
def test_a_page_that_is_not_there_is_not_found(client: Client, page: str) -> None:
    page_of(client, f"?page={page}", 404)


@pytest.mark.parametrize("page", ["2", "99999999999999999999"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_page_past_the_end_redirects_to_the_last_one(client: Client, page: str, headers: dict[str, str]) -> None:
    make_catalogue(skills=40, roles=1, slug="many")
    for query, last in (("framework=own&", "framework=own"), ("framework=many&", "framework=many&page=2")):
        response = client.get(f"/en/skills/?{query}page={int(page) + 1}", headers=headers)
        assert (response.status_code, response.headers["Location"]) == (302, f"/en/skills/?{last}")
        page_of(client, f"?{last}", headers=headers)


def test_long_lists_come_in_numbered_pages(client: Client) -> None:
    make_catalogue(skills=40, roles=1, slug="many")
    page = page_of(client, "?framework=many&page=2")
    assert len(list_slugs(page)) == 20
    links = [link.get("href") for link in page.select(".pagination a")]
    assert links == ["/en/skills/?framework=many"]


def test_htmx_gets_the_results_and_the_address_to_show(client: Client) -> None:
    response = client.get("/en/skills/?q=&framework=own&sort=name", headers={"HX-Request": "true"})
    assert response.headers["HX-Push-Url"] == "/en/skills/?framework=own"
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select("h1, #q") == []
    assert len(page.select("#results .result")) == 2
