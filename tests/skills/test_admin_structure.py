"""Frameworks, roles, domains, groups and what is written down, in Django admin."""

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from skills.content import naming
from skills.models import (
    CatalogueVersion,
    Domain,
    FormerPath,
    Framework,
    Group,
    Level,
    Requirement,
    Revision,
    Role,
    RoleLevel,
    Skill,
)
from tests.admin_pages import change_address, errors_of, make_baking, page_of, typed
from tests.factories import make_catalogue, make_framework, make_group, make_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def skill() -> Skill:
    return make_baking()


@pytest.mark.parametrize("model", ["skill", "framework", "level", "role", "domain", "group", "revision", "formerpath"])
def test_lists_and_searches_cost_the_same_however_much_there_is(admin_site: Client, model: str) -> None:
    counts = []
    for _ in range(2):
        make_catalogue(skills=4, roles=4, groups=3)
        for obj in (*Skill.objects.all(), *Role.objects.all(), *Domain.objects.all(), *Group.objects.all()):
            naming.rename(obj, f"{obj.name} renamed")  # leaves a former path
        with CaptureQueriesContext(connection) as queries:
            page_of(admin_site, f"/admin/skills/{model}/")
            page_of(admin_site, f"/admin/skills/{model}/?q=a")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_skills_frameworks_and_revisions_cannot_be_deleted(admin_site: Client, skill: Skill) -> None:
    for obj in (skill, skill.framework, skill.revisions.get()):
        assert admin_site.post(change_address(obj).replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert (Skill.objects.count(), Framework.objects.count(), Revision.objects.count()) == (1, 1, 1)


def test_a_revision_shows_what_changed_and_can_only_be_read(admin_site: Client, skill: Skill) -> None:
    revision = skill.revisions.get()
    page = page_of(admin_site, change_address(revision))
    assert "Pflicht · awareness · Kneads." in page.get_text()
    assert admin_site.post(change_address(revision), {"summary": "x"}).status_code == 403


def test_a_renamed_role_keeps_its_old_address_and_is_found_by_its_new_name(admin_site: Client, skill: Skill) -> None:
    role = Role.objects.get()
    version = CatalogueVersion.objects.get_number()
    data = typed(page_of(admin_site, change_address(role)))
    assert admin_site.post(change_address(role), data | {"name": "Pastry cook"}).status_code == 302
    role.refresh_from_db()
    assert (role.name, role.slug, role.key) == ("Pastry cook", "pastry-cook", "baker")
    assert FormerPath.objects.get(path="roles/baker").role == role
    assert CatalogueVersion.objects.get_number() > version
    page = BeautifulSoup(admin_site.get("/de/skills/?q=pastry").content, "html.parser")
    assert [link.get_text() for link in page.select(".result h2")] == ["Baking"]


def test_a_domain_and_its_groups_are_renamed_together(admin_site: Client, skill: Skill) -> None:
    domain = Domain.objects.get()
    data = typed(page_of(admin_site, change_address(domain)))
    data |= {"name": "Bakery", "groups-0-name": "Stoves"}
    assert admin_site.post(change_address(domain), data).status_code == 302
    response = admin_site.get("/de/domains/kitchen/ovens/")
    assert (response.status_code, response.headers["Location"]) == (301, "/de/domains/bakery/stoves/")


def test_a_new_role_and_a_new_domain_get_key_and_address(admin_site: Client, skill: Skill) -> None:
    for model in ("role", "domain"):
        data = typed(page_of(admin_site, f"/admin/skills/{model}/add/"))
        data |= {"framework": str(skill.framework.pk), "name": "Größe"}
        assert admin_site.post(f"/admin/skills/{model}/add/", data).status_code == 302
    assert Role.objects.get(name="Größe").key == Domain.objects.get(name="Größe").slug == "groesse"


@pytest.mark.parametrize("kind", ["role", "domain", "framework"])
def test_a_page_costs_the_same_however_many_rows_hang_on_it(admin_site: Client, skill: Skill, kind: str) -> None:
    objects: dict[str, Any] = {
        "role": Role.objects.get(),
        "domain": skill.group.domain,
        "framework": skill.framework,
    }
    obj = objects[kind]
    page_of(admin_site, change_address(obj))  # Django keeps what it asks of its own tables
    counts = []
    for level in skill.framework.levels.all()[:3]:
        RoleLevel.objects.create(role=Role.objects.get(), level=level)
        make_group(skill.group.domain)
        skill.framework.levels.create(slug=f"next-{level.rank}", name="Next", track="other", rank=level.rank)
        with CaptureQueriesContext(connection) as queries:
            page_of(admin_site, change_address(obj))
        counts.append(len(queries))
    assert counts == [counts[0]] * 3, "\n".join(query["sql"] for query in queries)


def test_what_is_in_use_cannot_be_deleted_and_says_by_what(admin_site: Client, skill: Skill) -> None:
    for obj, use in (
        (Role.objects.get(), "2 Anforderungen"),
        (Level.objects.get(slug="junior"), "1 Anforderung"),
        (skill.group, "1 Skill"),
        (skill.group.domain, "1 Skill"),
    ):
        address = change_address(obj).replace("change", "delete")
        response = admin_site.post(address, {"post": "yes"})
        assert [row.get_text(strip=True) for row in response_rows(response)] == [use]
    assert Requirement.objects.count() == 2


def response_rows(response: Any) -> list[Any]:
    return list(BeautifulSoup(response.content, "html.parser").select("#content-main ul li, #deleted-objects li"))


def test_many_are_deleted_together_or_not_at_all(admin_site: Client, skill: Skill) -> None:
    unused, version = make_role(skill.framework, "Cook"), CatalogueVersion.objects.get_number()
    used = Role.objects.get(name="Baker")
    data = {"action": "delete_selected", "post": "yes"}
    admin_site.post("/admin/skills/role/", data | {"_selected_action": [str(unused.pk), str(used.pk)]})
    assert Role.objects.count() == 2
    admin_site.post("/admin/skills/role/", data | {"_selected_action": [str(unused.pk)]})
    assert Role.objects.get() == used
    assert CatalogueVersion.objects.get_number() > version


def test_a_level_in_use_stays_on_the_ladder(admin_site: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill.framework))) | {"levels-0-DELETE": "on"}
    response = admin_site.post(change_address(skill.framework), data)
    assert response.status_code == 200
    assert skill.framework.levels.count() == 5


