"""Which texts the database can hold."""

import re

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What no text of a database may hold; SQLite would not notice all of it."""


def is_storable(text: str) -> bool:
    """Whether every database takes a text."""
    return UNSTORABLE.search(text) is None
