"""What is wrong with the data of a framework file: the JSON Schema's findings, then what a schema cannot say."""

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skills.content.changes import TAG_LINE_MAX_LENGTH
from skills.content.naming import slug_of
from skills.exchange.strict_json import FileFault, path_of, shown

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SCHEMA_PATH = Path(__file__).with_name("framework.schema.json")
LEVEL_SLUG_MAX_LENGTH = 40

type Json = dict[str, Any]
type Placed = tuple[str, Json]  # the path in the file and what stands there


def faults_of(data: Any) -> list[FileFault]:
    """Return everything that keeps decoded JSON from being a framework; an empty list if it is one."""
    return [_schema_fault(error) for error in _validator().iter_errors(data)] or list(_faults(data))


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - web workers import this too, and validate no file

    return Draft202012Validator(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))


def _schema_fault(error: "ValidationError") -> FileFault:
    """Say in one line what the schema misses; its own messages would repeat the whole value."""
    expected: Any = error.validator_value
    value: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "required":
            reason = error.message.replace("'", '"')
        case "additionalProperties":
            unknown = ", ".join(shown(key) for key in value if key not in schema["properties"])
            reason = f"has unknown fields: {unknown}"
        case "type":
            reason = f"must be of type {expected}, but is {shown(value)}"
        case "enum" | "const":
            reason = f"must be {shown(expected)}, but is {shown(value)}"
        case "maxLength":
            reason = f"is {len(value)} characters long, the limit is {expected}"
        case "not":
            reason = 'has both "tags" and "tag_line", give one of them'
        case _:
            reason = f"must be {schema.get('description', error.validator)}, but is {shown(value)}"
    return FileFault(path_of(list(error.absolute_path)), reason)


def _faults(data: Json) -> Iterator[FileFault]:
    """Yield what the schema cannot say: things that stand twice, references to nothing, impossible days."""
    levels = placed("levels", data["levels"])
    roles = placed("roles", data["roles"])
    domains = placed("domains", data["domains"])
    yield from _repeated("slug", ((where, level_slug_of(level)) for where, level in levels))
    yield from _repeated("name", _names(levels))
    for where, level in levels:
        if len(level_slug_of(level)) > LEVEL_SLUG_MAX_LENGTH:
            yield FileFault(where, f'needs a "slug" of at most {LEVEL_SLUG_MAX_LENGTH} characters')
    yield from _repeated_things(roles)
    yield from _repeated_things(domains)
    known_levels = {level_slug_of(level) for _where, level in levels}
    for where, role in roles:
        yield from _faults_of_role(where, role, known_levels)
    groups = []
    for where, domain in domains:
        in_domain = inside(where, "groups", domain)
        yield from _repeated_things(in_domain)
        groups += in_domain
    yield from _faults_of_skills(groups, {key_of(role) for role in data["roles"]}, known_levels)


def _faults_of_role(where: str, role: Json, known_levels: set[str]) -> Iterator[FileFault]:
    entries = inside(where, "levels", role)
    yield from _unknown("level", entries, known_levels)
    yield from _repeated("level", ((path, entry["level"]) for path, entry in entries))


def _faults_of_skills(groups: Sequence[Placed], known_roles: set[str], known_levels: set[str]) -> Iterator[FileFault]:
    skills = []
    for where, group in groups:
        in_group = inside(where, "skills", group)
        yield from _repeated("name", _names(in_group))
        skills += in_group
    yield from _repeated("key", _keys(skills))
    for where, skill in skills:
        cells = inside(where, "requirements", skill)
        yield from _unknown("role", cells, known_roles)
        yield from _unknown("level", cells, known_levels)
        yield from _repeated("role and level", ((path, (cell["role"], cell["level"])) for path, cell in cells))
        if len(tag_line_of(skill)) > TAG_LINE_MAX_LENGTH:
            yield FileFault(f"{where}.tags", f"make a line of more than {TAG_LINE_MAX_LENGTH} characters")
        if "updated" in skill and day_of(skill["updated"]) is None:
            yield FileFault(f"{where}.updated", f"there is no day {shown(skill['updated'])}")


def _names(things: Sequence[Placed]) -> Iterator[tuple[str, str]]:
    return ((where, thing["name"]) for where, thing in things)


def _keys(things: Sequence[Placed]) -> Iterator[tuple[str, str]]:
    return ((where, key_of(thing)) for where, thing in things)


def _repeated_things(things: Sequence[Placed]) -> Iterator[FileFault]:
    yield from _repeated("key", _keys(things))
    yield from _repeated("name", _names(things))


def _repeated(what: str, values: Iterable[tuple[str, Hashable]]) -> Iterator[FileFault]:
    first: dict[Hashable, str] = {}
    for where, value in values:
        if value in first:
            yield FileFault(where, f"has the same {what} as {first[value]}: {shown(value)}")
        first.setdefault(value, where)


def _unknown(field: str, things: Sequence[Placed], known: set[str]) -> Iterator[FileFault]:
    for where, thing in things:
        if thing[field] not in known:
            yield FileFault(f"{where}.{field}", f"there is no {field} {shown(thing[field])} in this file")


def placed(path: str, things: Iterable[Json]) -> list[Placed]:
    """Return things with their paths: "levels[0]" and so on below `path`."""
    return [(f"{path}[{index}]", thing) for index, thing in enumerate(things)]


def inside(where: str, field: str, thing: Json) -> list[Placed]:
    """Return the things in a field of a thing, with their paths."""
    return placed(f"{where}.{field}", thing.get(field, []))


def key_of(thing: Json) -> str:
    """Return what identifies a thing: its key, else the slug of its name."""
    return thing.get("key") or slug_of(thing["name"])


def level_slug_of(level: Json) -> str:
    """Return what identifies a level."""
    return level.get("slug") or slug_of(level["name"])


def tag_line_of(skill: Json) -> str:
    """Return a skill's tags as one line."""
    return skill.get("tag_line") or ", ".join(tag.strip() for tag in skill.get("tags", []))


def day_of(text: str) -> date | None:
    """Return an ISO date as a day, None if there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
