"""What the database itself promises, met by going round the rules."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError

from skills.content import changes
from skills.models import (
    CatalogueVersion,
    Domain,
    FormerPath,
    Group,
    Level,
    Requirement,
    Revision,
    Role,
    RoleLevel,
    Skill,
)
from tests.factories import make_catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture
def skill() -> Skill:
    make_catalogue(roles=1)
    return Skill.objects.get()


def copy_of[Thing: (Level, Role, Domain, Group, Skill, Requirement, Revision)](
    thing: Thing, **changed: object
) -> Thing:
    """Return an unsaved second one of a thing, with some fields changed."""
    values = {
        field.attname: getattr(thing, field.attname) for field in thing._meta.concrete_fields if not field.primary_key
    }
    return type(thing)(**values | changed)


SECOND_ONES: dict[str, Callable[[], object]] = {
    "level_slug_unique_in_framework": lambda: copy_of(Level.objects.all()[0], rank=99),
    "level_rank_unique_in_track": lambda: copy_of(Level.objects.all()[0], slug="other"),
    "level_rank_from_one": lambda: copy_of(Level.objects.all()[0], slug="other", rank=0),
    "role_key_unique_in_framework": lambda: copy_of(Role.objects.get(), slug="other", name="Other"),
    "role_name_unique_in_framework": lambda: copy_of(Role.objects.get(), slug="other", key="other"),
    "role slug": lambda: copy_of(Role.objects.get(), key="other", name="Other"),
    "domain_key_unique_in_framework": lambda: copy_of(Domain.objects.get(), slug="other", name="Other"),
    "domain_name_unique_in_framework": lambda: copy_of(Domain.objects.get(), slug="other", key="other"),
    "group_key_unique_in_domain": lambda: copy_of(Group.objects.get(), slug="other", name="Other"),
    "group_slug_unique_in_domain": lambda: copy_of(Group.objects.get(), key="other", name="Other"),
    "group_name_unique_in_domain": lambda: copy_of(Group.objects.get(), key="other", slug="other"),
    "skill_key_unique_in_framework": lambda: copy_of(Skill.objects.get(), slug="other", name="Other"),
    "skill_name_unique_in_group": lambda: copy_of(Skill.objects.get(), slug="other", key="other"),
    "skill_name_not_empty": lambda: copy_of(Skill.objects.get(), slug="other", key="other", name=""),
    "skill slug": lambda: copy_of(Skill.objects.get(), key="other", name="Other"),
    "requirement_cell_unique": lambda: copy_of(Requirement.objects.all()[0]),
    "revision_number_unique_in_skill": lambda: copy_of(Revision.objects.get()),
    "revision_number_from_one": lambda: copy_of(Revision.objects.get(), number=0),
    "revision_significance_known": lambda: copy_of(Revision.objects.get(), number=2, significance="huge"),
    "former_path_one_target (none)": lambda: FormerPath(path="skills/old"),
    "former_path_one_target (two)": lambda: FormerPath(
        path="skills/old", skill=Skill.objects.get(), role=Role.objects.get()
    ),
    "catalogue_version_one_row": lambda: CatalogueVersion(pk=2),
}


@pytest.mark.parametrize("promise", SECOND_ONES)
@pytest.mark.usefixtures("skill")
def test_the_database_keeps_its_promise(promise: str) -> None:
    thing = SECOND_ONES[promise]()
    with pytest.raises(IntegrityError), transaction.atomic():
        thing.save(force_insert=True)  # type: ignore[attr-defined]


@pytest.mark.parametrize("changed", [{"description": ""}, {"obligation": "perhaps"}])
@pytest.mark.usefixtures("skill")
def test_a_requirement_has_a_text_and_a_known_obligation(changed: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Requirement.objects.filter(pk=Requirement.objects.all()[0].pk).update(**changed)


@pytest.mark.usefixtures("skill")
def test_a_role_has_one_title_on_a_level() -> None:
    role, level = Role.objects.get(), Level.objects.all()[0]
    RoleLevel.objects.create(role=role, level=level, title="Apprentice")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleLevel.objects.create(role=role, level=level)


def test_what_requirements_need_cannot_be_deleted(skill: Skill) -> None:
    for thing in (Role.objects.get(), Level.objects.all()[0], skill.group):
        with pytest.raises(ProtectedError):
            thing.delete()


def test_a_tag_line_is_split_at_its_commas() -> None:
    assert Skill(tag_line=" W&B,  hyperparameter optimization ,, x").tags == ["W&B", "hyperparameter optimization", "x"]


def test_the_catalogue_counts_on() -> None:
    before = CatalogueVersion.objects.get_number()
    CatalogueVersion.objects.advance()
    CatalogueVersion.objects.advance()
    assert CatalogueVersion.objects.get_number() == before + 2


@pytest.mark.parametrize(
    ("model", "field", "limit"),
    [
        (Skill, "name", changes.NAME_MAX_LENGTH),
        (Skill, "tag_line", changes.TAG_LINE_MAX_LENGTH),
        (Requirement, "proficiency", changes.PROFICIENCY_MAX_LENGTH),
        (Revision, "summary", changes.REVISION_SUMMARY_MAX_LENGTH),
    ],
)
def test_a_column_holds_as_much_as_its_limit_says(model: type[Model], field: str, limit: int) -> None:
    assert getattr(model._meta.get_field(field), "max_length", None) == limit
