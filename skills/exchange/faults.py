"""The faults in the data of a framework file: first those the JSON Schema finds, then those a schema cannot express."""

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skills.content.changes import NAME_MAX_LENGTH, TAG_LINE_MAX_LENGTH
from skills.content.naming import build_slug
from skills.exchange.strict_json import FileFault, format_path, format_value, name_skills
from skills.text.blank import displays_nothing
from skills.text.folding import normalize_case
from skills.text.names import find_hidden_character, has_ink, normalize_name

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SCHEMA_PATH = Path(__file__).with_name("framework.schema.json")
LEVEL_SLUG_MAX_LENGTH = 40

type Json = dict[str, Any]
type JsonWithPath = tuple[str, Json]  # a path in the file, such as "roles[0]", and the object there


def find_faults(data: Any) -> list[FileFault]:
    """Return all faults of a framework file; an empty list if it has none.

    `data` is the decoded JSON, of any type. Roles and levels that it refers to by name are referred to by key
    afterwards.
    """
    faults = [_build_schema_fault(error) for error in _get_validator().iter_errors(data)]
    # Only with the right fields and types can the data be searched for other faults.
    if not faults:
        _replace_names_by_keys(data)
        faults = list(_find_semantic_faults(data))
    return name_skills(faults, data)


def _replace_names_by_keys(data: Json) -> None:
    """Write the key in place of a name of a role or level that the file has, wherever it refers to one."""
    roles = _map_names_to_keys((get_key(role), role["name"]) for role in data["roles"])
    levels = _map_names_to_keys((get_level_slug(level), level["name"]) for level in data["levels"])
    for role in data["roles"]:
        for entry in role.get("levels", []):
            entry["level"] = levels.get(entry["level"], entry["level"])
    for domain in data["domains"]:
        for group in domain["groups"]:
            for skill in group["skills"]:
                for cell in skill["requirements"]:
                    cell["role"] = roles.get(cell["role"], cell["role"])
                    cell["level"] = levels.get(cell["level"], cell["level"])


class _Targets:
    """What other parts of a file may refer to: the names of its roles or levels by key, and the keys by slug."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.keys_by_slug = {build_slug(name): key for key, name in names.items()} | {key: key for key in names}


def _map_names_to_keys(objects: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the key of each name; `objects` are pairs of key and name. What is a key is no other object's name."""
    pairs = list(objects)
    return {name: key for key, name in pairs} | {key: key for key, _name in pairs}


@cache
def _get_validator() -> "Draft202012Validator":
    """Return the validator of framework.schema.json, built once per process."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - web workers import this too, and validate no file

    return Draft202012Validator(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))


def _build_schema_fault(error: "ValidationError") -> FileFault:
    """Return the fault for an error of the schema, in one line; the error's own message repeats the whole value."""
    expected: Any = error.validator_value
    value: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "required":  # "'name' is a required property"
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
        case "not":  # the schema has a single "not"
            reason = 'has both "tags" and "tag_line", give one of them'
        case _:  # patterns and the like: the schema has a description for each
            reason = f"must be {schema.get('description', error.validator)}, but is {format_value(value)}"
    return FileFault(format_path(list(error.absolute_path)), reason)


def _find_semantic_faults(data: Json) -> Iterator[FileFault]:
    """Yield the faults that a schema cannot express: duplicates, unknown references, impossible dates."""
    yield from _find_name_faults([("framework", data["framework"])])
    levels = add_paths("levels", data["levels"])
    roles = add_paths("roles", data["roles"])
    domains = add_paths("domains", data["domains"])
    yield from _find_repeated_values("slug", ((where, get_level_slug(level)) for where, level in levels))
    yield from _find_name_faults(levels)
    yield from _find_repeated_values("name", _list_names(levels))
    for where, level in levels:
        # The schema limits a given slug; this one may be built from the name, which can be longer.
        if len(get_level_slug(level)) > LEVEL_SLUG_MAX_LENGTH:
            yield FileFault(where, f'needs a "slug" of at most {LEVEL_SLUG_MAX_LENGTH} characters')
    yield from _find_repeated_objects(roles)
    yield from _find_repeated_objects(domains)
    level_targets = _Targets({get_level_slug(level): level["name"] for _where, level in levels})
    role_targets = _Targets({get_key(role): role["name"] for _where, role in roles})
    for where, role in roles:
        yield from _find_role_faults(where, role, level_targets)
    groups = []
    for where, domain in domains:
        in_domain = list_children(where, "groups", domain)
        yield from _find_repeated_objects(in_domain)
        groups += in_domain
    yield from _find_skill_faults(groups, role_targets, level_targets)


# In what follows, `where` is the path of an object in the file.
def _find_role_faults(where: str, role: Json, levels: _Targets) -> Iterator[FileFault]:
    entries = list_children(where, "levels", role)
    yield from _find_name_faults(entries, "title")
    yield from _find_unknown_references("level", entries, levels)
    yield from _find_repeated_values("level", ((path, entry["level"]) for path, entry in entries))


