"""Keep the search index up to date with the current content of skills."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Q

from skills.models import CatalogueVersion, Requirement, SearchEntry, Skill
from skills.search.engines import get_engine
from skills.search.marking import strip_markdown
from skills.search.text import split_words

# PostgreSQL refuses a tsvector of more than a megabyte, in which each short word takes up to eight bytes.
BODY_MAX_BYTES = 400_000
REBUILD_BATCH = 200  # skills in one transaction
INDEX_VERSION = 2
"""Add one when `split_words` gives other words for some texts: the worker then indexes all entries again."""


@dataclass(slots=True)
class _Requirements:
    """The texts of a skill's requirements; a role or proficiency counts once, however often it occurs."""

    # Dicts instead of sets: they keep the order, so that the same content gives the same entry.
    roles: dict[str, None] = field(default_factory=dict)
    proficiencies: dict[str, None] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)


def index(skill_ids: Iterable[int]) -> None:
    """Update the entries of these skills; the number of queries is the same for one skill and for a hundred.

    1. Take the catalogue's lock and read the current content.
    2. Delete the entries of skills that are not part of their framework any more.
    3. Insert or update the entries of the others.

    Call it in the transaction that changes a skill, or the name of one of its roles.
    """
    ids = list(skill_ids)
    if not ids:
        return
    with transaction.atomic():
        # Without the lock, two writers that index one skill could overwrite the newer entry with an
        # older one, or wait for each other. A writer that renames a role holds this lock too.
        CatalogueVersion.objects.lock()
        requirements = _collect_requirements(ids)
        skills = list(Skill.objects.current().filter(pk__in=ids))
        if removed_ids := set(ids) - {skill.pk for skill in skills}:
            SearchEntry.objects.filter(skill__in=removed_ids).delete()
        # `update_conflicts` makes this an "insert or update" in one statement.
        SearchEntry.objects.bulk_create(
            [_build_entry(skill, requirements[skill.pk]) for skill in skills],
            update_conflicts=True,
            unique_fields=["skill"],
            update_fields=["name", "tags", "roles", "body", "version"],
        )


def rebuild() -> int:
    """Index every current skill again, repair the engine's own tables, and return the number of skills."""
    ids = list(Skill.objects.current().order_by("pk").values_list("pk", flat=True))
    # In batches, so that other writers wait for the lock of one batch only.
    for start in range(0, len(ids), REBUILD_BATCH):
        index(ids[start : start + REBUILD_BATCH])
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in get_engine().repair_statements:
            cursor.execute(statement)
    return len(ids)


def index_outdated() -> None:
    """Index skills again whose entries are of an earlier version; the worker calls it.

    1. Find at most `REBUILD_BATCH` of them; nothing follows where there are none.
    2. Index them. Until then a search finds them by the rules of that version.
    3. Advance the catalogue's version, because kept pages show what a search found before.
    """
    outdated = SearchEntry.objects.filter(Q(version=None) | Q(version__lt=INDEX_VERSION)).order_by("pk")
    if ids := list(outdated.values_list("pk", flat=True)[:REBUILD_BATCH]):
        with transaction.atomic():
            index(ids)
            CatalogueVersion.objects.advance()


def _collect_requirements(ids: Sequence[int]) -> Mapping[int, _Requirements]:
    """Return the texts of the requirements of each skill, by the skill's primary key, in one query."""
    requirements: dict[int, _Requirements] = defaultdict(_Requirements)
    rows = Requirement.objects.filter(skill__in=ids).order_by("skill", "pk")
    for skill_id, role, proficiency, text in rows.values_list("skill_id", "role__name", "proficiency", "description"):
        requirements[skill_id].roles[role] = None
        requirements[skill_id].proficiencies[proficiency] = None
        requirements[skill_id].texts.append(text)
    return requirements


def _build_entry(skill: Skill, requirements: _Requirements) -> SearchEntry:
    """Return the unsaved search entry of a skill; its columns hold folded words, by weight from name to body."""
    texts = [skill.summary, *requirements.texts, *requirements.proficiencies]
    return SearchEntry(
        skill=skill,
        name=" ".join(split_words(skill.name)),
        tags=" ".join(split_words(skill.tag_line)),
        roles=" ".join(split_words(" ".join(requirements.roles))),
        body=cap_words([word for text in texts for word in split_words(strip_markdown(text))]),
        version=INDEX_VERSION,
    )


def cap_words(terms: Sequence[str], limit: int = BODY_MAX_BYTES) -> str:
    """Return words joined to one text of at most `limit` bytes of UTF-8.

    If they are too many, each word is kept once; if that is still too long, the text is cut.
    """
    text = " ".join(terms)
    if len(text.encode()) > limit:
        text = " ".join(dict.fromkeys(terms))
    if len(text.encode()) > limit:
        text = text.encode()[:limit].decode(errors="ignore")  # "ignore" drops a character that the cut has split
    return text
