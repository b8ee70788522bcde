"""Content changes one way only: compared with the current one, all or nothing, saved as a revision."""

import pytest

from skills import revisions
from skills.content.changes import Change, ChangedMeanwhile, Field, InvalidChange, SkillContent, find_changes
from skills.content.matrix import Place
from skills.models import (
    CatalogueVersion,
    FormerPath,
    Group,
    Requirement,
    Revision,
    Role,
    Significance,
    Skill,
)
from skills.revisions import NothingToPublish
from tests.factories import cell, make_domain, make_framework, make_group, make_role, make_skill, make_user

pytestmark = pytest.mark.django_db

JUNIOR, MIDDLE, SENIOR = (Place("baker", level) for level in ("junior", "middle", "senior"))


@pytest.fixture
def skill() -> Skill:
    framework = make_framework("own")
    role = make_role(framework, "Baker")
    junior, middle = framework.levels.order_by("rank")[:2]
    group = make_group(make_domain(framework, "Kitchen"), "Ovens")
    return make_skill(group, "Baking", {(role, junior): cell("Kneads."), (role, middle): cell("Bakes.")})


def requirement(place: Place, base: str | None, proposed: str | None) -> Change:
    """Return a change of one cell's text."""
    return Change(
        Field.REQUIREMENT, None if base is None else cell(base), None if proposed is None else cell(proposed), place
    )


def publish(skill: Skill, *changes: Change) -> Revision:
    return revisions.publish(skill, changes, author=None, origin=Revision.Origin.ADMIN)


def texts(skill: Skill) -> dict[str, str]:
    return dict(skill.requirements.values_list("level__slug", "description"))


def test_a_publication_changes_the_cells_and_is_written_down(skill: Skill) -> None:
    author = make_user()
    version = CatalogueVersion.objects.get_number()
    revision = revisions.publish(
        skill,
        [
            requirement(JUNIOR, "Kneads.", "Kneads well."),
            requirement(SENIOR, None, "Invents."),
            requirement(MIDDLE, "Bakes.", None),
        ],
        author=author,
        origin=Revision.Origin.ADMIN,
        summary="why",
        significance=Significance.MAJOR,
    )
    assert texts(skill) == {"junior": "Kneads well.", "senior": "Invents."}
    assert (revision.number, revision.author, revision.summary, revision.significance) == (2, author, "why", "major")
    assert [(change["level"], change["base"], change["proposed"]) for change in revision.changes][2] == (
        "middle",
        {"description": "Bakes.", "obligation": "mandatory", "proficiency": ""},
        None,
    )
    assert SkillContent.from_json(revision.content) == revisions.get_content(Skill.objects.with_group().get())
    assert CatalogueVersion.objects.get_number() > version


def test_the_skills_own_fields_are_published_too(skill: Skill) -> None:
    cellar = Group.objects.create(domain=skill.group.domain, key="cellar", slug="cellar", name="Cellar")
    publish(
        skill,
        Change(Field.NAME, "Baking", "Bread"),
        Change(Field.SUMMARY, "", "All about bread."),
        Change(Field.TAG_LINE, "", "rye, wheat"),
        Change(Field.GROUP, "kitchen/ovens", "kitchen/cellar"),
    )
    changed = Skill.objects.get()
    assert (changed.name, changed.slug, changed.summary, changed.tags, changed.group) == (
        "Bread",
        "bread",
        "All about bread.",
        ["rye", "wheat"],
        cellar,
    )
    assert FormerPath.objects.get().path == "skills/baking"


def test_a_conflict_names_todays_value_and_nothing_is_written(skill: Skill) -> None:
    fine, outdated = requirement(MIDDLE, "Bakes.", "Bakes rolls."), requirement(JUNIOR, "Mixes.", "Kneads well.")
    with pytest.raises(ChangedMeanwhile) as caught:
        publish(skill, fine, outdated)
    assert list(caught.value.conflicts) == [(outdated, cell("Kneads."))]
    assert texts(skill) == {"junior": "Kneads.", "middle": "Bakes."}
    assert skill.revisions.count() == 1