def _find_skill_faults(groups: Sequence[JsonWithPath], roles: _Targets, levels: _Targets) -> Iterator[FileFault]:
    skills = []
    for where, group in groups:
        in_group = list_children(where, "skills", group)
        # Names are unique in a group, keys in the whole framework.
        yield from _find_name_faults(in_group)
        yield from _find_repeated_values("name", _list_names(in_group))
        skills += in_group
    yield from _find_repeated_values("key", _list_keys(skills))
    for where, skill in skills:
        cells = list_children(where, "requirements", skill)
        yield from _find_unknown_references("role", cells, roles)
        yield from _find_unknown_references("level", cells, levels)
        for path, cell in cells:
            if displays_nothing(cell["description"]):
                yield FileFault(f"{path}.description", "displays nothing")
        yield from _find_repeated_values(
            "role and level", ((path, (cell["role"], cell["level"])) for path, cell in cells)
        )
        # Each tag is short enough for the schema; all of them together may not fit.
        if len(get_tag_line(skill)) > TAG_LINE_MAX_LENGTH:
            yield FileFault(f"{where}.tags", f"make a line of more than {TAG_LINE_MAX_LENGTH} characters")
        if "updated" in skill and parse_day(skill["updated"]) is None:
            yield FileFault(f"{where}.updated", f"there is no day {format_value(skill['updated'])}")


def _list_names(objects: Sequence[JsonWithPath]) -> Iterator[tuple[str, str]]:
    return ((where, get_name(obj)) for where, obj in objects)


def _list_keys(objects: Sequence[JsonWithPath]) -> Iterator[tuple[str, str]]:
    return ((where, get_key(obj)) for where, obj in objects)


def _find_name_faults(objects: Sequence[JsonWithPath], field: str = "name") -> Iterator[FileFault]:
    """Yield a fault for each name, or title, that holds a hidden character or shows nothing."""
    for where, obj in objects:
        name = normalize_name(obj.get(field, ""))
        if hidden := find_hidden_character(name):
            yield FileFault(f"{where}.{field}", f"holds a character that cannot be shown (U+{ord(hidden):04X})")
        elif name and not has_ink(name):
            yield FileFault(f"{where}.{field}", "shows nothing")


def _find_repeated_objects(objects: Sequence[JsonWithPath]) -> Iterator[FileFault]:
    yield from _find_name_faults(objects)
    yield from _find_repeated_values("key", _list_keys(objects))
    yield from _find_repeated_values("name", _list_names(objects))


def _find_repeated_values(what: str, values: Iterable[tuple[str, Hashable]]) -> Iterator[FileFault]:
    """Yield a fault for each value that occurred before; it names the first place. `values` are with their paths.

    Upper and lower case of a text make no difference.
    """
    first: dict[Hashable, str] = {}
    for where, value in values:
        same = normalize_case(value) if isinstance(value, str) else value
        if same in first:
            yield FileFault(where, f"has the same {what} as {first[same]}: {format_value(value)}")
        first.setdefault(same, where)


def _find_unknown_references(field: str, objects: Sequence[JsonWithPath], targets: _Targets) -> Iterator[FileFault]:
    for where, obj in objects:
        value = obj[field]
        if value not in targets.names:
            reason = f"there is no {field} {format_value(value)} in this file"
            # What differs from a name only in capitals, accents and marks: "Bread-Baker" from "Bread baker".
            key = targets.keys_by_slug.get(build_slug(value[:NAME_MAX_LENGTH]))
            hint = f"; the key of {format_value(targets.names[key])} is {format_value(key)}" if key else ""
            yield FileFault(f"{where}.{field}", reason + hint)


def add_paths(path: str, objects: Iterable[Json]) -> list[JsonWithPath]:
    """Return JSON objects with their paths in the file.

    `path` is that of the list, such as "levels": its objects get "levels[0]", "levels[1]" …
    """
    return [(f"{path}[{index}]", obj) for index, obj in enumerate(objects)]


def list_children(where: str, field: str, obj: Json) -> list[JsonWithPath]:
    """Return the JSON objects in a list field of an object, with their paths; none if the field is missing.

    `where` is the path of `obj`, such as "domains[0]": the children get "domains[0].groups[0]" …
    """
    return add_paths(f"{where}.{field}", obj.get(field, []))


def get_key(obj: Json) -> str:
    """Return what identifies a role, domain, group or skill: its key, or else the slug of its name.

    Loading again recognises it by this: a renamed one keeps its identity only with a key.
    """
    return obj.get("key") or build_slug(get_name(obj))


def get_name(obj: Json) -> str:
    """Return the name of a framework, level, role, domain, group or skill in its normal form.

    The format asks for a name in each of them.
    """
    return normalize_name(obj["name"])


def get_level_slug(level: Json) -> str:
    """Return what identifies a level: its slug, or else the slug of its name.

    The slug has at most `LEVEL_SLUG_MAX_LENGTH` characters in a file without faults.
    """
    return level.get("slug") or build_slug(get_name(level))


def get_tag_line(skill: Json) -> str:
    """Return a skill's tags as one line, separated by commas; '' if it has none.

    The format allows for either field: a finished "tag_line" or a list of "tags".
    """
    return skill.get("tag_line") or ", ".join(tag.strip() for tag in skill.get("tags", []))


def parse_day(text: str) -> date | None:
    """Return an ISO date as a `date`.

    None if there is no such day, as for "2026-02-30", and for ''.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
