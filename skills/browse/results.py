"""The skills of one page of the list, ready to render: marked names, counts, heat and the best matching requirement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from skills.content.ladder import Ladder, LadderStep
from skills.models import Requirement, Skill
from skills.search import build_excerpt, mark, split_words
from skills.search.marking import strip_markdown
from skills.search.text import may_contain
from skills.structure import heat
from skills.structure.heat import Heat

EXCERPT_LENGTH = 200  # characters


@dataclass(frozen=True)
class RequirementMatch:
    """A requirement whose description contains search words; `text` is an excerpt with the words marked."""

    role_name: str
    level_name: str
    text: SafeString


@dataclass(frozen=True)
class SkillResult:
    """A skill in the list. `skill` has the counts of `Skill.objects.with_counts()`.

    `strip` shows for each step of the ladder how many requirements the skill has there.
    """

    skill: Skill
    name: SafeString
    summary: SafeString
    strip: Sequence[tuple[LadderStep, Heat]]
    match: RequirementMatch | None


def build_results(skill_ids: Sequence[int], query: str, ladders: Mapping[int, Ladder]) -> list[SkillResult]:
    """Return the skills of one page, in the order of `skill_ids`; two queries, three with a search.

    `query` is the search as typed, '' without one: its words are marked in the texts. `ladders` are by framework id.
    """
    # A skill may have been deleted since its id was read.
    by_id = {skill.pk: skill for skill in Skill.objects.with_group().with_counts().filter(pk__in=skill_ids)}
    skills = [by_id[pk] for pk in skill_ids if pk in by_id]
    strips = heat.build_level_strips(skills, ladders)
    search_words = list(dict.fromkeys(split_words(query)))  # a word typed twice costs time twice
    matches = _find_matches(skills, search_words) if search_words else {}
    return [
        SkillResult(
            skill,
            mark(skill.name, search_words),
            mark(skill.tag_line or strip_markdown(skill.summary), search_words),
            strips[skill.pk],
            matches.get(skill.pk),
        )
        for skill in skills
    ]


def _find_matches(skills: Sequence[Skill], search_words: Sequence[str]) -> Mapping[int, RequirementMatch]:
    """Return by skill id the requirement with the most search words; a skill without any match is left out."""
    rows = (
        Requirement.objects.filter(skill__in=skills)
        .order_by("skill", "level__rank", "role__sort_key", "role_id")
        .values_list("skill_id", "role__name", "level__name", "description")
    )
    best: dict[int, tuple[int, RequirementMatch]] = {}
    for skill_id, role, level, description in rows:
        if not may_contain(description, tuple(search_words)):  # most cannot match, and an excerpt is expensive
            continue
        excerpt = mark(build_excerpt(description, search_words, EXCERPT_LENGTH), search_words)
        score = excerpt.count("<mark>")
        # `>`, so that of equal scores the first row wins: the lowest level.
        if score > best.get(skill_id, (0, None))[0]:
            best[skill_id] = (score, RequirementMatch(role, level, excerpt))
    return {skill_id: match for skill_id, (_score, match) in best.items()}
