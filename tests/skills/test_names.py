"""Names as administrators and files bring them in, and the order of lists."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client

from skills.exchange.strict_json import FileRefusedError
from skills.models import Domain, Framework, Group, Level, Role, RoleLevel, Skill
from tests.admin_pages import change_address, errors_of, make_baking, page_of, typed
from tests.factories import make_domain, make_framework, make_group, make_role, make_skill
from tests.framework_files import load, read, small_framework, write

pytestmark = pytest.mark.django_db

UNSORTED = ["Zopf", "apfel", "Ähnlichkeit", "Birne", "Ölwechsel", "Apfelkern", "Éclair"]
SORTED = ["Ähnlichkeit", "apfel", "Apfelkern", "Birne", "Éclair", "Ölwechsel", "Zopf"]


@pytest.fixture
def skill() -> Skill:
    return make_baking()


def names_in(client: Client, address: str, selector: str) -> list[str]:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    names = [element.get_text(strip=True) for element in page.select(selector)]
    return [name for name in dict.fromkeys(names) if name in UNSORTED]


@pytest.mark.parametrize("model", ["role", "domain", "group"])
def test_names_typed_in_the_admin_get_their_normal_form(admin_site: Client, skill: Skill, model: str) -> None:
    obj: Any = {"role": Role.objects.get(), "domain": skill.group.domain, "group": skill.group}[model]
    data = typed(page_of(admin_site, change_address(obj)))
    assert admin_site.post(change_address(obj), data | {"name": " O\u0308fen\u00a0\u2003bauen "}).status_code == 302
    obj.refresh_from_db()
    assert (obj.name, obj.sort_key) == ("Öfen bauen", "ofen bauen")
    refused = admin_site.post(change_address(obj), data | {"name": "Öfen\u200b bauen"})
    assert "U+200B" in errors_of(refused)[0]
    obj.refresh_from_db()
    assert obj.name == "Öfen bauen"


def test_a_framework_with_its_levels_is_named_so_too(admin_site: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill.framework)))
    data |= {"name": "Own\u00a0one", "levels-0-name": "Very\u2003junior"}
    assert admin_site.post(change_address(skill.framework), data).status_code == 302
    assert Framework.objects.get().name == "Own one"
    assert Level.objects.get(pk=data["levels-0-id"]).name == "Very junior"


def test_a_skill_is_named_so_too_and_keeps_an_old_name_that_is_not_touched(admin_site: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    assert "U+3164" in errors_of(admin_site.post(change_address(skill), data | {"name": "\u3164"}))[0]
    assert admin_site.post(change_address(skill), data | {"name": "Brot\u00a0backen"}).status_code == 302
    skill.refresh_from_db()
    assert (skill.name, skill.sort_key, skill.look_key) == ("Brot backen", "brot backen", "brotbacken")
    Skill.objects.update(name="Brot\u00a0backen")  # from the time before names had a form
    revision = skill.revisions.latest("number")
    revision.content["name"] = "Brot\u00a0backen"
    revision.save()
    data = typed(page_of(admin_site, change_address(skill)))
    assert admin_site.post(change_address(skill), data | {"summary": "Other."}).status_code == 302
    assert [change["field"] for change in skill.revisions.latest("number").changes] == ["summary"]


@pytest.mark.parametrize("model", ["role", "domain", "group"])
def test_a_name_that_differs_in_case_only_is_taken(admin_site: Client, skill: Skill, model: str) -> None:
    makers: dict[str, Any] = {
        "role": lambda: (make_role(skill.framework, "Ölwechsel"), make_role(skill.framework, "Bäcker")),
        "domain": lambda: (make_domain(skill.framework, "Ölwechsel"), make_domain(skill.framework, "Bäcker")),
        "group": lambda: (make_group(skill.group.domain, "Ölwechsel"), make_group(skill.group.domain, "Bäcker")),
    }
    _taken, other = makers[model]()
    data = typed(page_of(admin_site, change_address(other)))
    assert "Ölwechsel" in errors_of(admin_site.post(change_address(other), data | {"name": "ölWECHSEL"}))[0]
    other.refresh_from_db()
    assert other.name == "Bäcker"
    # Its own name in other letters is free.
    assert admin_site.post(change_address(other), data | {"name": "BÄCKER"}).status_code == 302


def test_a_skill_whose_name_differs_in_case_only_is_taken(admin_site: Client, skill: Skill) -> None:
    make_skill(skill.group, "Ölwechsel")
    data = typed(page_of(admin_site, change_address(skill)))
    assert "Ölwechsel" in errors_of(admin_site.post(change_address(skill), data | {"name": "ölwechsel"}))[0]
    assert admin_site.post(change_address(skill), data | {"name": "Olwechsel"}).status_code == 302


def test_the_admin_searches_in_every_script(admin_site: Client, skill: Skill) -> None:
    make_skill(skill.group, "Ölwechsel")
    page = page_of(admin_site, "/admin/skills/skill/?q=öLWECHSEL")
    assert [link.get_text() for link in page.select("#result_list tbody th a")] == ["Ölwechsel"]


def test_every_list_is_sorted_as_in_a_dictionary(admin_site: Client, client: Client) -> None:
    framework = make_framework()
    domain = make_domain(framework, "Kitchen")
    group = make_group(domain, "Ovens")
    for name in UNSORTED:
        make_skill(group, name)
        make_role(framework, name)
    assert names_in(client, "/de/skills/", "#results h2 a, #results h3 a, #results a") == SORTED
    assert names_in(client, "/de/roles/", "main a") == SORTED
    assert names_in(client, f"/de/frameworks/{framework.slug}/", "main th a") == SORTED
    for address in ("skill/", "skill/?o=1", "role/", "role/?o=1"):
        assert names_in(admin_site, f"/admin/skills/{address}", "#result_list tbody th a") == SORTED
    assert names_in(admin_site, "/admin/skills/role/?o=-1", "#result_list tbody th a") == SORTED[::-1]


@pytest.mark.parametrize("model", [Domain, Group])
def test_domains_and_groups_of_one_position_are_sorted_so_too(model: Any) -> None:
    framework = make_framework()
    for name in UNSORTED:
        make_group(make_domain(framework, name), name)
    assert list(model.objects.order_by("position", "sort_key", "pk").values_list("name", flat=True)) == SORTED
    assert list(Domain.objects.for_list().values_list("name", flat=True)) == SORTED


def test_the_list_of_skills_is_read_from_an_index() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is read as a whole otherwise
        plan = Skill.objects.current().order_by("sort_key", "pk").values_list("pk", flat=True).explain()
    assert "skill_by_name" in plan
    assert "SORT" not in plan.upper().replace("SORT_KEY", "")
    assert "TEMP B-TREE" not in plan


def test_names_in_a_file_get_their_normal_form(tmp_path: Path) -> None:
    data = small_framework()
    data["framework"]["name"] = "Ba\u0308ckerei\u00a0eins"
    data["levels"][0] |= {"name": "Sehr\u2003jung", "slug": "junior"}
    data["roles"][0] |= {
        "name": "Be\u0301ni  Baker",
        "key": "baker",
        "levels": [{"level": "junior", "title": "Junger\u00a0Bäcker"}],
    }
    data["domains"][0]["name"] = "Heiße\u00a0Öfen"
    data["domains"][0]["groups"][0]["name"] = "Teig\u2028waren"
    data["domains"][0]["groups"][0]["skills"][0]["name"] = " Sauer\u00a0teig "
    path = write(tmp_path, data)
    load(path)
    assert (Framework.objects.get().name, Domain.objects.get().name, Group.objects.get().name) == (
        *("Bäckerei eins", "Heiße Öfen", "Teig waren"),
    )
    assert (Level.objects.get(slug="junior").name, Role.objects.get(key="baker").name) == ("Sehr jung", "Béni Baker")
    assert (Skill.objects.get().name, RoleLevel.objects.get().title) == ("Sauer teig", "Junger Bäcker")
    assert Skill.objects.get().revisions.get().content["name"] == "Sauer teig"
    assert (Skill.objects.get().sort_key, Group.objects.get().sort_key) == ("sauer teig", "teig waren")


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("framework.name", lambda data: data["framework"].update(name="Bak\u202eery")),
        ("levels[0].name", lambda data: data["levels"][0].update(name="\u3164", slug="junior")),
        ("roles[1].name", lambda data: data["roles"][1].update(name="Co\u200bok", key="cook")),
        ("domains[0].name", lambda data: data["domains"][0].update(name="\u2800")),
        ("domains[0].groups[0].name", lambda data: data["domains"][0]["groups"][0].update(name="\u0301")),
        (
            "domains[0].groups[0].skills[0].name",
            lambda data: data["domains"][0]["groups"][0]["skills"][0].update(name="Sour\u00addough"),
        ),
        (
            "domains[0].groups[0].skills[0].requirements[1].description",
            lambda data: data["domains"][0]["groups"][0]["skills"][0]["requirements"][1].update(description="[](/x)"),
        ),
    ],
)
def test_a_file_with_a_name_that_nobody_can_read_is_refused(tmp_path: Path, where: str, change: Any) -> None:
    data = small_framework()
    change(data)
    with pytest.raises(FileRefusedError) as refused:
        read(write(tmp_path, data))
    assert [fault.where for fault in refused.value.faults] == [where]


def test_a_file_that_names_one_thing_twice_in_other_letters_is_refused(tmp_path: Path) -> None:
    data = small_framework()
    data["roles"][1] |= {"name": "BÄKER", "key": "cook"}
    data["roles"][0] |= {"name": "Bäker", "key": "baker"}
    with pytest.raises(FileRefusedError) as refused:
        read(write(tmp_path, data))
    assert [fault.where for fault in refused.value.faults] == ["roles[1]"]
