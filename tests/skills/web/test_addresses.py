"""From an address to a skill: present and former ones, and those that were never published."""

import pytest
from django.test import Client

from skills import revisions
from skills.content import naming
from skills.models import FormerPath, Skill
from skills.revisions import unpublished
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db

PAGES = ["", "history/", "history/1/", "history/blame/", "history/compare/", "comments/", "suggestions/"]


@pytest.fixture
def skill() -> Skill:
    make_catalogue(skills=1, roles=1)
    return Skill.objects.with_group().get()


@pytest.mark.parametrize("page", PAGES)
def test_a_former_address_redirects_to_the_same_page_with_its_query(client: Client, skill: Skill, page: str) -> None:
    former = skill.slug
    naming.rename(skill, "Another name")
    response = client.get(f"/en/skills/{former}/{page}?view=grid")
    assert (response.status_code, response["Location"]) == (301, f"/en/skills/another-name/{page}?view=grid")


@pytest.mark.parametrize("page", PAGES)
def test_a_skill_that_was_never_published_has_no_page(client: Client, skill: Skill, page: str) -> None:
    suggested = unpublished.build_suggested_skill(skill.framework, skill.group)
    unpublished.save_name_and_group(suggested, skill.group, "Not there yet")
    assert client.get(f"/en/skills/{suggested.slug}/{page}").status_code == 404
    assert not Skill.objects.ever_published().filter(pk=suggested.pk).exists()


@pytest.mark.parametrize(("page", "status"), [("", 410), ("history/", 200), ("comments/", 404), ("suggestions/", 404)])
def test_a_new_skill_that_was_undone_keeps_its_history_alone(
    client: Client, skill: Skill, page: str, status: int
) -> None:
    revisions.unpublish(skill, author=make_user(), summary="")
    assert client.get(f"/en/skills/{skill.slug}/{page}").status_code == status


def test_what_is_typed_at_a_former_address_comes_back_on_the_page_of_the_skill(client: Client, skill: Skill) -> None:
    former = skill.slug
    naming.rename(skill, "Another name")
    client.force_login(make_user())
    typed = {"body": "What I typed.", "intent": "preview"}
    response = client.post(f"/en/skills/{former}/comments/", typed)
    assert (response.status_code, "What I typed." in response.text) == (200, True)


def test_a_slug_names_its_present_owner_before_a_former_one(skill: Skill) -> None:
    make_catalogue(skills=1, roles=1, slug="other")
    other = Skill.objects.exclude(pk=skill.pk).get()
    FormerPath.objects.create(path=f"skills/{skill.slug}", skill=other)
    assert Skill.objects.find_by_slug(skill.slug) == skill
    FormerPath.objects.create(path="skills/older", skill=other)
    assert Skill.objects.find_by_slug("older") == other
    assert Skill.objects.find_by_slug("never") is None


def test_the_day_of_the_latest_revision_comes_along(skill: Skill) -> None:
    found = Skill.objects.ever_published().find_by_slug(skill.slug)
    latest = skill.revisions.order_by("-number")[0].published_at
    assert getattr(found, "updated_at", None) == latest
