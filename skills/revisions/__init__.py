"""The only way to change a skill's content; other packages import these names from here."""

from skills.revisions.publishing import (
    NothingToPublish,
    Review,
    create,
    get_content,
    get_contents,
    publish,
    unpublish,
)

__all__ = [
    "NothingToPublish",
    "Review",
    "create",
    "get_content",
    "get_contents",
    "publish",
    "unpublish",
]
