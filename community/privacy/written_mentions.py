r"""Remove mentions of a person from Markdown texts, also where they are written differently from how they are read.

"@anna\_beck" and "&#64;anna_beck" both mention "anna_beck".
"""

import re
from html import unescape

from skills.text.markup.linking import fold_username
from skills.text.markup.markdown import list_mentions

_REFERENCE = r"&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,12});"
_UNIT = re.compile(rf"\\[+._-]|{_REFERENCE}|[\w+.-]")
# Both are bounded, so that the time is linear in the length of the text.
_AT = r"\\?@|&(?:\#0{0,5}64|\#[xX]0{0,4}40|commat);"
_MENTION = re.compile(rf"(?P<at>{_AT})(?P<name>(?:{_UNIT.pattern}){{1,151}})")  # a user name has at most 150 characters
_IN_NAMES = re.compile(r"[\w+.-]+")


def remove_mentions(body: str, username: str, replacement: str) -> str:
    """Return a Markdown text with the replacement in place of each mention of a user name, in any case.

    Also in code and quotations, which `list_mentions` leaves out. Longer names that begin with this one stay: for
    "anna", "@annalena" and "@anna.b", but not "@anna." at the end of a sentence.
    """
    name = fold_username(username)
    is_linked = name in list_mentions(body)
    return _MENTION.sub(lambda match: f"{match['at']}{_replace(match['name'], name, replacement, is_linked)}", body)


def _replace(written: str, name: str, replacement: str, is_linked: bool) -> str:
    """Return what follows the "@", with the replacement if it is the name."""
    units = []
    for unit in _UNIT.findall(written):
        if not _IN_NAMES.fullmatch(_read(unit)):
            break
        units.append(unit)
    # The punctuation of a sentence is no part of a name.
    while units and _read(units[-1]) in {"+", ".", "-"}:
        units.pop()
    # In "_@anna_" the second "_" ends the emphasis.
    candidate = _read_all(units)
    while is_linked and candidate != name and units and units[-1] == "_":
        units.pop()
        candidate = _read_all(units)
    return replacement + written[len("".join(units)) :] if candidate == name else written


def _read(unit: str) -> str:
    return unescape(unit.removeprefix("\\"))


def _read_all(units: list[str]) -> str:
    return fold_username("".join(map(_read, units)))