def test_what_revisions_and_files_refer_to_stays_as_it_was_given(admin_site: Client, skill: Skill) -> None:
    other = make_catalogue(slug="other")
    forged = {"framework": str(other.pk), "domain": str(other.domains.get().pk), "slug": "forged", "key": "forged"}
    objects = (Role.objects.get(key="baker"), skill.group, skill.group.domain, Level.objects.all()[0], skill.framework)
    for obj in objects:
        before = {name: getattr(obj, name, None) for name in ("framework_id", "domain_id", "slug", "key")}
        data = typed(page_of(admin_site, change_address(obj))) | forged | {"levels-0-slug": "forged"}
        assert admin_site.post(change_address(obj), data).status_code == 302
        obj.refresh_from_db()
        assert {name: getattr(obj, name, None) for name in before} == before
    assert not Level.objects.filter(slug="forged").exists()


def test_names_that_are_taken_are_refused_on_the_form(admin_site: Client, skill: Skill) -> None:
    domain = skill.group.domain
    cellar = make_group(domain, "Cellar")
    cook = make_role(skill.framework, "Cook")
    row = page_of(admin_site, change_address(domain)).select_one("input[value=Cellar]")
    assert row
    for obj, changed in (
        (cellar, {"name": "Ovens"}),
        (cook, {"name": "Baker"}),
        (domain, {str(row["name"]): "Ovens"}),
    ):
        response = admin_site.post(change_address(obj), typed(page_of(admin_site, change_address(obj))) | changed)
        assert len(errors_of(response)) == 1
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Cellar", "Ovens"]


def test_a_new_role_whose_key_is_taken_gets_another(admin_site: Client, skill: Skill) -> None:
    Role.objects.update(key="cook")
    data = typed(page_of(admin_site, "/admin/skills/role/add/")) | {"framework": str(skill.framework_id)}
    assert admin_site.post("/admin/skills/role/add/", data | {"name": "Cook"}).status_code == 302
    assert Role.objects.get(name="Cook").key == "cook-2"


def test_a_role_has_titles_on_levels_of_its_framework_only(admin_site: Client, skill: Skill) -> None:
    foreign, own = make_framework("other").levels.all()[0], skill.framework.levels.all()[0]
    row = {"role_levels-TOTAL_FORMS": "1", "role_levels-0-title": "Apprentice", "role_levels-0-introduction": "A\r\nB"}
    role = Role.objects.get()
    for address, name in ((change_address(role), "Baker"), ("/admin/skills/role/add/", "Cook")):
        data = typed(page_of(admin_site, address)) | row | {"framework": str(skill.framework_id), "name": name}
        assert len(errors_of(admin_site.post(address, data | {"role_levels-0-level": str(foreign.pk)}))) == 1
        assert admin_site.post(address, data | {"role_levels-0-level": str(own.pk)}).status_code == 302
    assert list(RoleLevel.objects.order_by("pk").values_list("role__name", "level", "introduction")) == [
        ("Baker", own.pk, "A\nB"),
        ("Cook", own.pk, "A\nB"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "skills/skill/",
        "skills/skill/add/",
        "skills/role/add/",
        "skills/revision/?q=a",
        "skills/formerpath/",
        "accounts/user/add/",
    ],
)
def test_admin_pages_keep_the_policy(admin_site: Client, skill: Skill, address: str) -> None:
    assert_policy_kept(page_of(admin_site, f"/admin/{address}"))


def test_pages_of_single_objects_keep_the_policy(admin_site: Client, skill: Skill) -> None:
    for obj in (skill, skill.framework, skill.group, skill.group.domain, Role.objects.get(), skill.revisions.get()):
        assert_policy_kept(page_of(admin_site, change_address(obj)))
    assert_policy_kept(page_of(admin_site, change_address(make_group(skill.group.domain)).replace("change", "delete")))


def assert_policy_kept(page: Tag) -> None:
    assert page.select("script:not([src]):not([type='application/json']), style, [style]") == []
    assert [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")] == []
    outside = [tag for tag in page.select("[src], link[href]") if "//" in str(tag.get("src") or tag.get("href"))]
    assert outside == []
