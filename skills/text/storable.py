"""Check whether a database can store a text."""

import re

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL and surrogates, which no text in a database may contain. SQLite does not refuse all of them."""


def is_storable(text: str) -> bool:
    """Return whether every supported database can store a text.

    False for a text with a character of `UNSTORABLE`.
    """
    return UNSTORABLE.search(text) is None
