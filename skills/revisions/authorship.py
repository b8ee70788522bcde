"""The authors of published texts. A text stays when its author's account is deleted, but without the name."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from skills.models import CatalogueVersion, Revision, Skill
from skills.text.folding import build_sort_key


def remove_author(author: Any) -> None:
    """Remove a person's name from all revisions they published, before their account is deleted.

    1. Clear `author` of their revisions and set `author_deleted`.
    2. Advance the catalogue's version if any page showed their name.

    The caller holds the catalogue's lock, see `CatalogueVersion`.
    """
    is_named = _list_revisions(author).exists()  # asked before the update, which would hide their revisions
    Revision.objects.filter(author=author).update(author=None, author_deleted=True)
    if is_named:
        CatalogueVersion.objects.advance()


def refresh_pages_naming(author: Any) -> None:
    """Renew all pages if some show this person, whose name or public profile has changed.

    Call it in the transaction that saves the change; nothing happens if no revision names the person.
    """
    if _list_revisions(author).exists():
        CatalogueVersion.objects.advance()


def _list_revisions(person: Any) -> QuerySet[Revision]:
    """Return the revisions whose pages name a person, as author or as reviewer."""
    return Revision.objects.filter(Q(author=person) | Q(reviewer=person))


PERSON_FIELDS = ("pk", "username", "name", "is_public", "is_active")
"""The fields of an account that decide how pages show a person."""


@dataclass(frozen=True)
class Contributor:
    """A person whose text is or was part of a skill, and how many revisions they wrote or co-wrote.

    All people whose accounts are deleted are one contributor, with None as `person`.
    """

    person: AbstractUser | None
    name: str
    written_count: int
    co_written_count: int


def describe_author(revision: Revision) -> str:
    """Return the name of a revision's author, as others see it.

    For an import it is "Import", and for a deleted account "deleted account", both in the active language.
    """
    is_import = revision.origin == Revision.Origin.IMPORT
    return revision.author_name or (pgettext("author of a revision", "Import") if is_import else _("deleted account"))


def list_contributors(skill: Skill) -> list[Contributor]:
    """Return the people who wrote or co-wrote a skill, those with most revisions first, in one query.

    Imports have no author and do not count. The accounts hold only `PERSON_FIELDS`.
    """
    # Columns of both people in one row: five of the author, five of the reviewer, then the rest.
    author, reviewer = ([f"{role}__{field}" for field in PERSON_FIELDS] for role in ("author", "reviewer"))
    # Without the default order, which would split the groups that `annotate` counts.
    rows = skill.revisions.order_by().values_list(*author, *reviewer, "is_co_written", "origin").annotate(Count("pk"))
    counts_by_person: dict[AbstractUser | None, list[int]] = {}  # how many revisions written, how many co-written
    for *columns, is_co_written, origin, count in rows:
        writer, helper = (
            _build_person(*columns[start : start + len(PERSON_FIELDS)]) for start in (0, len(PERSON_FIELDS))
        )
        if writer or origin != Revision.Origin.IMPORT:
            counts_by_person.setdefault(writer, [0, 0])[0] += count
        if is_co_written:
            counts_by_person.setdefault(helper, [0, 0])[1] += count
    people = [Contributor(person, _get_person_name(person), *counts) for person, counts in counts_by_person.items()]
    return sorted(people, key=lambda row: (-row.written_count, -row.co_written_count, build_sort_key(row.name)))


def _build_person(pk: int | None, *fields: Any) -> AbstractUser | None:
    """Return an unsaved account with what pages show of a person, from the values of `PERSON_FIELDS`."""
    return get_user_model()(pk=pk, **dict(zip(PERSON_FIELDS[1:], fields, strict=True))) if pk else None


def _get_person_name(person: AbstractUser | None) -> str:
    return person.get_full_name() if person else _("deleted account")
