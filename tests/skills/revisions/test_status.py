"""A skill that is not relevant, or a duplicate, leaves its framework by a revision and comes back by one."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from skills import revisions
from skills.content.changes import DUPLICATE_PREFIX, Change, ChangedMeanwhile, Field, InvalidChange, SkillContent
from skills.content.matrix import Place
from skills.models import Requirement, Revision, SearchEntry, Skill
from skills.revisions import unpublished
from tests.factories import cell, make_domain, make_framework, make_group, make_role, make_skill, make_user

pytestmark = pytest.mark.django_db

LISTING = ("/en/skills/", "/en/domains/craft/", "/en/roles/carver/", "/en/skills/wittling/", "/sitemap.xml")
# All pages that list or count skills. Feeds and recent changes show what happened, so they also name retired skills.
CATALOGUE = (
    "/en/",
    "/en/skills/",
    "/en/skills/?q=Whittling",
    "/en/domains/",
    "/en/domains/craft/",
    "/en/domains/craft/wood/",
    "/en/domains/craft/?by=roles",
    "/en/frameworks/",
    "/en/frameworks/crafts/",
    "/en/roles/",
    "/en/roles/carver/",
    "/en/roles/carver/?level=junior",
    "/en/skills/wittling/",
    "/sitemap.xml",
)


@pytest.fixture
def skill() -> Skill:
    framework = make_framework("crafts")
    group = make_group(make_domain(framework, "Craft"), "Wood")
    carver = make_role(framework, "Carver")
    levels = {level.slug: level for level in framework.levels.all()}
    make_skill(group, "Joinery", {(carver, levels["junior"]): cell("Joins.")})
    cells = {(carver, levels["junior"]): cell("Whittles."), (carver, levels["senior"]): cell("Carves.")}
    return make_skill(group, "Whittling", cells)


def become(skill: Skill, before: str, after: str) -> Revision:
    change = Change(Field.STATUS, before, after)
    return revisions.publish(
        skill, [change], author=make_user(), origin=Revision.Origin.ADMIN, summary="Nobody does it."
    )


def get_duplicate_status(skill: Skill) -> str:
    return DUPLICATE_PREFIX + Skill.objects.get(framework=skill.framework, name="Joinery").key


def test_no_page_of_the_catalogue_shows_what_is_retired_or_only_suggested(client: Client, skill: Skill) -> None:
    assert all("/skills/whittling" in client.get(address).content.decode() for address in LISTING)
    become(skill, "current", "retired")
    unpublished.save_name_and_group(
        unpublished.build_suggested_skill(skill.framework, skill.group), skill.group, "Whittling by night"
    )
    for address in CATALOGUE:
        page = client.get(address).content.decode()
        assert "/skills/whittling" not in page, address
        assert "/skills/suggested-" not in page, address
        assert "by night" not in page, address


def test_counts_leave_it_out(client: Client, skill: Skill) -> None:
    assert "2 skills" in client.get("/en/frameworks/crafts/").content.decode()
    become(skill, "current", "retired")
    for address in ("/en/frameworks/crafts/", "/en/frameworks/", "/en/domains/", "/en/roles/"):
        page = client.get(address).content.decode()
        assert "1 skill" in page, address
        assert "2 skills" not in page, address
    assert not SearchEntry.objects.filter(skill=skill).exists()


def test_retired_skill_says_so_with_its_history(client: Client, skill: Skill) -> None:
    become(skill, "current", "retired")
    page = client.get("/en/skills/whittling/")
    assert page.status_code == 410
    assert "no longer part of its framework" in page.content.decode()
    assert "Nobody does it." in page.content.decode()
    history = client.get("/en/skills/whittling/history/")
    assert history.status_code == 200
    assert "Status" in history.content.decode()
    assert "Carves." in client.get("/en/skills/whittling/history/1/").content.decode()


def test_part_of_a_page_of_a_retired_skill_reloads_the_whole_page(client: Client, skill: Skill) -> None:
    become(skill, "current", "retired")
    answer = client.get("/en/skills/whittling/?view=grid", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/en/skills/whittling/"


def test_a_duplicate_redirects_to_the_other_skill(client: Client, skill: Skill) -> None:
    become(skill, "current", get_duplicate_status(skill))
    answer = client.get("/en/skills/whittling/")
    assert (answer.status_code, answer["Location"]) == (302, "/en/skills/joinery/")
    assert "“Joinery”" in client.get("/en/skills/whittling/history/2/").content.decode()


def test_coming_back_restores_every_requirement(skill: Skill) -> None:
    before = revisions.get_content(skill)
    become(skill, "current", "retired")
    skill = Skill.objects.with_group().get(pk=skill.pk)
    assert not Requirement.objects.filter(skill=skill).exists()
    assert revisions.get_content(skill).matrix == before.matrix
    become(skill, "retired", "current")
    skill = Skill.objects.with_group().get(pk=skill.pk)
    assert revisions.get_content(skill) == before
    assert SkillContent.from_json(skill.revisions.latest("number").content) == before
    assert Requirement.objects.filter(skill=skill).count() == 2
    assert SearchEntry.objects.filter(skill=skill).exists()


def test_the_other_skill_of_a_duplicate_must_be_current(skill: Skill) -> None:
    joinery = Skill.objects.get(name="Joinery")
    become(joinery, "current", "retired")
    for status in (
        get_duplicate_status(skill),
        f"{DUPLICATE_PREFIX}{skill.key}",
        f"{DUPLICATE_PREFIX}nowhere",
        "elsewhere",
        "suggested",
    ):
        with pytest.raises(InvalidChange):
            become(skill, "current", status)
    assert Skill.objects.get(pk=skill.pk).is_current
    assert skill.revisions.count() == 1


def test_status_of_before_is_a_conflict(skill: Skill) -> None:
    become(skill, "current", "retired")
    with pytest.raises(ChangedMeanwhile):
        become(skill, "current", get_duplicate_status(skill))


def test_a_name_of_the_group_is_not_taken_twice(skill: Skill) -> None:
    with pytest.raises(InvalidChange, match="Joinery"):
        revisions.publish(
            skill, [Change(Field.NAME, "Whittling", "Joinery")], author=None, origin=Revision.Origin.ADMIN
        )
    assert Skill.objects.get(pk=skill.pk).name == "Whittling"


def test_a_requirement_of_a_retired_skill_changes_without_a_row(skill: Skill) -> None:
    become(skill, "current", "retired")
    place = Place("carver", "junior")
    change = Change(Field.REQUIREMENT, cell("Whittles."), cell("Whittles well."), place)
    revisions.publish(skill, [change], author=None, origin=Revision.Origin.IMPORT)
    assert not Requirement.objects.filter(skill=skill).exists()
    become(skill, "retired", "current")
    assert Requirement.objects.get(skill=skill, level__slug="junior").description == "Whittles well."


def test_database_refuses_a_current_skill_as_duplicate_and_one_of_itself(skill: Skill) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Skill.objects.filter(pk=skill.pk).update(same_as=Skill.objects.get(name="Joinery"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Skill.objects.filter(pk=skill.pk).update(status="retired", same_as=skill.pk)


def test_what_is_only_suggested_has_no_page(client: Client, skill: Skill) -> None:
    suggested = unpublished.build_suggested_skill(skill.framework, skill.group)
    unpublished.save_name_and_group(suggested, skill.group, "Secret")
    for page in ("", "history/", "history/1/", "history/compare/", "history/blame/"):
        answer = client.get(f"/en/skills/{suggested.slug}/{page}")
        assert answer.status_code == 404
        assert "Secret" not in answer.content.decode()
    assert client.get(f"/feeds/skills/{suggested.slug}/").status_code == 404
    assert suggested.slug not in client.get("/en/skills/?q=Secret").content.decode()
