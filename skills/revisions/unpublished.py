"""Skills that are only suggested: a row to which a suggestion belongs, without content, key and address yet."""

import uuid

from skills.content.changes import NAME_MAX_LENGTH
from skills.models import Framework, Group, Skill
from skills.text.names import repair_name


def build_suggested_skill(framework: Framework, group: Group) -> Skill:
    """Return an unsaved skill with the status "suggested".

    Its key and slug are random until its first revision gives it real ones.
    """
    key = f"suggested-{uuid.uuid4().hex}"
    return Skill(framework=framework, group=group, key=key, slug=key, status=Skill.Status.SUGGESTED)


def save_name_and_group(skill: Skill, group: Group, name: str) -> None:
    """Save the name and group under which a suggested skill is listed; this publishes nothing.

    Inserts the row if the skill is new. The name may come from a draft: it is cut
    after `NAME_MAX_LENGTH` characters, and hidden ones are left out.
    """
    assert skill.is_suggested
    skill.group, skill.name = group, repair_name(name, NAME_MAX_LENGTH)
    if skill._state.adding:  # from `build_suggested_skill`: not in the database yet
        skill.save(force_insert=True)
    else:
        skill.save(update_fields=["group", "name"])


def discard(skill: Skill) -> None:
    """Delete a suggested skill that nobody has ever seen.

    The skill must be suggested and have no revision; a published skill is never deleted, only retired.
    """
    assert skill.is_suggested
    assert not skill.revisions.exists()
    skill.delete()
