"""Whose name a published text bears: it stays when its author's account goes, without the name."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from skills.models import CatalogueVersion, Revision, Skill


def disown(author: Any) -> None:
    """Take somebody's name from all they published. The caller holds the catalogue's lock, see `CatalogueVersion`."""
    is_named = _naming(author).exists()
    Revision.objects.filter(author=author).update(author=None, author_deleted=True)
    if is_named:
        CatalogueVersion.objects.advance()


def rename(author: Any) -> None:
    """Let pages show the new name of somebody, or lead to their page no more, when they stand on any.

    To be called in the transaction that changes it.
    """
    if _naming(author).exists():
        CatalogueVersion.objects.advance()


def _naming(person: Any) -> QuerySet[Revision]:
    """Return the revisions whose pages name somebody: who wrote them and who reviewed them."""
    return Revision.objects.filter(Q(author=person) | Q(reviewer=person))


OF_A_PERSON = ("pk", "username", "name", "is_public", "is_active")
"""What of an account decides how pages show somebody."""


@dataclass(frozen=True)
class Contributor:
    """Somebody whose words stand, or stood, in a skill, with how many revisions they wrote or helped to write.

    `person` is None for all those whose accounts are gone.
    """

    person: AbstractUser | None
    name: str
    written: int
    co_written: int


def author_in_words(revision: Revision) -> str:
    """Return who wrote a revision: the name shown to others, or what stands in its place."""
    is_import = revision.origin == Revision.Origin.IMPORT
    return revision.author_name or (pgettext("author of a revision", "Import") if is_import else _("deleted account"))


def contributors(skill: Skill) -> list[Contributor]:
    """Return who wrote or helped to write a skill, most revisions first, in one query; imports are nobody's."""
    author, reviewer = ([f"{role}__{field}" for field in OF_A_PERSON] for role in ("author", "reviewer"))
    rows = skill.revisions.order_by().values_list(*author, *reviewer, "is_co_written", "origin").annotate(Count("pk"))
    found: dict[AbstractUser | None, list[int]] = {}
    for *columns, is_co_written, origin, count in rows:
        writer, helper = (_person(*columns[start : start + len(OF_A_PERSON)]) for start in (0, len(OF_A_PERSON)))
        if writer or origin != Revision.Origin.IMPORT:
            found.setdefault(writer, [0, 0])[0] += count
        if is_co_written:
            found.setdefault(helper, [0, 0])[1] += count
    people = [Contributor(person, _name(person), *counts) for person, counts in found.items()]
    return sorted(people, key=lambda one: (-one.written, -one.co_written, one.name.casefold()))


def _person(pk: int | None, *fields: Any) -> AbstractUser | None:
    """Return somebody as far as pages show them."""
    return get_user_model()(pk=pk, **dict(zip(OF_A_PERSON[1:], fields, strict=True))) if pk else None


def _name(person: AbstractUser | None) -> str:
    return person.get_full_name() if person else _("deleted account")
