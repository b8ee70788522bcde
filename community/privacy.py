"""What the community's tables know of a person."""

from typing import Any

from accounts.models import User


def community_data(user: User) -> dict[str, Any]:
    """Return it as JSON."""
    raise NotImplementedError


def erase(user: User, *, keep_comments: bool) -> None:
    """Forget it."""
    raise NotImplementedError
