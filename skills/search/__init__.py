"""Finding skills by their words."""

from collections.abc import Iterable


def index(skill_ids: Iterable[int]) -> None:
    """Bring the search up to date with these skills."""
