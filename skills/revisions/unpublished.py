"""Skills that are only suggested: a row to hang a suggestion on, without content, key and address of its own yet."""

import uuid

from skills.content.changes import NAME_MAX_LENGTH
from skills.models import Framework, Group, Skill


def build_suggested_skill(framework: Framework, group: Group) -> Skill:
    """Return a skill that is only suggested and not saved yet."""
    key = f"suggested-{uuid.uuid4().hex}"
    return Skill(framework=framework, group=group, key=key, slug=key, status=Skill.Status.SUGGESTED)


def save_name_and_group(skill: Skill, group: Group, name: str) -> None:
    """Save under which name and in which group a suggested skill is listed; nothing of it is published by that."""
    assert skill.is_suggested
    skill.group, skill.name = group, name.strip()[:NAME_MAX_LENGTH]
    if skill._state.adding:
        skill.save(force_insert=True)
    else:
        skill.save(update_fields=["group", "name"])


def discard(skill: Skill) -> None:
    """Delete a suggested skill that nobody ever saw."""
    assert skill.is_suggested
    assert not skill.revisions.exists()
    skill.delete()
