"""The catalogue in Django admin, through the client of a staff member."""

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from skills import revisions
from skills.matrix import Place
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
    Skill,
)
from skills.revisions import Change, Field
from tests.factories import (
    LADDER,
    cell,
    make_catalogue,
    make_domain,
    make_framework,
    make_group,
    make_role,
    make_skill,
    make_user,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES_OF_A_SKILL = 9


@pytest.fixture
def staff() -> User:
    return make_user("anna", is_staff=True, is_superuser=True)


@pytest.fixture
def admin_site(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


@pytest.fixture
def skill() -> Skill:
    """Baking, which asks two things of a baker."""
    framework = make_framework("own")
    role = make_role(framework, "Baker")
    junior, middle = framework.levels.order_by("rank")[:2]
    group = make_group(make_domain(framework, "Kitchen"), "Ovens")
    cells = {
        (role, junior): cell("Kneads.\n\n- well", "mandatory", "awareness"),
        (role, middle): cell("Bakes.", "optional"),
    }
    return make_skill(group, "Baking", cells)


def page_of(client: Client, address: str) -> Tag:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def typed(page: Tag) -> dict[str, str]:
    """Return the form of a page as a browser would send it, with CR LF in its texts."""
    form = page.select_one(
        "form#skill_form, form[method=post]#role_form, form[method=post]#domain_form, form#framework_form"
    )
    assert form
    data: dict[str, str] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name = str(field["name"])
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            data[name] = str(chosen["value"]) if chosen else ""
        elif field.name == "textarea":
            data[name] = field.get_text().removeprefix("\n").replace("\n", "\r\n")
        elif field.get("type") not in {"checkbox", "submit"}:
            data[name] = str(field.get("value", ""))
    return data


def change_address(thing: Any) -> str:
    return f"/admin/skills/{thing._meta.model_name}/{thing.pk}/change/"


def errors_of(response: Any) -> list[str]:
    return [error.get_text() for error in BeautifulSoup(response.content, "html.parser").select(".errorlist li")]


def test_a_save_is_one_revision_of_whoever_saved(admin_site: Client, staff: User, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    data |= {"requirements-1-description": "Bakes bread.", "change_summary": "clearer", "significance": "typo"}
    response = admin_site.post(change_address(skill), data)
    assert response.status_code == 302
    revision = skill.revisions.get(number=2)
    assert (revision.author, revision.origin, revision.summary, revision.significance) == (
        staff,
        "admin",
        "clearer",
        "typo",
    )
    assert [(change["level"], change["proposed"]["description"]) for change in revision.changes] == [
        ("middle", "Bakes bread.")
    ]
    assert Requirement.objects.get(level__slug="junior").description == "Kneads.\n\n- well"
    assert LogEntry.objects.count() == 1


def test_a_save_without_a_change_publishes_nothing(admin_site: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    response = admin_site.post(change_address(skill), data, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "Es wurde nichts geändert, also nichts veröffentlicht."
    ]
    assert (skill.revisions.count(), LogEntry.objects.count()) == (1, 0)


def test_cells_are_added_and_removed(admin_site: Client, skill: Skill) -> None:
    senior = Level.objects.get(slug="senior")
    role = Role.objects.get()
    data = typed(page_of(admin_site, change_address(skill)))
    data |= {
        "requirements-TOTAL_FORMS": "3",
        "requirements-0-DELETE": "on",
        "requirements-2-skill": str(skill.pk),
        "requirements-2-role": str(role.pk),
        "requirements-2-level": str(senior.pk),
        "requirements-2-obligation": "mandatory",
        "requirements-2-description": "Invents.",
        "requirements-2-proficiency": "",
    }
    assert admin_site.post(change_address(skill), data).status_code == 302
    assert set(Requirement.objects.values_list("level__slug", "description")) == {
        ("middle", "Bakes."),
        ("senior", "Invents."),
    }
    assert skill.revisions.count() == 2


def test_who_comes_second_is_told_who_was_first_and_loses_nothing(admin_site: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    first = make_user("berta")
    change = Change(
        Field.REQUIREMENT, cell("Bakes.", "optional"), cell("Bakes rolls.", "optional"), Place("baker", "middle")
    )
    revisions.publish(skill, [change], author=first, origin=Revision.Origin.ADMIN)
    response = admin_site.post(change_address(skill), data | {"requirements-1-description": "My own text."})
    assert response.status_code == 200
    assert "berta" in errors_of(response)[0]
    kept = BeautifulSoup(response.content, "html.parser").select_one("[name=requirements-1-description]")
    assert kept
    assert kept.get_text().strip() == "My own text."
    assert Requirement.objects.get(level__slug="middle").description == "Bakes rolls."
    assert skill.revisions.count() == 2


def test_one_cell_twice_is_refused(admin_site: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    data["requirements-1-level"] = data["requirements-0-level"]
    response = admin_site.post(change_address(skill), data)
    assert response.status_code == 200
    assert skill.revisions.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("requirements-0-description", "  "),
        ("requirements-0-description", "x" * 8001),
        ("requirements-0-description", "a\0b"),
        ("requirements-0-level", "999999"),
        ("requirements-0-role", ""),
        ("requirements-0-proficiency", "x" * 81),
        ("name", ""),
        ("name", "x" * 201),
        ("tag_line", "x" * 501),
        ("summary", "x" * 2001),
        ("group", "999999"),
        ("seen_revision", ""),
        ("significance", "huge"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    admin_site: Client, skill: Skill, field: str, value: str
) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    response = admin_site.post(change_address(skill), data | {field: value})
    assert response.status_code == 200
    assert errors_of(response) != []
    assert skill.revisions.count() == 1


def test_a_new_skill_gets_key_address_and_first_revision(admin_site: Client, staff: User, skill: Skill) -> None:
    data = typed(page_of(admin_site, "/admin/skills/skill/add/"))
    group = Group.objects.create(domain=skill.group.domain, key="cellar", slug="cellar", name="Cellar")
    response = admin_site.post("/admin/skills/skill/add/", data | {"group": str(group.pk), "name": "Übung"})
    assert response.status_code == 302
    made = Skill.objects.get(name="Übung")
    assert (made.key, made.slug, made.framework) == ("uebung", "uebung", skill.framework)
    assert made.revisions.get().author == staff
    assert made.search_entry.name != ""


def test_a_renamed_skill_leads_on_from_its_old_address(admin_site: Client, client: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    admin_site.post(change_address(skill), data | {"name": "Bread baking"})
    response = client.get("/de/skills/baking/")
    assert (response.status_code, response.headers["Location"]) == (301, "/de/skills/bread-baking/")


def test_groups_and_cells_of_other_frameworks_are_not_offered(admin_site: Client, skill: Skill) -> None:
    make_catalogue(slug="other")
    page = page_of(admin_site, change_address(skill))
    assert [option.get_text() for option in page.select("#id_group option")][1:] == ["Own › Kitchen › Ovens"]
    assert [option.get_text() for option in page.select("#id_requirements-0-level option")][1:] == list(LADDER)


def test_a_large_skill_opens_in_the_queries_of_a_small_one(admin_site: Client) -> None:
    counts = []
    for role_count in (2, 13):  # times five levels: 10 and 65 requirements
        framework = make_catalogue(roles=role_count)
        address = change_address(Skill.objects.get(framework=framework))
        with CaptureQueriesContext(connection) as queries:
            page = page_of(admin_site, address)
        assert len(page.select("[id^=requirements-][class*=has_original]")) == role_count * 5
        counts.append(len(queries))
    assert counts == [MOST_QUERIES_OF_A_SKILL] * 2, "\n".join(query["sql"] for query in queries)


@pytest.mark.parametrize("model", ["skill", "framework", "level", "role", "domain", "group", "revision", "formerpath"])
def test_lists_and_searches_cost_the_same_however_much_there_is(admin_site: Client, model: str) -> None:
    make_catalogue(skills=1, roles=1)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page_of(admin_site, f"/admin/skills/{model}/")
            page_of(admin_site, f"/admin/skills/{model}/?q=a")
        counts.append(len(queries))
        make_catalogue(skills=4, roles=4, groups=3)
    assert counts[0] == counts[1]


def test_skills_frameworks_and_revisions_cannot_be_deleted(admin_site: Client, skill: Skill) -> None:
    for thing in (skill, skill.framework, skill.revisions.get()):
        assert admin_site.post(change_address(thing).replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert (Skill.objects.count(), Framework.objects.count(), Revision.objects.count()) == (1, 1, 1)


def test_a_role_in_use_cannot_be_deleted(admin_site: Client, skill: Skill) -> None:
    role = Role.objects.get()
    admin_site.post(change_address(role).replace("change", "delete"), {"post": "yes"})
    assert Role.objects.count() == 1


def test_a_revision_shows_what_changed_and_can_only_be_read(admin_site: Client, skill: Skill) -> None:
    revision = skill.revisions.get()
    page = page_of(admin_site, change_address(revision))
    assert "mandatory · awareness · Kneads." in page.get_text()
    assert admin_site.post(change_address(revision), {"summary": "x"}).status_code == 403


def test_a_renamed_role_keeps_its_old_address_and_is_found_by_its_new_name(admin_site: Client, skill: Skill) -> None:
    role = Role.objects.get()
    version = CatalogueVersion.objects.current()
    data = typed(page_of(admin_site, change_address(role)))
    assert admin_site.post(change_address(role), data | {"name": "Pastry cook"}).status_code == 302
    role.refresh_from_db()
    assert (role.name, role.slug, role.key) == ("Pastry cook", "pastry-cook", "baker")
    assert FormerPath.objects.get(path="roles/baker").role == role
    assert CatalogueVersion.objects.current() > version
    found = BeautifulSoup(admin_site.get("/de/skills/?q=pastry").content, "html.parser")
    assert [link.get_text() for link in found.select(".result h2")] == ["Baking"]


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


def test_admin_pages_keep_the_policy(admin_site: Client, skill: Skill) -> None:
    page = page_of(admin_site, change_address(skill))
    assert page.select("script:not([src]):not([type='application/json']), style, [style], [onclick]") == []


def test_readers_and_plain_members_do_not_get_in(client: Client, skill: Skill) -> None:
    assert client.get(change_address(skill)).status_code == 302
    client.force_login(make_user("member"))
    assert client.get(change_address(skill)).status_code == 302
