"""Whose name a published text bears: it stays when its author's account goes, without the name."""

from typing import Any

from django.db.models import Q, QuerySet

from skills.models import CatalogueVersion, Revision


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
