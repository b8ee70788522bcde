"""Whose name a published text bears: it stays when its author's account goes, without the name."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from skills.models import CatalogueVersion, Revision, Skill


def remove_author(author: Any) -> None:
    """Take somebody's name from all they published. The caller holds the catalogue's lock, see `CatalogueVersion`."""
    is_named = _find_revisions(author).exists()
    Revision.objects.filter(author=author).update(author=None, author_deleted=True)
    if is_named:
        CatalogueVersion.objects.advance()


def refresh_author_name(author: Any) -> None:
    """Let pages show the new name of somebody, or lead to their page no more, when they stand on any.

    To be called in the transaction that changes it.
    """
    if _find_revisions(author).exists():
        CatalogueVersion.objects.advance()


def _find_revisions(person: Any) -> QuerySet[Revision]:
    """Return the revisions whose pages name somebody: who wrote them and who reviewed them."""
    return Revision.objects.filter(Q(author=person) | Q(reviewer=person))


PERSON_FIELDS = ("pk", "username", "name", "is_public", "is_active")
"""What of an account decides how pages show somebody."""


@dataclass(frozen=True)
class Contributor:
    """Somebody whose words stand, or stood, in a skill, with how many revisions they wrote or helped to write.

    `person` is None for all those whose accounts are gone.
    """

    person: AbstractUser | None
    name: str
    written_count: int
    co_written_count: int


def describe_author(revision: Revision) -> str:
    """Return who wrote a revision: the name shown to others, or what stands in its place."""
    is_import = revision.origin == Revision.Origin.IMPORT
    return revision.author_name or (pgettext("author of a revision", "Import") if is_import else _("deleted account"))


def list_contributors(skill: Skill) -> list[Contributor]:
    """Return who wrote or helped to write a skill, most revisions first, in one query; imports are nobody's."""
    author, reviewer = ([f"{role}__{field}" for field in PERSON_FIELDS] for role in ("author", "reviewer"))
    rows = skill.revisions.order_by().values_list(*author, *reviewer, "is_co_written", "origin").annotate(Count("pk"))
    found: dict[AbstractUser | None, list[int]] = {}
    for *columns, is_co_written, origin, count in rows:
        writer, helper = (
            _build_person(*columns[start : start + len(PERSON_FIELDS)]) for start in (0, len(PERSON_FIELDS))
        )
        if writer or origin != Revision.Origin.IMPORT:
            found.setdefault(writer, [0, 0])[0] += count
        if is_co_written:
            found.setdefault(helper, [0, 0])[1] += count
    people = [Contributor(person, _get_person_name(person), *counts) for person, counts in found.items()]
    return sorted(people, key=lambda one: (-one.written_count, -one.co_written_count, one.name.casefold()))


def _build_person(pk: int | None, *fields: Any) -> AbstractUser | None:
    """Return somebody as far as pages show them."""
    return get_user_model()(pk=pk, **dict(zip(PERSON_FIELDS[1:], fields, strict=True))) if pk else None


def _get_person_name(person: AbstractUser | None) -> str:
    return person.get_full_name() if person else _("deleted account")
