"""Holding what a new member writes until a moderator checks it: texts with many links or with a watched word."""

import re

from accounts.models import User
from community.models import WatchedWord
from community.posting.trust import is_trusted

MAX_LINKS = 2
LINK_PATTERN = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def must_be_held(author: User, text: str) -> bool:
    """Return whether a text must wait for a moderator before others see it.

    A text is held if it has more than `MAX_LINKS` links or holds a word of the administrators' list. Texts of
    trusted authors, who are not new any more, are never held.
    """
    # The text comes first: `is_trusted` needs more queries.
    if len(LINK_PATTERN.findall(text)) <= MAX_LINKS and not _has_watched_word(text):
        return False
    return not is_trusted(author)


def _has_watched_word(text: str) -> bool:
    """Compare without case; a watched word is also found inside a longer word."""
    folded_text = text.casefold()
    return any(word.casefold() in folded_text for word in WatchedWord.objects.values_list("text", flat=True))
