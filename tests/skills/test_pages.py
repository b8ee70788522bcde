"""The catalogue's pages, through the client: what they show, what they answer, what they cost."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from skills.content import naming
from skills.models import CatalogueVersion, Domain, Framework, Group, Level, Role, Skill
from tests.factories import (
    cell,
    make_catalogue,
    make_domain,
    make_framework,
    make_group,
    make_role,
    make_skill,
)

pytestmark = pytest.mark.django_db

# Queries of a page that nothing is kept of, for a reader without an account.
MOST_QUERIES = {
    "home": 7,
    "skill list": 6,
    "search": 8,
    "profile": 8,
    "grid": 8,
    "role list": 2,
    "role": 6,
    "domain list": 4,
    "domain": 7,
    "group": 6,
    "framework list": 3,
    "framework": 8,
}


def get(client: Client, address: str, headers: dict[str, str] | None = None) -> Tag:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.content[:500]
    return BeautifulSoup(response.content, "html.parser")


def text_of(page: Tag, selector: str) -> list[str]:
    return [" ".join(element.get_text().split()) for element in page.select(selector)]


def addresses(framework: Framework) -> dict[str, str]:
    skill = Skill.objects.filter(framework=framework).first()
    role = Role.objects.filter(framework=framework).first()
    group = Group.objects.filter(domain__framework=framework).select_related("domain").first()
    assert skill
    assert role
    assert group
    return {
        "home": "/de/",
        "skill list": "/de/skills/",
        "search": "/de/skills/?q=does",
        "profile": f"/de/skills/{skill.slug}/?role={role.slug}&level=junior",
        "grid": f"/de/skills/{skill.slug}/?view=grid",
        "role list": "/de/roles/",
        "role": f"/de/roles/{role.slug}/?level=senior",
        "domain list": "/de/domains/",
        "domain": f"/de/domains/{group.domain.slug}/",
        "group": f"/de/domains/{group.domain.slug}/{group.slug}/?by=roles",
        "framework list": "/de/frameworks/",
        "framework": f"/de/frameworks/{framework.slug}/",
    }


@pytest.mark.parametrize("name", MOST_QUERIES)
def test_a_page_costs_the_same_queries_however_much_there_is(client: Client, name: str) -> None:
    address = addresses(make_catalogue(skills=1, roles=1, slug="first"))[name]
    few = _queries(client, address)
    for _ in range(3):
        make_catalogue(skills=3, roles=3, groups=2)
    framework = Framework.objects.get(slug="first")
    group = Group.objects.get(domain__framework=framework)
    roles = [make_role(framework) for _ in range(3)]
    for _ in range(3):
        make_skill(group, cells={(role, level): cell() for role in roles for level in framework.levels.all()})
    many = _queries(client, address)
    assert len(few) == len(many) == MOST_QUERIES[name], "\n".join(many)


def _queries(client: Client, address: str) -> list[str]:
    CatalogueVersion.objects.advance()  # so that no kept copy answers
    with CaptureQueriesContext(
        connection,
    ) as queries:
        get(client, address)
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_answers_in_both_languages_with_one_heading(client: Client, language: str) -> None:
    for address in addresses(make_catalogue(skills=2)).values():
        page = get(client, address.replace("/de/", f"/{language}/", 1))
        assert page.html is not None
        assert page.html["lang"] == language
        assert len(page.select("h1")) == 1


def test_the_language_switch_stays_on_the_same_view(client: Client) -> None:
    address = addresses(make_catalogue())["profile"]
    page = get(client, address)
    assert [link["href"] for link in page.select(".head-tools a[hreflang]")] == [address.replace("/de/", "/en/", 1)]


def test_pages_name_their_canonical_url_and_the_other_language(client: Client) -> None:
    skill = Skill.objects.get(framework=make_catalogue())
    page = get(client, f"/en/skills/{skill.slug}/?view=grid")
    canonical = f"http://testserver/en/skills/{skill.slug}/"
    assert [link["href"] for link in page.select("link[rel=canonical]")] == [canonical]
    alternates = {link["hreflang"]: link["href"] for link in page.select("link[rel=alternate][hreflang]")}
    assert alternates == {"de": canonical.replace("/en/", "/de/"), "en": canonical, "x-default": canonical}
    assert [meta["content"] for meta in page.select("meta[property='og:title']")] == [skill.name]


@pytest.fixture
def ladder() -> tuple[Skill, Role, Callable[[str], Level]]:
    """Create a skill that has requirements for one role at Junior, Middle and Principal, with a gap between."""
    framework = make_framework("own")
    role = make_role(framework, "Data Scientist")
    levels = {level.name: level for level in framework.levels.all()}
    skill = make_skill(
        make_group(make_domain(framework, "Data"), "Methods"),
        "Modelling",
        cells={
            (role, levels["Junior"]): cell("Trains **models** under guidance.", "optional"),
            (role, levels["Middle"]): cell("Trains models alone, compares runs.", "mandatory"),
            (role, levels["Principal"]): cell("Sets direction.", "not_stated", "expert"),
        },
    )
    return skill, role, levels.__getitem__


def test_comparison_shows_todays_level_and_the_next_with_what_is_new_marked(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]]
) -> None:
    page = get(client, "/en/skills/modelling/?role=data-scientist&level=junior")
    assert text_of(page, ".side .text") == ["Trains models under guidance.", "Trains models alone, compares runs."]
    assert text_of(page, ".side-next mark") == ["alone, compares runs."]
    assert text_of(page, ".side-head") == ["Today Junior optional", "Next level Middle becomes mandatory"]
    assert text_of(page, ".tabs [aria-current]") == ["Middle 1 mandatory"]


def test_comparison_goes_over_a_gap_and_says_so(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]]
) -> None:
    page = get(client, "/en/skills/modelling/?role=data-scientist&level=middle")
    assert text_of(page, ".side-next .level-chip") == ["Principal"]
    assert text_of(page, ".side-next p.mt-3") == ["In between, without a requirement for this role: Senior, Lead"]
    assert text_of(page, ".side-next .obligation") == ["not stated"]


def test_comparison_on_the_highest_level_says_that_nothing_follows(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]]
) -> None:
    page = get(client, "/en/skills/modelling/?role=data-scientist&level=principal")
    assert text_of(page, ".side-next .quiet") == ["Nothing further is required of Data Scientist above this level."]


def test_comparison_on_a_gap_says_that_nothing_is_required_there(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]]
) -> None:
    page = get(client, "/en/skills/modelling/?role=data-scientist&level=senior")
    assert text_of(page, ".side:not(.side-next) p") == [
        "For Data Scientist on level Senior this skill has no requirement."
    ]


@pytest.mark.parametrize("query", ["?role=nobody&level=nowhere", "?level=%00", "?role[]=x", "?tab=💥&view=tree&only=x"])
def test_a_profile_takes_any_parameters(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]], query: str
) -> None:
    page = get(client, f"/en/skills/modelling/{query}")
    assert page.select(".comparison") == []
    assert len(page.select(".level-panel.is-open")) == 1


def test_what_a_source_does_not_state_is_not_counted_as_optional(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]]
) -> None:
    page = get(client, "/en/skills/modelling/")
    assert text_of(page, ".figure:nth-child(3) dd") == ["1", "of the others 1 optional, 1 not stated"]
    assert text_of(page, "#level-principal .obligation-column")[1:] == ["not statedexpert"]


def test_filters_leave_one_role_and_mandatory_only(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]]
) -> None:
    page = get(client, "/en/skills/modelling/?only=data-scientist&obligation=mandatory")
    assert text_of(page, ".level-panel tbody th") == ["Data Scientist"]
    assert text_of(page, ".figure:nth-child(3) .value") == ["1"]


def test_the_grid_has_a_cell_for_every_role_and_level(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]]
) -> None:
    page = get(client, "/en/skills/modelling/?view=grid")
    assert text_of(page, ".matrix thead th") == ["Junior", "Middle", "Senior", "Lead", "Principal"]
    assert [bool(td.select(".text")) for td in page.select(".matrix tbody td")] == [True, True, False, False, True]


def test_htmx_gets_the_body_of_the_profile_and_nothing_round_it(
    client: Client, ladder: tuple[Skill, Role, Callable[[str], Level]]
) -> None:
    page = get(client, "/en/skills/modelling/?role=data-scientist&level=junior", {"HX-Request": "true"})
    assert page.select("html, h1, .site-head") == []
    assert len(page.select("#profile-body > section")) == 2


def test_two_tracks_stay_apart(client: Client) -> None:
    framework = make_framework("two", ("IC1", "IC2", "M1", "M2"), {"IC1": "IC", "IC2": "IC", "M1": "M", "M2": "M"})
    role = make_role(framework, "Engineer")
    cells = {(role, level): cell(f"On {level.name}.") for level in framework.levels.exclude(slug="ic2")}
    make_skill(make_group(make_domain(framework)), "Craft", cells=cells)
    page = get(client, "/en/skills/craft/?role=engineer&level=ic1")
    assert text_of(page, ".ladder-track p") == ["Track IC", "Track M"]
    assert text_of(page, ".side-next .quiet") == ["Nothing further is required of Engineer above this level."]


def test_reading_begins_on_the_lowest_level_that_requires_something(client: Client) -> None:
    framework = make_framework()
    role, lead = make_role(framework), framework.levels.get(slug="lead")
    make_skill(make_group(make_domain(framework)), "Late", {(role, lead): cell("Leads.")})
    page = get(client, "/en/skills/late/")
    assert [panel["id"] for panel in page.select(".level-panel.is-open")] == ["level-lead"]
    assert [tab["data-tab"] for tab in page.select(".tabs a.is-empty")] == ["junior", "middle", "senior", "principal"]


def test_a_skill_without_requirements_says_so(client: Client) -> None:
    make_skill(make_group(make_domain(make_framework())), "Empty")
    page = get(client, "/en/skills/empty/")
    assert text_of(page, ".empty-state .fw-semibold") == ["No requirements yet."]


def test_markdown_is_clean_and_content_keeps_its_characters(client: Client) -> None:
    framework = make_framework()
    role, level = make_role(framework), framework.levels.first()
    assert level
    text = (
        "<script>alert(1)</script> [x](javascript:alert(1)) ![i](http://e.org/i.png) „Übung“ 👩‍💻 Опыт a\u00a0b\u2028c"
    )
    make_skill(make_group(make_domain(framework)), "Odd", cells={(role, level): cell(text)})
    page = get(client, "/en/skills/odd/")
    text_element = page.select_one("#level-junior .text")
    assert text_element
    assert text_element.select("script, img, a[href^=javascript]") == []
    for piece in ("„Übung“", "👩‍💻", "Опыт", "a\u00a0b\nc"):
        assert piece in text_element.get_text()


def test_a_role_level_is_shown_against_the_level_below(client: Client) -> None:
    framework = make_framework()
    role = make_role(framework, "Analyst")
    junior, middle = framework.levels.order_by("rank")[:2]
    group = make_group(make_domain(framework))
    make_skill(group, "A same", cells={(role, junior): cell("X"), (role, middle): cell("X")})
    make_skill(group, "B new", cells={(role, middle): cell("X")})
    make_skill(group, "C changed", cells={(role, junior): cell("X"), (role, middle): cell("Y")})
    make_skill(group, "D duty", cells={(role, junior): cell("X", "optional"), (role, middle): cell("X")})
    page = get(client, "/en/roles/analyst/?level=middle")
    changes = [text.removeprefix("against Junior: ") for text in text_of(page, "td.change-column")]
    assert changes == ["same", "new", "changed", "becomes mandatory"]
    assert text_of(page, "th.change-column") == ["against Junior"]
    assert text_of(page, "#level-title") == ["Analyst, Middle: 4 requirements, 4 mandatory"]


@pytest.mark.parametrize(
    "address", ["/en/skills/none/", "/en/roles/none/", "/en/domains/none/", "/en/domains/a/b/", "/en/frameworks/none/"]
)
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_former_urls_redirect_with_their_query(client: Client) -> None:
    framework = make_catalogue()
    skill, role = Skill.objects.get(framework=framework), Role.objects.filter(framework=framework)[0]
    domain = Domain.objects.get(framework=framework)
    group = Group.objects.get(domain=domain)
    old = [skill.slug, role.slug, domain.slug, group.slug]
    for obj, name in ((skill, "New skill"), (role, "New role"), (domain, "New domain"), (group, "New group")):
        naming.rename(obj, name)
    moved = {
        f"/en/skills/{old[0]}/?view=grid": "/en/skills/new-skill/?view=grid",
        f"/en/roles/{old[1]}/": "/en/roles/new-role/",
        f"/en/domains/{old[2]}/": "/en/domains/new-domain/",
        f"/en/domains/new-domain/{old[3]}/": "/en/domains/new-domain/new-group/",
        f"/en/domains/{old[2]}/new-group/": "/en/domains/new-domain/new-group/",
        f"/en/domains/{old[2]}/{old[3]}/": "/en/domains/new-domain/new-group/",
    }
    for address, target in moved.items():
        response = client.get(address)
        assert (response.status_code, response.headers.get("Location")) == (301, target), address
