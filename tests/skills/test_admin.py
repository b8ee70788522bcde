"""Skills in Django admin, through the client of a staff member."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from skills import revisions
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.models import Group, Level, Requirement, Revision, Role, Skill
from tests.admin_pages import change_address, errors_of, make_baking, page_of, typed
from tests.factories import LADDER, cell, make_catalogue, make_framework, make_role, make_skill, make_user

pytestmark = pytest.mark.django_db

MOST_QUERIES_OF_A_SKILL = 9


@pytest.fixture
def skill() -> Skill:
    return make_baking()


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


def test_the_second_of_two_editors_learns_who_was_first_and_loses_nothing(admin_site: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    first = make_user("berta")
    change = Change(
        Field.REQUIREMENT, cell("Bakes.", "optional"), cell("Bakes rolls.", "optional"), Place("baker", "middle")
    )
    revisions.publish(skill, [change], author=first, origin=Revision.Origin.ADMIN)
    response = admin_site.post(change_address(skill), data | {"requirements-1-description": "My own text."})
    assert response.status_code == 200
    assert "berta" in errors_of(response)[0]
    textarea = BeautifulSoup(response.content, "html.parser").select_one("[name=requirements-1-description]")
    assert textarea
    assert textarea.get_text().strip() == "My own text."
    assert Requirement.objects.get(level__slug="middle").description == "Bakes rolls."
    assert skill.revisions.count() == 2


def test_one_cell_twice_is_refused(admin_site: Client, skill: Skill) -> None:
    data = typed(page_of(admin_site, change_address(skill)))
    data["requirements-1-level"] = data["requirements-0-level"]
    response = admin_site.post(change_address(skill), data)
    assert errors_of(response) == ["Diese Rolle und Stufe stehen hier mehr als einmal."] * 2
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


def test_text_is_kept_to_the_character(admin_site: Client, skill: Skill) -> None:
    """Spaces at the ends came with a file; they are not for whoever only looks to take away."""
    place = (Role.objects.get(), skill.framework.levels.get(slug="junior"))
    edges = cell("\n x\u2028 \n\n", "mandatory", " w\u00a0")
    other = make_skill(skill.group, " Name ", {place: edges}, summary="\n a \n", tag_line=" t ")
    admin_site.post(change_address(other), typed(page_of(admin_site, change_address(other))))
    assert other.revisions.count() == 1


def test_line_ends_of_browsers_do_not_count_towards_the_longest_text(admin_site: Client, skill: Skill) -> None:
    text, summary = "\n".join(["x" * 79] * 100), "\n".join(["x" * 19] * 100)  # 7,999 and 1,999 characters
    data = typed(page_of(admin_site, change_address(skill)))
    data |= {"requirements-0-description": text.replace("\n", "\r\n"), "summary": summary.replace("\n", "\r\n")}
    assert admin_site.post(change_address(skill), data).status_code == 302
    assert Requirement.objects.get(level__slug="junior").description == text
    assert Skill.objects.get().summary == summary


def test_a_name_that_is_taken_in_the_group_is_refused(admin_site: Client, skill: Skill) -> None:
    make_skill(skill.group, "Taken")
    for address in (change_address(skill), "/admin/skills/skill/add/"):
        data = typed(page_of(admin_site, address)) | {"name": "Taken", "group": str(skill.group_id)}
        assert errors_of(admin_site.post(address, data)) != []
    assert sorted(Skill.objects.values_list("name", flat=True)) == ["Baking", "Taken"]


def test_a_new_skill_gets_key_address_and_first_revision(admin_site: Client, staff: User, skill: Skill) -> None:
    data = typed(page_of(admin_site, "/admin/skills/skill/add/"))
    group = Group.objects.create(domain=skill.group.domain, key="cellar", slug="cellar", name="Cellar")
    response = admin_site.post("/admin/skills/skill/add/", data | {"group": str(group.pk), "name": "Übung"})
    assert response.status_code == 302
    created = Skill.objects.get(name="Übung")
    assert (created.key, created.slug, created.framework) == ("uebung", "uebung", skill.framework)
    assert created.revisions.get().author == staff
    assert created.search_entry.name != ""


def test_a_new_skill_whose_key_is_taken_gets_another(admin_site: Client, skill: Skill) -> None:
    Skill.objects.filter(pk=skill.pk).update(key="cooking")
    data = typed(page_of(admin_site, "/admin/skills/skill/add/")) | {"group": str(skill.group_id), "name": "Cooking"}
    assert admin_site.post("/admin/skills/skill/add/", data).status_code == 302
    assert Skill.objects.get(name="Cooking").key == "cooking-2"


def test_a_new_skill_takes_roles_and_levels_of_its_own_framework_only(admin_site: Client, skill: Skill) -> None:
    other = make_framework("other")
    foreign_role, foreign_level = make_role(other, "Baker"), other.levels.get(slug="junior")
    data = typed(page_of(admin_site, "/admin/skills/skill/add/")) | {
        "group": str(skill.group_id),
        "name": "New",
        "requirements-TOTAL_FORMS": "1",
        "requirements-0-role": str(foreign_role.pk),
        "requirements-0-level": str(foreign_level.pk),
        "requirements-0-obligation": "mandatory",
        "requirements-0-description": "Does.",
    }
    response = admin_site.post("/admin/skills/skill/add/", data)
    assert errors_of(response) == ["Diese Rolle oder Stufe gibt es in diesem Rahmenwerk nicht."] * 2
    assert Skill.objects.get() == skill


def test_the_old_url_of_a_renamed_skill_redirects(admin_site: Client, client: Client, skill: Skill) -> None:
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
    ContentType.objects.get_for_model(Skill)  # known to the process from then on, until a test empties the database
    counts = []
    for role_count in (2, 13):  # times five levels: 10 and 65 requirements
        framework = make_catalogue(roles=role_count)
        address = change_address(Skill.objects.get(framework=framework))
        with CaptureQueriesContext(connection) as queries:
            page = page_of(admin_site, address)
        assert len(page.select("[id^=requirements-][class*=has_original]")) == role_count * 5
        counts.append(len(queries))
    assert counts == [MOST_QUERIES_OF_A_SKILL] * 2, "\n".join(query["sql"] for query in queries)


def test_the_history_of_a_skill_is_one_link_away(admin_site: Client, skill: Skill) -> None:
    make_skill(skill.group, "Other")
    link = page_of(admin_site, change_address(skill)).select_one("a[href*=skill__id__exact]")
    assert link
    revisions = page_of(admin_site, str(link["href"]))
    assert [row.get_text() for row in revisions.select("#result_list tbody .field-skill")] == ["Baking"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=bak", ["Baking"]),
        ("q=oth", ["Other"]),
        ("q=%00", ["Baking", "Other"]),
        ("requirements__obligation__exact=optional", ["Baking"]),
        ("requirements__obligation__exact=not_stated", []),
    ],
)
def test_skills_are_searched_and_filtered(admin_site: Client, skill: Skill, query: str, names: list[str]) -> None:
    make_skill(skill.group, "Other")
    page = page_of(admin_site, f"/admin/skills/skill/?{query}")
    assert [row.get_text() for row in page.select("#result_list tbody .field-name")] == names


def test_a_skill_that_may_only_be_looked_at_is_not_saved(client: Client, skill: Skill) -> None:
    looker = make_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__in=["view_skill", "view_requirement"]))
    client.force_login(looker)
    assert "Kneads." in page_of(client, change_address(skill)).get_text()
    assert client.post(change_address(skill), {"name": "x"}).status_code == 403
    assert skill.revisions.count() == 1


def test_readers_and_plain_members_do_not_get_in(client: Client, skill: Skill) -> None:
    assert client.get(change_address(skill)).status_code == 302
    client.force_login(make_user("member"))
    assert client.get(change_address(skill)).status_code == 302
