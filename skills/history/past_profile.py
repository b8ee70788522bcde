"""A skill's profile as a revision left it, to be shown like today's."""

from skills.content.changes import SkillContent
from skills.content.names import Names
from skills.models import Revision, Skill
from skills.profile.page import Profile, ProfileEntry, get_titles


def load_past_profile(skill: Skill, revision: Revision, names: Names) -> Profile:
    """Return the profile after a revision, in one query. Its `skill` is not the saved one and never to be saved.

    `skill` comes with its place loaded, `revision` with its content.
    """
    content = SkillContent.from_json(revision.content)
    ladder = names.extend_ladder(place.level for place in content.matrix.cells)
    roles = {place.role: names.get_role(place.role) for place in content.matrix.cells}
    titles = get_titles(role.pk for role in roles.values())
    order = {step: number for number, step in enumerate(ladder.steps)}
    entries = []
    for place, cell in content.matrix.cells.items():
        step, role = ladder.find_step(place.level), roles[place.role]
        assert step is not None  # `ladder_with` has them all
        title = titles.get((role.pk, step.pk), "")
        entries.append(ProfileEntry(role, step, title, cell.description, cell.obligation, cell.proficiency))
    entries.sort(key=lambda entry: (order[entry.step], entry.role.name.casefold()))
    return Profile(_build_past_skill(skill, content, names), ladder, entries, revision.published_at)


def _build_past_skill(skill: Skill, content: SkillContent, names: Names) -> Skill:
    return Skill(
        pk=skill.pk,
        slug=skill.slug,
        framework=skill.framework,
        group=names.get_group(content.group),
        name=content.name,
        summary=content.summary,
        tag_line=content.tag_line,
    )
