"""Recent changes of one role are found by an index, whatever the number of revisions."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from skills import revisions
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.history.recent_changes import ChangeFilters, list_revisions
from skills.models import Framework, Revision, RevisionRole, Role, Skill
from tests.factories import cell, make_catalogue, make_role, make_user

pytestmark = pytest.mark.django_db
migration = import_module("skills.migrations.0006_fill_revision_roles")


@pytest.fixture
def framework() -> Framework:
    return make_catalogue(skills=3, roles=2)


def change(skill: Skill, role: Role, text: str) -> Revision:
    """Publish another text for a role at its lowest level."""
    before = skill.requirements.get(role=role, level__slug="junior").description
    changed = Change(Field.REQUIREMENT, cell(before), cell(text), Place(role.key, "junior"))
    return revisions.publish(skill, [changed], author=None, origin=Revision.Origin.ADMIN)


def find_for_role(role: Role) -> list[Revision]:
    return list(list_revisions(ChangeFilters(role=role.slug), role))


def test_a_revision_belongs_to_the_roles_whose_requirements_it_changed(framework: Framework) -> None:
    one, other = framework.roles.order_by("pk")
    skill = framework.skills.order_by("pk")[0]
    first = skill.revisions.get()
    changed = change(skill, one, 'Says "role": "' + other.key + '".')
    fields = Change(Field.SUMMARY, skill.summary, "Has no role.")
    revisions.publish(skill, [fields], author=None, origin=Revision.Origin.ADMIN)
    of_skill = [revision for revision in find_for_role(one) if revision.skill_id == skill.pk]
    assert of_skill == [changed, first]
    assert changed not in find_for_role(other)


def test_a_revision_that_takes_all_requirements_away_belongs_to_their_roles(framework: Framework) -> None:
    skill = framework.skills.order_by("pk")[0]
    gone = revisions.unpublish(skill, author=make_user(), summary="")
    assert all(gone in find_for_role(role) for role in framework.roles.all())


def test_a_role_of_the_same_key_in_another_framework_has_changes_of_its_own(framework: Framework) -> None:
    role = framework.roles.order_by("pk")[0]
    other = make_catalogue(roles=0)
    same_key_role = make_role(other, role.name)
    assert same_key_role.key == role.key
    assert find_for_role(same_key_role) == []
    assert len(find_for_role(role)) == 3


def test_the_history_of_a_role_comes_back_with_its_key(framework: Framework) -> None:
    role = framework.roles.order_by("pk")[0]
    before = find_for_role(role)
    for skill in framework.skills.all():
        revisions.unpublish(skill, author=make_user(), summary="")
    role.delete()
    again = make_role(framework, role.name)
    assert again.key == role.key
    assert set(before) < set(find_for_role(again))


def test_the_migration_writes_what_publishing_writes(framework: Framework, monkeypatch: pytest.MonkeyPatch) -> None:
    skill = framework.skills.order_by("pk")[0]
    change(skill, framework.roles.order_by("pk")[0], "Does it better.")
    fields = Change(Field.SUMMARY, skill.summary, "Has no role.")
    revisions.publish(skill, [fields], author=None, origin=Revision.Origin.ADMIN)
    rows = RevisionRole.objects.order_by("revision", "role_key").values_list("revision", "role_key")
    published = list(rows)
    assert len(published) == 3 * 2 + 1
    monkeypatch.setattr(migration, "BATCH_SIZE", 2)
    RevisionRole.objects.filter(pk__gt=RevisionRole.objects.order_by("pk")[0].pk).delete()  # as if interrupted
    migration.fill(apps, None)
    assert list(rows.all()) == published
    migration.fill(apps, None)
    assert list(rows.all()) == published


def test_the_filter_by_role_uses_the_index(framework: Framework) -> None:
    skill = framework.skills.order_by("pk")[0]
    content = skill.revisions.get().content
    rows = [
        Revision(skill=skill, number=number, origin="admin", changes=[], content=content) for number in range(2, 1500)
    ]
    made = Revision.objects.bulk_create(rows)
    RevisionRole.objects.bulk_create(
        RevisionRole(revision=revision, role_key=f"role-{revision.number % 100}") for revision in made
    )
    role = make_role(framework, "Role 7")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = list_revisions(ChangeFilters(role=role.slug), role)
    assert found.count() == 15
    plan = found.explain()
    assert ("revision_role_unique" if connection.vendor == "postgresql" else "(role_key=?") in plan, plan
