"""A strict JSON reader: it refuses what a database cannot store or what is ambiguous, and names the place in the file.

Python's `json` accepts repeated keys, NaN and lone surrogates.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from skills.text.characters import cut_text
from skills.text.storable import UNSTORABLE

VALUE_MAX_LENGTH = 60  # characters of a value in a message
_SKILL_PATH = re.compile(r"domains\[(\d+)\]\.groups\[(\d+)\]\.skills\[(\d+)\]")
# A key that needs no quotes in a path: "domains[0].name", but "domains[0]["short name"]".
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")


@dataclass(frozen=True, slots=True)
class FileFault:
    """A fault of a file: `where` is a path such as "domains[0].name", '' for the file as a whole.

    `skill` is the name of the skill in which it is, as a JSON text; '' outside of skills, or if it has no name.
    """

    where: str
    reason: str
    skill: str = ""

    def __str__(self) -> str:
        place = f"{self.where} (skill {self.skill})" if self.skill else self.where
        return f"{place}: {self.reason}" if self.where else self.reason


class FileRefusedError(Exception):
    """A file that cannot be used; `faults` are all that were found in it."""

    def __init__(self, faults: Sequence[FileFault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = list(faults)


class _Object(dict[str, Any]):
    """A JSON object that remembers its repeated keys; `dict` keeps only the last value of each."""

    repeated: tuple[str, ...] = ()


def decode(content: bytes) -> Any:
    """Return the data of a JSON file in UTF-8, with or without a byte order mark.

    Raises `FileRefusedError` if it is not JSON, and for repeated keys, NaN and Infinity,
    NUL characters and lone surrogates, with a fault for each.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_build_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise FileRefusedError([FileFault("", f"is not UTF-8 (byte {error.start})")]) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FileRefusedError([FileFault(where, f"is not JSON: {error.msg}")]) from error
    # `ValueError`: NaN, Infinity, or a number with too many digits. `RecursionError`: nested too deeply.
    except (ValueError, RecursionError) as error:
        raise FileRefusedError([FileFault("", f"is not JSON that can be read: {error}")]) from error
    faults = list(_find_faults(data))
    if faults:
        raise FileRefusedError(name_skills(faults, data))
    return data


def name_skills(faults: Iterable[FileFault], data: Any) -> list[FileFault]:
    """Return the faults, each with the name of the skill that its path is in.

    `data` is the decoded JSON, of any type: it may be no framework.
    """
    return [replace(fault, skill=_find_skill_name(fault.where, data)) for fault in faults]


def _find_skill_name(where: str, data: Any) -> str:
    """Return the name of the skill at the beginning of a path as JSON, '' if there is no such skill or name."""
    match = _SKILL_PATH.match(where)
    if not match:
        return ""
    domain, group, skill = map(int, match.groups())
    try:
        name = data["domains"][domain]["groups"][group]["skills"][skill]["name"]
    except (KeyError, TypeError, IndexError):
        return ""
    return format_value(name) if isinstance(name, str) else ""


def format_path(steps: Sequence[str | int]) -> str:
    """Return a path in a JSON document as text: "domains[0].groups[1].name"; '' for the document itself.

    `steps` are keys of objects and indexes of lists, from the outside in.
    """
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif _PLAIN_KEY.match(step):
            path += f".{step}" if path else step
        else:
            path += f"[{format_value(step)}]"
    return path


def format_value(value: object) -> str:
    """Return a value as one line of JSON for a message, cut after `VALUE_MAX_LENGTH` characters.

    A text is escaped only if it has unprintable characters, any other value always.
    """
    text = json.dumps(value, ensure_ascii=not (isinstance(value, str) and value.isprintable()))
    return cut_text(text, VALUE_MAX_LENGTH + 1, "…")


def _build_object(pairs: list[tuple[str, Any]]) -> _Object:
    """Build an object from its keys and values, as `json` calls its `object_pairs_hook`."""
    json_object = _Object(pairs)
    if len(json_object) < len(pairs):
        keys = [key for key, _value in pairs]
        json_object.repeated = tuple(key for key in json_object if keys.count(key) > 1)
    return json_object


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _find_faults(data: Any) -> Iterator[FileFault]:
    """Yield repeated keys and unstorable texts, in the order of the document.

    It walks with a stack of its own: a document may be nested deeper than Python can call.
    """
    # Children are pushed in reverse, so that the first one is popped first.
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    while stack:
        steps, value = stack.pop()
        if isinstance(value, str):
            yield from _find_text_faults(steps, value)
        elif isinstance(value, list):
            stack.extend(reversed([((*steps, index), item) for index, item in enumerate(value)]))
        elif isinstance(value, _Object):
            for key in value.repeated:
                yield FileFault(format_path((*steps, key)), "is given twice")
            for key in value:
                yield from _find_text_faults((*steps, key), key)
            stack.extend(reversed([((*steps, key), item) for key, item in value.items()]))


def _find_text_faults(steps: Sequence[str | int], text: str) -> Iterator[FileFault]:
    # PostgreSQL stores no NUL, and half of a surrogate pair is no character.
    match = UNSTORABLE.search(text)
    if match:
        kind = "a NUL character" if match[0] == "\0" else "half of a surrogate pair"
        yield FileFault(format_path(steps), f"holds {kind} (U+{ord(match[0]):04X}, character {match.start() + 1})")
