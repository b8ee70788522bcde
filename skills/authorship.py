"""Whose name a published text bears: it stays when its author's account goes, without the name."""

from typing import Any

from skills.models import CatalogueVersion, Revision


def disown(author: Any) -> None:
    """Take somebody's name from all they published. The caller holds the catalogue's lock, see `CatalogueVersion`."""
    if Revision.objects.filter(author=author).update(author=None, author_deleted=True):
        CatalogueVersion.objects.advance()


def rename(author: Any) -> None:
    """Let pages show the new name of somebody who was renamed, when it stands on any; in the same transaction."""
    if Revision.objects.filter(author=author).exists():
        CatalogueVersion.objects.advance()
