"""Atom feeds: valid, the same for everyone, cheap to request again."""

from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from skills import revisions
from skills.content import naming
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.feeds.views import MAX_ENTRIES
from skills.models import Domain, Revision, Role, Skill
from tests.factories import cell, make_catalogue, make_role, make_skill, make_user

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
MOST_QUERIES = 6


@pytest.fixture
def skill() -> Skill:
    make_catalogue(skills=1, roles=1, slug="one")
    return Skill.objects.with_group().get()


def addresses() -> list[str]:
    skill = Skill.objects.select_related("group__domain").order_by("pk")[0]
    role = Role.objects.filter(framework=skill.framework_id).order_by("pk")[0]
    return [
        "/feeds/all.atom",
        f"/feeds/skills/{skill.slug}.atom",
        f"/feeds/roles/{role.slug}.atom",
        f"/feeds/domains/{skill.group.domain.slug}.atom",
    ]


def change_of(skill: Skill, field: Field, value: str, author: User | None = None) -> Revision:
    today = getattr(revisions.get_content(Skill.objects.with_group().get(pk=skill.pk)), field.value)
    origin = Revision.Origin.ADMIN
    return revisions.publish(skill, [Change(field, today, value)], author=author, origin=origin)


def feed(client: Client, address: str) -> ET.Element:
    """Return a feed after a check of what RFC 4287 requires."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    root = ET.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    assert all(element.tag.startswith(ATOM) for element in root.iter())
    for element in (root, *root.findall(f"{ATOM}entry")):
        _assert_required_elements(element)
    assert root.find(f"{ATOM}author/{ATOM}name") is not None  # entries without an author have the feed's
    [own] = root.findall(f"{ATOM}link[@rel='self']")
    assert urlsplit(own.attrib["href"]).path == address.partition("?")[0]
    ids = texts(root, "entry/id")
    assert len(ids) == len(set(ids))
    dates = texts(root, "entry/updated")
    assert dates == sorted(dates, reverse=True)
    return root


def _assert_required_elements(element: ET.Element) -> None:
    for name in ("id", "title", "updated"):
        [found] = element.findall(f"{ATOM}{name}")
        assert found.text
        if name == "updated":
            assert datetime.fromisoformat(found.text).tzinfo is not None
        if name == "id":
            assert urlsplit(found.text).scheme == "tag"
    [link] = element.findall(f"{ATOM}link[@rel='alternate']")
    assert urlsplit(link.attrib["href"]).scheme in {"http", "https"}
    assert len(element.findall(f"{ATOM}summary")) == (element.tag == f"{ATOM}entry")
    assert all(author.findtext(f"{ATOM}name") for author in element.findall(f"{ATOM}author"))


def texts(root: ET.Element, path: str) -> list[str]:
    found = root.findall("/".join(f"{ATOM}{part}" for part in path.split("/")))
    return [element.text or "" for element in found]


@pytest.mark.parametrize("number", range(4))
def test_every_feed_is_valid_and_holds_the_import(client: Client, skill: Skill, number: int) -> None:
    root = feed(client, addresses()[number])
    assert texts(root, "entry/title") == [f"{skill.name} #1"]
    assert texts(root, "entry/summary") == ["Neuer Skill\n5 Anforderungen"]
    assert texts(root, "entry/author/name") == []
    link = root.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.attrib["href"] == f"http://testserver/de/skills/{skill.slug}/history/1/"


@pytest.mark.parametrize("number", range(4))
def test_feed_without_anything_is_valid_too(client: Client, skill: Skill, number: int) -> None:
    Revision.objects.all().delete()
    assert texts(feed(client, addresses()[number]), "entry/id") == []


def test_summaries_are_as_typed_in_feeds_and_descriptions(client: Client, skill: Skill) -> None:
    typed = "2*3*4 ist 24,\nsiehe *args und _x_"
    skill.revisions.update(summary=typed)
    [summary] = texts(feed(client, "/feeds/all.atom"), "entry/summary")
    assert summary.splitlines()[:2] == typed.splitlines()
    Skill.objects.filter(pk=skill.pk).update(tag_line="", summary=typed)
    page = BeautifulSoup(client.get(f"/de/skills/{skill.slug}/").content, "html.parser")
    assert page.select_one("meta[name=description]")["content"] == " ".join(typed.split())  # type: ignore[index]


def test_feed_of_one_thing_leaves_out_the_others(client: Client, skill: Skill) -> None:
    make_catalogue(skills=2, roles=1, slug="two")
    other = make_role(skill.framework)
    assert len(texts(feed(client, "/feeds/all.atom"), "entry/id")) == 3
    for address in addresses()[1:]:
        assert texts(feed(client, address), "entry/title") == [f"{skill.name} #1"]
    assert texts(feed(client, f"/feeds/roles/{other.slug}.atom"), "entry/title") == []


def test_role_s_feed_names_a_skill_once_however_many_levels_need_it(client: Client, skill: Skill) -> None:
    assert len(texts(feed(client, addresses()[2]), "entry/id")) == 1


def test_entry_says_who_what_and_why(client: Client, skill: Skill) -> None:
    place, today = next(iter(revisions.get_content(skill).matrix.cells.items()))
    changes = [
        Change(Field.REQUIREMENT, today, cell("New words.", "optional"), place),
        Change(Field.NAME, skill.name, "Baking <&> bread"),
    ]
    author = make_user("anna")
    User.objects.filter(pk=author.pk).update(name="Anna & Berta")
    revisions.publish(skill, changes, author=author, origin=Revision.Origin.ADMIN, summary="Said <better>")
    root = feed(client, "/feeds/all.atom?lang=en")
    assert texts(root, "entry/title")[0] == "Baking <&> bread #2"
    assert texts(root, "entry/author/name") == ["Anna & Berta"]
    role = Role.objects.get()
    assert texts(root, "entry/summary")[0].splitlines() == [
        "Said <better>",
        f"Requirement changed: {role.name}, Junior, Mandatory → optional",
        f"Renamed: “{skill.name}” is now “Baking <&> bread”",
    ]


def test_added_and_removed_requirements_are_listed_and_many_are_cut(client: Client, skill: Skill) -> None:
    cells = revisions.get_content(skill).matrix.cells
    removed = [Change(Field.REQUIREMENT, before, None, place) for place, before in cells.items()]
    revisions.publish(skill, removed, author=None, origin=Revision.Origin.ADMIN)
    for _ in range(5):
        make_role(skill.framework)
    levels = list(skill.framework.levels.all())
    places = [Place(role.key, level.slug) for role in Role.objects.all() for level in levels]
    added = [Change(Field.REQUIREMENT, None, cell("Does."), place) for place in places]
    revisions.publish(skill, added, author=None, origin=Revision.Origin.ADMIN)
    many, few, _new = texts(feed(client, "/feeds/all.atom?lang=en"), "entry/summary")
    assert len(few.splitlines()) == 5
    assert all(line.startswith("Requirement removed: ") for line in few.splitlines())
    assert many.splitlines()[20:] == ["and 10 more"]
    assert all(line.startswith("New requirement: ") for line in many.splitlines()[:20])


def test_signs_that_xml_cannot_hold_are_left_out(client: Client, skill: Skill) -> None:
    change_of(skill, Field.SUMMARY, "Bread.")
    Skill.objects.update(name="Bak\x0bing \U0001f35e")  # from the time before names were checked
    assert texts(feed(client, "/feeds/all.atom"), "entry/title")[0] == "Baking \U0001f35e #2"


def test_feed_ends_after_so_many_entries(client: Client, skill: Skill) -> None:
    for number in range(MAX_ENTRIES + 1):
        change_of(skill, Field.SUMMARY, f"Summary {number}.")
    titles = texts(feed(client, addresses()[1]), "entry/title")
    assert (titles[0], titles[-1], len(titles)) == (f"{skill.name} #{MAX_ENTRIES + 2}", f"{skill.name} #3", MAX_ENTRIES)


def test_ids_stay_when_names_and_addresses_change(client: Client, skill: Skill) -> None:
    before = [texts(feed(client, address), "id") for address in addresses()]
    change_of(skill, Field.NAME, "Something else")
    naming.rename(Role.objects.get(), "Another role")
    naming.rename(Domain.objects.get(), "Another domain")
    assert [texts(feed(client, address), "id") for address in addresses()] == before
    ids = [f"tag:testserver,2026:one/{skill.key}/{number}" for number in (2, 1)]
    assert texts(feed(client, "/feeds/all.atom?lang=en"), "entry/id") == ids


def test_asking_for_the_head_gives_no_body(client: Client, skill: Skill) -> None:
    whole, head = client.get("/feeds/all.atom"), client.head("/feeds/all.atom")
    assert (head.content, head["Content-Length"]) == (b"", str(len(whole.content)))
    assert head["ETag"] == whole["ETag"]


def test_language_is_a_parameter_and_an_unknown_one_refused(client: Client, skill: Skill) -> None:
    german = client.get("/feeds/all.atom", headers={"Accept-Language": "en"})
    english = client.get("/feeds/all.atom?lang=en", headers={"Accept-Language": "de"})
    assert (german["Content-Language"], english["Content-Language"]) == ("de", "en")
    assert ('xml:lang="de"' in german.text, 'xml:lang="en"' in english.text) == (True, True)
    assert client.get("/feeds/all.atom?lang=fr").status_code == 400


@pytest.mark.parametrize("number", range(4))
def test_feed_that_did_not_change_is_not_sent_again(client: Client, skill: Skill, number: int) -> None:
    address = addresses()[number]
    first = client.get(address)
    by_tag = client.get(address, headers={"If-None-Match": first["ETag"]})
    by_date = client.get(address, headers={"If-Modified-Since": first["Last-Modified"]})
    assert (by_tag.status_code, by_tag.content, by_date.status_code) == (304, b"", 304)
    assert by_tag["ETag"] == first["ETag"]
    change_of(skill, Field.SUMMARY, "New.")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_feed_is_sent_again_when_an_author_is_renamed(client: Client, skill: Skill) -> None:
    author = make_user("anna")
    change_of(skill, Field.SUMMARY, "New.", author)
    tag = client.get("/feeds/all.atom")["ETag"]
    User.objects.filter(pk=author.pk).update(name="Anna Beck")
    assert client.get("/feeds/all.atom", headers={"If-None-Match": tag}).status_code == 200


def test_asking_again_costs_less_than_asking(client: Client, skill: Skill) -> None:
    address = addresses()[1]
    tag = client.get(address)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        client.get(address, headers={"If-None-Match": tag})
    assert len(queries) <= 2, [query["sql"] for query in queries]


@pytest.mark.parametrize("number", range(4))
def test_feed_costs_the_same_queries_however_much_there_is(client: Client, skill: Skill, number: int) -> None:
    address = addresses()[number]

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert len(captured) <= MOST_QUERIES, [query["sql"] for query in captured]
        return len(captured)

    few = queries()
    for framework in ("two", "three"):
        make_catalogue(skills=3, roles=2, slug=framework)
    for number_of_change in range(3):
        change_of(skill, Field.SUMMARY, f"Summary {number_of_change}.", make_user())
    assert queries() == few


def test_former_address_redirects_to_the_current_one(client: Client, skill: Skill) -> None:
    role, domain = Role.objects.get(), Domain.objects.get()
    former = addresses()[1:]
    change_of(skill, Field.NAME, "New skill name")
    naming.rename(role, "New role name")
    naming.rename(domain, "New domain name")
    for old, new in zip(former, addresses()[1:], strict=True):
        response = client.get(f"{old}?lang=en")
        assert (response.status_code, response["Location"]) == (301, f"{new}?lang=en")


@pytest.mark.parametrize("path", ["skills/nothing", "roles/nothing", "domains/nothing", "groups/x", "frameworks/one"])
def test_feed_of_nothing_is_not_there(client: Client, skill: Skill, path: str) -> None:
    assert client.get(f"/feeds/{path}.atom").status_code == 404


def test_pages_announce_their_feed(client: Client, skill: Skill) -> None:
    role, domain = Role.objects.get(), Domain.objects.get()
    pages = ["/en/", f"/en/skills/{skill.slug}/", f"/en/roles/{role.slug}/", f"/en/domains/{domain.slug}/"]
    for page, address in zip(pages, addresses(), strict=True):
        found = BeautifulSoup(client.get(page).content, "html.parser")
        [link] = found.select("head link[type='application/atom+xml']")
        [shown] = found.select("footer a[type='application/atom+xml']")
        assert link["href"] == shown["href"] == f"{address}?lang=en"
        assert client.get(str(link["href"])).status_code == 200


def test_feed_carries_the_policy_and_is_only_read(client: Client, skill: Skill) -> None:
    response = client.get("/feeds/all.atom")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-cache"
    assert client.post("/feeds/all.atom").status_code == 405


def test_skill_of_two_roles_is_in_both_feeds(client: Client, skill: Skill) -> None:
    baker, miller = make_role(skill.framework, "Baker"), make_role(skill.framework, "Miller")
    junior = skill.framework.levels.get(slug="junior")
    both = make_skill(skill.group, "Bread", {(baker, junior): cell(), (miller, junior): cell()})
    for role in (baker, miller):
        assert texts(feed(client, f"/feeds/roles/{role.slug}.atom"), "entry/title") == [f"{both.name} #1"]
