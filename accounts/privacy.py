"""What is known of a person: given to them as a file, and forgotten when they ask."""

from typing import Any

from accounts.models import User


def account_data(user: User) -> dict[str, Any]:
    """Return what the account's own tables know of a person."""
    raise NotImplementedError


def erase(user: User, *, keep_comments: bool) -> None:
    """Forget what the account's own tables know of a person."""
    raise NotImplementedError


def prune_exports() -> None:
    """Delete exports whose link is no longer valid."""
