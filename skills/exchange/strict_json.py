"""JSON read strictly: whatever a database or a careful reader would stumble over is refused, and where it stands."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from skills.text.storable import UNSTORABLE

VALUE_MAX_LENGTH = 60
# PostgreSQL holds no NUL, and half of a surrogate pair is no character.
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong with a file: `where`, a path in it such as "domains[0].name", and the reason."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}" if self.where else self.reason


class FileRefusedError(Exception):
    """A file that cannot be used, with every fault that was found in it."""

    def __init__(self, faults: Sequence[FileFault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = list(faults)


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys it was given more than once."""

    repeated: tuple[str, ...] = ()


def decode(content: bytes) -> Any:
    """Return what a JSON file in UTF-8 says; raises `FileRefusedError` if it is not that.

    Keys given twice, NaN and Infinity, NUL characters and lone surrogates are refused too.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_build_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise FileRefusedError([FileFault("", f"is not UTF-8 (byte {error.start})")]) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FileRefusedError([FileFault(where, f"is not JSON: {error.msg}")]) from error
    except (ValueError, RecursionError) as error:
        raise FileRefusedError([FileFault("", f"is not JSON that can be read: {error}")]) from error
    faults = list(_find_faults(data))
    if faults:
        raise FileRefusedError(faults)
    return data


def format_path(steps: Sequence[str | int]) -> str:
    """Return steps into a JSON document as text: "domains[0].groups[1].name"."""
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
    """Return a value as one short line of JSON for a message, odd characters escaped."""
    text = json.dumps(value, ensure_ascii=not (isinstance(value, str) and value.isprintable()))
    return text if len(text) <= VALUE_MAX_LENGTH else f"{text[:VALUE_MAX_LENGTH]}…"


def _build_object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        found.repeated = tuple(key for key in found if keys.count(key) > 1)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _find_faults(data: Any) -> Iterator[FileFault]:
    """Walk the document with a stack of its own: it may be nested deeper than Python calls."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    while waiting:
        steps, value = waiting.pop()
        if isinstance(value, str):
            yield from _find_text_faults(steps, value)
        elif isinstance(value, list):
            waiting.extend(reversed([((*steps, index), item) for index, item in enumerate(value)]))
        elif isinstance(value, _Object):
            for key in value.repeated:
                yield FileFault(format_path((*steps, key)), "is given twice")
            for key in value:
                yield from _find_text_faults((*steps, key), key)
            waiting.extend(reversed([((*steps, key), item) for key, item in value.items()]))


def _find_text_faults(steps: Sequence[str | int], text: str) -> Iterator[FileFault]:
    found = UNSTORABLE.search(text)
    if found:
        kind = "a NUL character" if found[0] == "\0" else "half of a surrogate pair"
        yield FileFault(format_path(steps), f"holds {kind} (U+{ord(found[0]):04X}, character {found.start() + 1})")
