"""The profile of a skill after one of its revisions, in the form in which the current profile is shown."""

from skills.content.changes import SkillContent
from skills.content.names import Names
from skills.models import Revision, Skill
from skills.profile.page import Profile, ProfileEntry, get_titles
from skills.text.folding import build_sort_key


def load_past_profile(skill: Skill, revision: Revision, names: Names) -> Profile:
    """Return the profile after a revision, in one query.

    `skill` has its group, domain and framework loaded, `revision` its content; `names` are those of the
    framework. The `skill` of the profile is an unsaved copy with the values of that time: never save it.
    """
    content = SkillContent.from_json(revision.content)
    # The framework may have lost roles and levels since then: `names` has replacements for them.
    ladder = names.extend_ladder(place.level for place in content.matrix.cells)
    roles = {place.role: names.get_role(place.role) for place in content.matrix.cells}
    titles = get_titles(role.pk for role in roles.values())  # today's titles; revisions do not store any
    order = {step: number for number, step in enumerate(ladder.steps)}
    entries = []
    for place, cell in content.matrix.cells.items():
        step, role = ladder.find_step(place.level), roles[place.role]
        assert step is not None  # `extend_ladder` has added every level of the content
        title = titles.get((role.pk, step.pk), "")
        entries.append(ProfileEntry(role, step, title, cell.description, cell.obligation, cell.proficiency))
    entries.sort(key=lambda entry: (order[entry.step], build_sort_key(entry.role.name)))
    return Profile(_build_past_skill(skill, content, names), ladder, entries, revision.published_at)


def _build_past_skill(skill: Skill, content: SkillContent, names: Names) -> Skill:
    """Return an unsaved copy of the skill with name, group and texts of that time, at its current address."""
    return Skill(
        pk=skill.pk,
        slug=skill.slug,
        framework=skill.framework,
        group=names.get_group(content.group),
        name=content.name,
        summary=content.summary,
        tag_line=content.tag_line,
    )
