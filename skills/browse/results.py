"""One page of the list of skills, as it is shown: marked names, counts, heat, and where the words were found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from skills.content.ladder import Ladder, LadderStep
from skills.models import Requirement, Skill
from skills.search import build_excerpt, mark, split_words
from skills.structure import heat
from skills.structure.heat import Heat

EXCERPT_LENGTH = 200


@dataclass(frozen=True)
class RequirementMatch:
    """A requirement in which searched words stand."""

    role_name: str
    level_name: str
    text: SafeString


@dataclass(frozen=True)
class SkillResult:
    """A skill in the list. Its `skill` carries the counts of `Skill.objects.with_counts()`."""

    skill: Skill
    name: SafeString
    summary: SafeString
    strip: Sequence[tuple[LadderStep, Heat]]
    match: RequirementMatch | None


def build_results(skill_ids: Sequence[int], query: str, ladders: Mapping[int, Ladder]) -> list[SkillResult]:
    """Return the skills of one page in the order given; two queries, one more when there is a search."""
    by_id = {skill.pk: skill for skill in Skill.objects.with_group().with_counts().filter(pk__in=skill_ids)}
    skills = [by_id[pk] for pk in skill_ids if pk in by_id]
    strips = heat.build_level_strips(skills, ladders)
    wanted = split_words(query)
    finds = _find_matches(skills, wanted) if wanted else {}
    return [
        SkillResult(
            skill,
            mark(skill.name, wanted),
            mark(skill.tag_line or skill.summary, wanted),
            strips[skill.pk],
            finds.get(skill.pk),
        )
        for skill in skills
    ]


def _find_matches(skills: Sequence[Skill], wanted: Sequence[str]) -> Mapping[int, RequirementMatch]:
    """Return for each skill the requirement that holds most of the searched words, where one holds any."""
    rows = (
        Requirement.objects.filter(skill__in=skills)
        .order_by("skill", "level__rank", "role__name")
        .values_list("skill_id", "role__name", "level__name", "description")
    )
    best: dict[int, tuple[int, RequirementMatch]] = {}
    for skill, role, level, description in rows:
        found = mark(build_excerpt(description, wanted, EXCERPT_LENGTH), wanted)
        score = found.count("<mark>")
        if score > best.get(skill, (0, None))[0]:
            best[skill] = (score, RequirementMatch(role, level, found))
    return {skill: find for skill, (_score, find) in best.items()}
