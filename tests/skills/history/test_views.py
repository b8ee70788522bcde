"""The pages of the history, through the client."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from skills import revisions
from skills.content import naming
from skills.content.changes import Change, Field
from skills.content.matrix import Matrix, Place
from skills.history.entries import PAGE_SIZE
from skills.models import CatalogueVersion, Revision, RevisionRole, Significance, Skill
from tests.factories import cell, make_catalogue, make_domain, make_framework, make_group, make_skill, make_user

pytestmark = pytest.mark.django_db

MOST_QUERIES = 10
FEW, MANY = 10, 5_000


@pytest.fixture
def skill() -> Skill:
    skill = Skill.objects.get(framework=make_catalogue(slug="own"))
    publish(skill, "Works with care.", author=named("mara", "Mara Kühn"))
    return skill


def named(username: str, name: str) -> User:
    user = make_user(username)
    user.name = name
    user.save(update_fields=["name"])
    return user


def publish(skill: Skill, summary: str, **fields: object) -> Revision:
    skill = Skill.objects.with_group().get(pk=skill.pk)
    change = Change(Field.SUMMARY, skill.summary, summary)
    fields = {"author": None, "origin": Revision.Origin.ADMIN, **fields}
    return revisions.publish(skill, [change], **fields)  # type: ignore[arg-type]


def text_of(client: Client, address: str, selector: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200, response.content[:500]
    found = BeautifulSoup(response.content, "html.parser").select(selector)
    return [" ".join(element.get_text().split()) for element in found]


def test_history_lists_revisions_latest_first_with_their_author(client: Client, skill: Skill) -> None:
    address = f"/en/skills/{skill.slug}/history/"
    assert text_of(client, address, ".revision .name") == ["Revision 2", "Revision 1"]
    assert text_of(client, address, ".revision .author") == ["Mara Kühn", "Import"]
    assert text_of(client, address, ".people .author") == ["Mara Kühn"]


def test_revision_shows_the_profile_as_it_was(client: Client, skill: Skill) -> None:
    publish(skill, "Works fast.")
    assert text_of(client, f"/en/skills/{skill.slug}/history/2/", ".summary") == ["Works with care."]


def test_revision_shows_word_by_word_what_it_changed(client: Client, skill: Skill) -> None:
    publish(skill, "Works with haste.")
    address = f"/en/skills/{skill.slug}/history/3/"
    assert text_of(client, address, "del") == ["removed: care"]
    assert text_of(client, address, "ins") == ["added: haste"]


def test_what_a_level_meant_then_and_now_is_shown_side_by_side(client: Client, skill: Skill) -> None:
    role = skill.requirements.select_related("role")[0].role
    address = f"/en/skills/{skill.slug}/history/compare/?role={role.slug}&level=senior"
    assert text_of(client, address, ".side .text") == [f"{role.name} on Senior: does it."] * 2


def test_revisions_are_compared_in_either_direction(client: Client, skill: Skill) -> None:
    publish(skill, "Works with haste.")
    address = f"/en/skills/{skill.slug}/history/compare/"
    for query, heading, removed, added in (
        ("?from=2&to=3", "1 difference", "care", "haste"),
        ("?from=3&to=2", "1 difference from revision 3 back to revision 2", "haste", "care"),
    ):
        assert text_of(client, address + query, "#differences-title") == [heading]
        assert text_of(client, address + query, "del") == [f"removed: {removed}"]
        assert text_of(client, address + query, "ins") == [f"added: {added}"]
        page = BeautifulSoup(client.get(address + query).content, "html.parser")
        assert query == "?" + "&".join(f"{box['name']}={box['value']}" for box in page.select("[type=number]"))
    page = BeautifulSoup(client.get(f"{address}?from=2&to=2").content, "html.parser")
    assert page.title
    assert page.title.get_text() == f"{skill.name}, revision 2 · Stufenplan"


def test_one_requirement_is_compared_backwards(client: Client, skill: Skill) -> None:
    role = skill.requirements.select_related("role")[0].role
    skill = Skill.objects.with_group().get(pk=skill.pk)
    place = Place(role.key, "senior")
    change = Change(Field.REQUIREMENT, revisions.get_content(skill).matrix.get(place), cell("Leads."), place)
    revisions.publish(skill, [change], author=None, origin=Revision.Origin.ADMIN)
    address = f"/de/skills/{skill.slug}/history/compare/?role={role.slug}&level=senior&from=3&to=1"
    assert text_of(client, address, ".side .text") == ["Leads.", f"{role.name} on Senior: does it."]
    assert text_of(client, address, "#meaning-title")[0].endswith("von Revision 3 zurück zu Revision 1")


@pytest.mark.parametrize("rest", ["?from=2&to=2", "?from=1&to=1", "?from=2"])
def test_a_revision_compared_with_itself_asks_for_another_one(client: Client, skill: Skill, rest: str) -> None:
    asked = "These are one and the same revision: choose two different ones."
    assert text_of(client, f"/en/skills/{skill.slug}/history/compare/{rest}", ".empty-state") == [asked]


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("99/", 404),
        ("0/", 404),
        (f"{10**30}/", 404),
        ("?page=9", 302),
        ("?page=0", 404),
        ("compare/?from=1&to=2", 200),
        ("compare/?from=99&to=1", 404),
        ("compare/?from=0&to=0", 404),
        ("compare/?from=one&to=2", 400),
        ("compare/?from=1&to=99", 404),
        ("compare/?from=%00", 400),
        ("compare/?role=nobody&level=senior", 404),
    ],
)
@pytest.mark.parametrize("language", ["de", "en"])
def test_what_cannot_be_shown_gets_a_clear_no(
    client: Client, skill: Skill, language: str, rest: str, status: int
) -> None:
    assert client.get(f"/{language}/skills/{skill.slug}/history/{rest}").status_code == status


@pytest.mark.parametrize("rest", ["history/", "history/1/", "history/blame/", "history/compare/?from=1&to=2"])
def test_former_slug_redirects_to_the_same_page_of_the_history(client: Client, skill: Skill, rest: str) -> None:
    former = skill.slug
    naming.rename(skill, "Quite Another Name")
    response = client.get(f"/de/skills/{former}/{rest}")
    assert (response.status_code, response.headers["Location"]) == (301, f"/de/skills/quite-another-name/{rest}")


def grow(skill: Skill, until: int) -> None:
    """Give a skill `until` revisions; each but the first changes one cell, by four people in turn."""
    latest = skill.revisions.order_by("-number")[0]
    people = [make_user() for _ in range(4)]
    places = sorted(Matrix.from_json(latest.content["requirements"]).cells)
    rows = [
        Revision(
            skill=skill,
            number=number,
            author=people[number % len(people)],
            reviewer=people[(number + 1) % len(people)],
            origin=Revision.Origin.SUGGESTION,
            changes=[change_of(places[number % len(places)], number).as_json()],
            content=latest.content,
        )
        for number in range(latest.number + 1, until + 1)
    ]
    RevisionRole.objects.bulk_create(
        RevisionRole(revision=revision, role_key=revision.changes[0]["role"])
        for revision in Revision.objects.bulk_create(rows)
    )


def change_of(place: Place, number: int) -> Change:
    return Change(Field.REQUIREMENT, cell(f"Text {number - 1}."), cell(f"Text {number}."), place)


@pytest.mark.parametrize(
    "rest",
    [
        "skills/{slug}/history/",
        "skills/{slug}/history/?page={page}",
        "skills/{slug}/history/{last}/",
        "skills/{slug}/history/compare/?from=1&to={last}",
        "skills/{slug}/history/compare/?role={role}&level=senior",
        "skills/{slug}/history/blame/",
        "changes/",
        "changes/?page={page}",
        "changes/?role={role}",
    ],
)
def test_page_of_the_history_costs_the_same_queries_with_ten_and_five_thousand_revisions(
    client: Client, skill: Skill, rest: str
) -> None:
    role = skill.requirements.select_related("role")[0].role

    def queries() -> list[str]:
        last = skill.revisions.count()
        known = {"slug": skill.slug, "last": last, "page": max(1, last // PAGE_SIZE), "role": role.slug}
        return queries_of(client, f"/de/{rest.format(**known)}")

    grow(skill, FEW)
    few = queries()
    grow(skill, MANY)
    many = queries()
    assert len(many) == len(few) <= MOST_QUERIES, "\n".join(many)


def queries_of(client: Client, address: str) -> list[str]:
    CatalogueVersion.objects.advance()  # so that no kept copy answers
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


def test_lists_of_revisions_never_load_their_content(client: Client, skill: Skill) -> None:
    for address in (f"/de/skills/{skill.slug}/history/", f"/de/skills/{skill.slug}/history/blame/", "/de/changes/"):
        assert not [sql for sql in queries_of(client, address) if '"skills_revision"."content"' in sql]


def test_skill_of_a_framework_without_roles_and_levels_is_among_recent_changes(client: Client) -> None:
    bare = make_skill(make_group(make_domain(make_framework(levels=()))), "Listening")
    assert text_of(client, "/en/changes/", ".revision .name") == [bare.name]


def test_recent_changes_are_narrowed_by_each_filter(client: Client, skill: Skill) -> None:
    other = Skill.objects.get(framework=make_catalogue(slug="other"))
    role = skill.requirements.select_related("role")[0].role
    publish(other, "Tpyo.", significance=Significance.TYPO)
    expected = {
        "framework=other": [other.name] * 2,
        f"domain={other.group.domain.slug}": [other.name] * 2,
        f"role={role.slug}": [skill.name],
        "significance=typo": [other.name],
        "origin=import": [other.name, skill.name],
        "author=mara": [skill.name],
        "author=nobody": [],
        "role=nobody": [],
    }
    for query, names in expected.items():
        assert text_of(client, f"/en/changes/?{query}", ".revision .name") == names, query


def test_recent_changes_answer_htmx_with_their_region(client: Client, skill: Skill) -> None:
    response = client.get("/en/changes/?author=mara", headers={"HX-Request": "true"})
    assert response.headers["HX-Push-Url"] == "/en/changes/?author=mara"
    assert response.content.startswith(b"<title>Recent changes")
    assert b'<div id="changes"' in response.content
    assert b"<html" not in response.content


def test_filter_that_no_text_can_be_is_refused(client: Client, skill: Skill) -> None:
    assert client.get("/de/changes/?author=%00").status_code == 400


def test_profile_links_to_its_history_which_names_its_contributors(client: Client, skill: Skill) -> None:
    address = f"/de/skills/{skill.slug}/"
    assert text_of(client, address, f"a[href='{address}history/']") == ["Verlauf ansehen"]
    assert text_of(client, f"{address}history/", ".people .author") == ["Mara Kühn"]