def test_what_is_there_already_is_left_out(skill: Skill) -> None:
    revision = publish(skill, requirement(JUNIOR, "Mixes.", "Kneads."), requirement(MIDDLE, "Bakes.", "Bakes rolls."))
    assert [change["level"] for change in revision.changes] == ["middle"]


def test_nothing_is_published_where_nothing_would_change(skill: Skill) -> None:
    with pytest.raises(NothingToPublish):
        publish(skill, requirement(JUNIOR, "Mixes.", "Kneads."))
    assert skill.revisions.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        requirement(JUNIOR, "Kneads.", ""),
        requirement(JUNIOR, "Kneads.", " \n"),
        requirement(JUNIOR, "Kneads.", "x" * 8001),
        requirement(JUNIOR, "Kneads.", "a\0b"),
        requirement(JUNIOR, "Kneads.", "\ud800"),
        requirement(Place("nobody", "junior"), None, "Kneads."),
        requirement(Place("baker", "nowhere"), None, "Kneads."),
        Change(Field.REQUIREMENT, cell("Kneads."), cell("Kneads.", "perhaps"), JUNIOR),
        Change(Field.REQUIREMENT, cell("Kneads."), cell("Kneads.", proficiency="x" * 81), JUNIOR),
        Change(Field.NAME, "Baking", " "),
        Change(Field.NAME, "Baking", "x" * 201),
        Change(Field.SUMMARY, "", "x" * 2001),
        Change(Field.TAG_LINE, "", "x" * 501),
        Change(Field.GROUP, "kitchen/ovens", "kitchen/nowhere"),
    ],
    ids=lambda change: f"{change.field} {str(change.proposed)[:30]!a}",
)
def test_what_the_model_cannot_hold_is_refused_whole(skill: Skill, change: Change) -> None:
    with pytest.raises(InvalidChange) as caught:
        publish(skill, requirement(MIDDLE, "Bakes.", "Bakes rolls."), change)
    assert caught.value.change == change
    assert texts(skill) == {"junior": "Kneads.", "middle": "Bakes."}
    assert skill.revisions.count() == 1


def test_a_role_of_another_framework_is_refused(skill: Skill) -> None:
    make_role(make_framework("other"), "Cook")
    with pytest.raises(InvalidChange):
        publish(skill, requirement(Place("cook", "junior"), None, "Cooks."))


def test_changes_between_two_contents_turn_one_into_the_other(skill: Skill) -> None:
    before = revisions.get_content(Skill.objects.with_group().get())
    after = SkillContent("Bread", "S", "t", "kitchen/ovens", before.matrix.with_cell(SENIOR, cell("Invents.")))
    publish(skill, *find_changes(before, after))
    assert revisions.get_content(Skill.objects.with_group().get()) == after


def test_content_and_change_are_the_same_after_a_way_through_json(skill: Skill) -> None:
    content = revisions.get_content(Skill.objects.with_group().get())
    change = requirement(JUNIOR, "Kneads.", None)
    assert SkillContent.from_json(content.as_json()) == content
    assert Change.from_json(change.as_json()) == change


def test_a_new_skill_is_refused_whole(skill: Skill) -> None:
    before = revisions.get_content(Skill.objects.with_group().get())
    broken = SkillContent("New", "", "", "kitchen/ovens", before.matrix.with_cell(Place("nobody", "junior"), cell("x")))
    with pytest.raises(InvalidChange):
        revisions.create(skill.framework, "new", broken, author=None, origin=Revision.Origin.ADMIN)
    assert (Skill.objects.count(), Revision.objects.count(), Requirement.objects.count()) == (1, 1, 2)


def test_writing_many_cells_costs_no_more_queries_than_writing_one(
    skill: Skill, django_assert_max_num_queries: object
) -> None:
    roles = [make_role(skill.framework) for _ in range(8)]
    many = [
        requirement(Place(role.key, level.slug), None, "Does.")
        for role in roles
        for level in skill.framework.levels.all()
    ]
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        publish(skill, *many)
    assert Requirement.objects.count() == 2 + 40
    assert Role.objects.count() == 9
