"""LIKE of SQLite for every script: its own knows upper and lower case of ASCII letters only.

Django's lookups iexact, icontains and istartswith are LIKE there: without this, "ölwechsel" would not find "Ölwechsel",
as it does on PostgreSQL. No index and no constraint depends on it, so other programs can open the file.
"""

import re
import sqlite3
from collections.abc import Callable
from functools import lru_cache

type Matcher = Callable[[str], bool]


def register(connection: sqlite3.Connection) -> None:
    """Replace the LIKE operator of a connection, with and without ESCAPE.

    https://sqlite.org/lang_corefunc.html#like
    """
    connection.create_function("like", 2, is_like, deterministic=True)
    connection.create_function("like", 3, is_like, deterministic=True)


def is_like(pattern: object, text: object, escape: str | None = "") -> bool | None:
    """Return whether a text matches a pattern of LIKE, None if either is NULL.

    "%" matches any characters, "_" matches one; behind `escape` they match themselves. Case makes no difference.
    """
    if pattern is None or text is None:
        return None
    return _build_matcher(str(pattern), escape or "")(_fold_case(str(text)))


def _fold_case(text: str) -> str:
    """Return a text without differences of case; each character stays one, so that "_" matches it, and "ß" is not "ss".

    PostgreSQL compares so too.
    """
    folded = text.casefold()
    if len(folded) == len(text):  # folding can make a text longer, never shorter
        return folded
    return "".join(
        one if len(one) == 1 else character for character, one in zip(text, map(str.casefold, text), strict=True)
    )


@lru_cache(maxsize=32)  # one statement calls it with the same pattern for each row
def _build_matcher(pattern: str, escape: str) -> Matcher:
    """Return a function that compares a folded text with a pattern."""
    parts = _split(_fold_case(pattern), _fold_case(escape))
    # What Django's lookups send: one literal text, perhaps with "%" before and behind it.
    literals = [text for text, is_literal in parts if is_literal]
    shape = "".join("x" if is_literal else text for text, is_literal in parts)
    literal = literals[0] if literals else ""
    simple: dict[str, Matcher] = {
        "": lambda text: text == "",
        "x": lambda text: text == literal,
        "x%": lambda text: text.startswith(literal),
        "%x": lambda text: text.endswith(literal),
        "%x%": lambda text: literal in text,
    }
    if shape in simple:
        return simple[shape]
    wildcards = {"%": ".*", "_": "."}
    expression = "".join(re.escape(text) if is_literal else wildcards[text] for text, is_literal in parts)
    match = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: match(text) is not None


def _split(pattern: str, escape: str) -> list[tuple[str, bool]]:
    """Return the parts of a pattern in their order, each a wildcard or a literal text, and which of both it is."""
    parts: list[tuple[str, bool]] = []
    characters = iter(pattern)
    for character in characters:
        is_escaped = bool(escape) and character == escape
        part = (next(characters, ""), True) if is_escaped else (character, character not in "%_")
        # Join literal characters that follow each other.
        if part[1] and parts and parts[-1][1]:
            parts[-1] = (parts[-1][0] + part[0], True)
        else:
            parts.append(part)
    return parts
