"""The effects of accepting a suggestion, as figures."""

from collections.abc import Sequence

from community.drafting import drafts
from community.models import Watch
from community.suggestions.changes import list_pending_changes
from community.suggestions.impact import Impact, calculate_impact
from community.suggestions.rivals import find_rival_changes
from skills import revisions
from skills.content.changes import Change, Field
from skills.models import Skill
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World
from tests.factories import cell, make_user


def impact(world: World, changes: Sequence[Change]) -> Impact:
    suggestion = world.suggested(*changes)
    pending = list_pending_changes(suggestion)
    today = revisions.get_content(Skill.objects.with_group().get(pk=world.skill.pk))
    return calculate_impact(suggestion, today, pending, find_rival_changes(suggestion, pending))


def test_mandatory_requirements_before_and_after(world: World) -> None:
    optional = Change(Field.REQUIREMENT, cell("Kneads."), cell("Kneads.", "optional"), JUNIOR)
    result = impact(world, [optional, world.cell(SENIOR, None, "Teaches."), world.cell(MIDDLE, "Bakes.", None)])
    assert (result.mandatory_before, result.mandatory_after, result.role_count) == (2, 1, 1)


def test_a_new_name_touches_no_role(world: World) -> None:
    assert impact(world, [Change(Field.NAME, "Baking", "Bread")]) == Impact(2, 2, 0, 0, 0)


def test_watchers_of_skill_group_domain_and_role_count_once_and_muted_ones_not(world: World) -> None:
    skill, role = world.skill, world.skill.framework.roles.get()
    everywhere, group, domain, of_role, muted = (make_user() for _ in range(5))
    targets = {"skill": skill, "group": skill.group, "domain": skill.group.domain, "role": role}
    for name, target in targets.items():
        Watch.objects.create(user=everywhere, **{name: target})
    Watch.objects.create(user=group, group=skill.group)
    Watch.objects.create(user=domain, domain=skill.group.domain)
    Watch.objects.create(user=of_role, role=role)
    Watch.objects.create(user=muted, group=skill.group)
    Watch.objects.create(user=muted, skill=skill, level=Watch.Level.MUTE)
    assert impact(world, [world.kneading()]).watcher_count == 4
    assert impact(world, [Change(Field.NAME, "Baking", "Bread")]).watcher_count == 3


def test_rivals_are_suggestions_not_changes(world: World) -> None:
    world.suggested(world.kneading("Kneads a."), world.cell(MIDDLE, "Bakes.", "Bakes a."))
    drafts.withdraw(world.suggested(world.kneading("Kneads b.")), world.author)
    assert impact(world, [world.kneading("Kneads c."), world.cell(MIDDLE, "Bakes.", "Bakes c.")]).rival_count == 1
