"""Find mentions of people and bare URLs in a piece of text."""

import re
from collections.abc import Iterator

_MENTION = r"(?<![\w@/.])@(?P<name>[\w.+-]{0,149}\w)"
"""A mention of a person, "@user.name"; not the second part of a mail address or of a path."""
_URL = r"(?<!\w)https?://[^\s<>]+"
LINKABLE = re.compile(f"{_URL}|{_MENTION}", re.IGNORECASE)

# At the end of a URL these belong to the sentence around it; brackets do if they are not a pair of the URL's own.
_PUNCTUATION = frozenset(".,;:!?'\"*_~|…‚‘’„“”«»‹›、。，；：！？")
_BRACKETS = {")": "(", "]": "[", "}": "{", "）": "（"}


def find_links(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield begin, end and user name of each mention and bare URL in a text, in their order; a URL has the name ''.

    The user name is folded by `fold_username`.
    """
    for match in LINKABLE.finditer(text):
        begin, end = match.span()
        if match["name"]:
            yield begin, end, fold_username(match["name"])
        elif length := _measure_url(match[0]):
            yield begin, begin + length, ""


def fold_username(name: str) -> str:
    """Return a user name in the form in which user names are compared: upper and lower case are the same.

    `accounts.sign_in.usernames` builds no two names that are the same in this form.
    """
    return name.lower()


def _measure_url(url: str) -> int:
    """Return the length of a URL without the punctuation and the brackets of the sentence around it, 0 if none is left.

    Brackets that are opened in the URL belong to it: https://de.wikipedia.org/wiki/Kern_(Physik).
    """
    # How many more of each bracket are closed than opened.
    surplus = {closing: url.count(closing) - url.count(opening) for closing, opening in _BRACKETS.items()}
    openings = {opening: closing for closing, opening in _BRACKETS.items()}
    length = len(url)
    while length:
        char = url[length - 1]
        if char in openings:
            surplus[openings[char]] += 1
        elif surplus.get(char, 0) > 0:
            surplus[char] -= 1
        elif char not in _PUNCTUATION:
            break
        length -= 1
    return length if length > url.index("//") + len("//") else 0
