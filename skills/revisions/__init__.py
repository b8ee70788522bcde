"""The only way in which a skill's content changes; what other packages call of it."""

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
