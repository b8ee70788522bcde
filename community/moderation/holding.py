"""What a new member writes is held for a look where it has many links or a word of the administrators' list."""

import re

from accounts.models import User
from community.models import WatchedWord
from community.posting.trust import is_trusted

MAX_LINKS = 2
LINK_PATTERN = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def must_be_held(author: User, text: str) -> bool:
    """Whether a text waits for a moderator before others see it; never what somebody wrote who is new no more."""
    if len(LINK_PATTERN.findall(text)) <= MAX_LINKS and not _has_watched_word(text):
        return False
    return not is_trusted(author)


def _has_watched_word(text: str) -> bool:
    folded = text.casefold()
    return any(word.casefold() in folded for word in WatchedWord.objects.values_list("text", flat=True))
