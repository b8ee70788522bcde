"""What the community keeps, in Django admin."""

from community import suggestion_admin

__all__ = ["suggestion_admin"]
