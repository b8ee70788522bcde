"""Telling the search what a skill says today."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from skills.models import CatalogueVersion, Requirement, SearchEntry, Skill
from skills.search.engines import get_engine
from skills.search.marking import strip_markdown
from skills.search.text import split_words

# PostgreSQL refuses a row whose words, with up to eight bytes for each short one, take more than a megabyte.
BODY_MAX_BYTES = 400_000
REBUILD_BATCH = 200


@dataclass(slots=True)
class _Requirements:
    """What a skill's requirements hold; a role or proficiency that occurs often counts once."""

    roles: dict[str, None] = field(default_factory=dict)
    proficiencies: dict[str, None] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)


def index(skill_ids: Iterable[int]) -> None:
    """Bring the search up to date with these skills, in as many queries for one as for a hundred.

    It forgets those that are not part of their framework.

    To be called in the transaction that changes a skill, or the name of one of its roles.
    """
    ids = list(skill_ids)
    if not ids:
        return
    with transaction.atomic():
        # Two writers that index one skill would else overwrite each other's words with
        # older ones, or wait for each other: whoever renames a role holds this lock too.
        CatalogueVersion.objects.lock()
        requirements = _collect_requirements(ids)
        skills = list(Skill.objects.current().filter(pk__in=ids))
        if forgotten := set(ids) - {skill.pk for skill in skills}:
            SearchEntry.objects.filter(skill__in=forgotten).delete()
        SearchEntry.objects.bulk_create(
            [_build_entry(skill, requirements[skill.pk]) for skill in skills],
            update_conflicts=True,
            unique_fields=["skill"],
            update_fields=["name", "tags", "roles", "body"],
        )


def rebuild() -> int:
    """Index every skill anew and mend the engine's own tables; returns the number of skills."""
    ids = list(Skill.objects.current().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), REBUILD_BATCH):
        index(ids[start : start + REBUILD_BATCH])
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in get_engine().repair_statements:
            cursor.execute(statement)
    return len(ids)


def _collect_requirements(ids: Sequence[int]) -> Mapping[int, _Requirements]:
    found: dict[int, _Requirements] = defaultdict(_Requirements)
    rows = Requirement.objects.filter(skill__in=ids).order_by("skill", "pk")
    for skill, role, proficiency, text in rows.values_list("skill_id", "role__name", "proficiency", "description"):
        found[skill].roles[role] = None
        found[skill].proficiencies[proficiency] = None
        found[skill].texts.append(text)
    return found


def _build_entry(skill: Skill, requirements: _Requirements) -> SearchEntry:
    texts = [skill.summary, *requirements.texts, *requirements.proficiencies]
    return SearchEntry(
        skill=skill,
        name=" ".join(split_words(skill.name)),
        tags=" ".join(split_words(skill.tag_line)),
        roles=" ".join(split_words(" ".join(requirements.roles))),
        body=cap_words([word for text in texts for word in split_words(strip_markdown(text))]),
    )


def cap_words(terms: Sequence[str], limit: int = BODY_MAX_BYTES) -> str:
    """Return words as one text of at most `limit` bytes, where they are too many each one once."""
    text = " ".join(terms)
    if len(text.encode()) > limit:
        text = " ".join(dict.fromkeys(terms))
    if len(text.encode()) > limit:
        text = text.encode()[:limit].decode(errors="ignore")
    return text
