"""The only way in which a skill's content changes; what other packages call of it."""

from skills.revisions.publishing import (
    NothingToPublish,
    Review,
    content_of,
    contents_of,
    create,
    publish,
    unpublish,
)

__all__ = [
    "NothingToPublish",
    "Review",
    "content_of",
    "contents_of",
    "create",
    "publish",
    "unpublish",
]
