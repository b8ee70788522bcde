"""What is wrong with the data of a framework file: the JSON Schema's findings, then what a schema cannot say."""

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skills.content.changes import TAG_LINE_MAX_LENGTH
from skills.content.naming import build_slug
from skills.exchange.strict_json import FileFault, format_path, format_value

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SCHEMA_PATH = Path(__file__).with_name("framework.schema.json")
LEVEL_SLUG_MAX_LENGTH = 40

type Json = dict[str, Any]
type JsonWithPath = tuple[str, Json]  # the path in the file and what stands there


def find_faults(data: Any) -> list[FileFault]:
    """Return everything that keeps decoded JSON from being a framework; an empty list if it is one."""
    return [_build_schema_fault(error) for error in _get_validator().iter_errors(data)] or list(
        _find_semantic_faults(data)
    )


@cache
def _get_validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - web workers import this too, and validate no file

    return Draft202012Validator(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))


def _build_schema_fault(error: "ValidationError") -> FileFault:
    """Say in one line what the schema misses; its own messages would repeat the whole value."""
    expected: Any = error.validator_value
    value: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "required":
            reason = error.message.replace("'", '"')
        case "additionalProperties":
            unknown = ", ".join(format_value(key) for key in value if key not in schema["properties"])
            reason = f"has unknown fields: {unknown}"
        case "type":
            reason = f"must be of type {expected}, but is {format_value(value)}"
        case "enum" | "const":
            reason = f"must be {format_value(expected)}, but is {format_value(value)}"
        case "maxLength":
            reason = f"is {len(value)} characters long, the limit is {expected}"
        case "not":
            reason = 'has both "tags" and "tag_line", give one of them'
        case _:
            reason = f"must be {schema.get('description', error.validator)}, but is {format_value(value)}"
    return FileFault(format_path(list(error.absolute_path)), reason)


def _find_semantic_faults(data: Json) -> Iterator[FileFault]:
    """Yield what the schema cannot say: things that stand twice, references to nothing, impossible days."""
    levels = add_paths("levels", data["levels"])
    roles = add_paths("roles", data["roles"])
    domains = add_paths("domains", data["domains"])
    yield from _find_repeated_values("slug", ((where, get_level_slug(level)) for where, level in levels))
    yield from _find_repeated_values("name", _list_names(levels))
    for where, level in levels:
        if len(get_level_slug(level)) > LEVEL_SLUG_MAX_LENGTH:
            yield FileFault(where, f'needs a "slug" of at most {LEVEL_SLUG_MAX_LENGTH} characters')
    yield from _find_repeated_things(roles)
    yield from _find_repeated_things(domains)
    known_levels = {get_level_slug(level) for _where, level in levels}
    for where, role in roles:
        yield from _find_role_faults(where, role, known_levels)
    groups = []
    for where, domain in domains:
        in_domain = list_children(where, "groups", domain)
        yield from _find_repeated_things(in_domain)
        groups += in_domain
    yield from _find_skill_faults(groups, {get_key(role) for role in data["roles"]}, known_levels)


def _find_role_faults(where: str, role: Json, known_levels: set[str]) -> Iterator[FileFault]:
    entries = list_children(where, "levels", role)
    yield from _find_unknown_references("level", entries, known_levels)
    yield from _find_repeated_values("level", ((path, entry["level"]) for path, entry in entries))


def _find_skill_faults(
    groups: Sequence[JsonWithPath], known_roles: set[str], known_levels: set[str]
) -> Iterator[FileFault]:
    skills = []
    for where, group in groups:
        in_group = list_children(where, "skills", group)
        yield from _find_repeated_values("name", _list_names(in_group))
        skills += in_group
    yield from _find_repeated_values("key", _list_keys(skills))
    for where, skill in skills:
        cells = list_children(where, "requirements", skill)
        yield from _find_unknown_references("role", cells, known_roles)
        yield from _find_unknown_references("level", cells, known_levels)
        yield from _find_repeated_values(
            "role and level", ((path, (cell["role"], cell["level"])) for path, cell in cells)
        )
        if len(get_tag_line(skill)) > TAG_LINE_MAX_LENGTH:
            yield FileFault(f"{where}.tags", f"make a line of more than {TAG_LINE_MAX_LENGTH} characters")
        if "updated" in skill and parse_day(skill["updated"]) is None:
            yield FileFault(f"{where}.updated", f"there is no day {format_value(skill['updated'])}")


def _list_names(things: Sequence[JsonWithPath]) -> Iterator[tuple[str, str]]:
    return ((where, thing["name"]) for where, thing in things)


def _list_keys(things: Sequence[JsonWithPath]) -> Iterator[tuple[str, str]]:
    return ((where, get_key(thing)) for where, thing in things)


def _find_repeated_things(things: Sequence[JsonWithPath]) -> Iterator[FileFault]:
    yield from _find_repeated_values("key", _list_keys(things))
    yield from _find_repeated_values("name", _list_names(things))


def _find_repeated_values(what: str, values: Iterable[tuple[str, Hashable]]) -> Iterator[FileFault]:
    first: dict[Hashable, str] = {}
    for where, value in values:
        if value in first:
            yield FileFault(where, f"has the same {what} as {first[value]}: {format_value(value)}")
        first.setdefault(value, where)


def _find_unknown_references(field: str, things: Sequence[JsonWithPath], known: set[str]) -> Iterator[FileFault]:
    for where, thing in things:
        if thing[field] not in known:
            yield FileFault(f"{where}.{field}", f"there is no {field} {format_value(thing[field])} in this file")


def add_paths(path: str, things: Iterable[Json]) -> list[JsonWithPath]:
    """Return things with their paths: "levels[0]" and so on below `path`."""
    return [(f"{path}[{index}]", thing) for index, thing in enumerate(things)]


def list_children(where: str, field: str, thing: Json) -> list[JsonWithPath]:
    """Return the things in a field of a thing, with their paths."""
    return add_paths(f"{where}.{field}", thing.get(field, []))


def get_key(thing: Json) -> str:
    """Return what identifies a thing: its key, else the slug of its name."""
    return thing.get("key") or build_slug(thing["name"])


def get_level_slug(level: Json) -> str:
    """Return what identifies a level."""
    return level.get("slug") or build_slug(level["name"])


def get_tag_line(skill: Json) -> str:
    """Return a skill's tags as one line."""
    return skill.get("tag_line") or ", ".join(tag.strip() for tag in skill.get("tags", []))


def parse_day(text: str) -> date | None:
    """Return an ISO date as a day, None if there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
