"""Reads a framework file, checks it as a whole and returns it as values.

The format is explained in docs/data-format.md; its JSON Schema is framework.schema.json beside this module.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from skills.content.changes import SkillContent
from skills.content.matrix import Cell, Matrix, Place
from skills.exchange.faults import (
    Json,
    add_paths,
    find_faults,
    get_key,
    get_level_slug,
    get_name,
    get_tag_line,
    list_children,
    parse_day,
)
from skills.exchange.strict_json import FileFault, FileRefusedError, decode
from skills.models import Obligation
from skills.text.names import normalize_name

MAX_FILE_SIZE = 50 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class FrameworkEntry:
    """The framework itself. Fields are named as in the file and in the model `Framework`."""

    slug: str
    name: str
    licence: str
    summary: str = ""
    language: str = "en"
    source: str = ""
    url: str = ""
    licence_url: str = ""
    attribution: str = ""
    adaptation: str = ""


@dataclass(frozen=True, slots=True)
class LevelEntry:
    """A level; `rank` counts from 1 within its track, in the order of the file."""

    slug: str
    name: str
    track: str
    rank: int


@dataclass(frozen=True, slots=True)
class RoleLevelEntry:
    """The title of a role at a level, and its introduction there; both may be ''."""

    level_slug: str
    title: str
    introduction: str


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role; `where` is its path in the file, as in all entries below."""

    where: str
    key: str
    name: str
    introduction: str
    levels: tuple[RoleLevelEntry, ...]


@dataclass(frozen=True, slots=True)
class SkillEntry:
    """A skill with its whole content; `updated` is the day of its last update, None if the file has none."""

    where: str
    key: str
    content: SkillContent
    updated: date | None


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group of a domain. Its skills refer to it: `SkillContent.group`."""

    where: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class DomainEntry:
    """A domain with its groups, in the order of the file."""

    where: str
    key: str
    name: str
    groups: tuple[GroupEntry, ...]


@dataclass(frozen=True, slots=True)
class FrameworkFile:
    """A whole file without faults: all references are to entries of the same file, and nothing occurs twice.

    `digest` is the SHA-256 of the file's content: a file that was loaded before is recognised by it.
    """

    digest: str
    framework: FrameworkEntry
    levels: tuple[LevelEntry, ...]
    roles: tuple[RoleEntry, ...]
    domains: tuple[DomainEntry, ...]
    skills: tuple[SkillEntry, ...]


def read_content(path: Path) -> bytes:
    """Return the bytes of the file at `path`; what they say is up to `parse`.

    Raises `FileRefusedError` if the file is missing, larger than `MAX_FILE_SIZE` or unreadable.
    """
    try:
        # The size is checked before the file is read into memory.
        if path.stat().st_size > MAX_FILE_SIZE:
            raise FileRefusedError([FileFault("", f"is larger than {MAX_FILE_SIZE} bytes")])
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileRefusedError([FileFault("", "there is no such file")]) from error
    except OSError as error:
        raise FileRefusedError([FileFault("", f"cannot be read: {error.strerror}")]) from error


def build_digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal.

    `Framework.loaded_digest` has that of the file loaded last.
    """
    return hashlib.sha256(content).hexdigest()


def parse(content: bytes) -> FrameworkFile:
    """Return a framework file from its bytes, JSON in UTF-8.

    Raises `FileRefusedError` with every fault if it is not a framework.
    """
    data = decode(content)
    # Nothing is built from data with faults: the functions below rely on every field and reference.
    faults = find_faults(data)
    if faults:
        raise FileRefusedError(faults)
    return _build_file(data, build_digest(content))


def _build_file(data: Json, digest: str) -> FrameworkFile:
    # The skills of all groups, in the order of the file; each refers to its group by "domain key/group key".
    groups = [
        (where, get_key(domain), group)
        for domain_where, domain in add_paths("domains", data["domains"])
        for where, group in list_children(domain_where, "groups", domain)
    ]
    return FrameworkFile(
        digest=digest,
        framework=FrameworkEntry(**data["framework"] | {"name": get_name(data["framework"])}),
        levels=tuple(_build_levels(data["levels"])),
        roles=tuple(_build_role(where, role) for where, role in add_paths("roles", data["roles"])),
        domains=tuple(_build_domain(where, domain) for where, domain in add_paths("domains", data["domains"])),
        skills=tuple(
            _build_skill(path, f"{domain_key}/{get_key(group)}", skill)
            for where, domain_key, group in groups
            for path, skill in list_children(where, "skills", group)
        ),
    )


def _build_levels(levels: Iterable[Json]) -> Iterator[LevelEntry]:
    # The last rank given in each track.
    ranks: dict[str, int] = {}
    for level in levels:
        track = level.get("track", "")
        ranks[track] = ranks.get(track, 0) + 1
        yield LevelEntry(get_level_slug(level), get_name(level), track, ranks[track])


def _build_role(where: str, role: Json) -> RoleEntry:
    levels = tuple(
        RoleLevelEntry(entry["level"], normalize_name(entry.get("title", "")), entry.get("introduction", ""))
        for entry in role.get("levels", [])
    )
    return RoleEntry(where, get_key(role), get_name(role), role.get("introduction", ""), levels)


def _build_domain(where: str, domain: Json) -> DomainEntry:
    groups = tuple(
        GroupEntry(path, get_key(group), get_name(group)) for path, group in list_children(where, "groups", domain)
    )
    return DomainEntry(where, get_key(domain), get_name(domain), groups)


def _build_skill(where: str, group_path: str, skill: Json) -> SkillEntry:
    # The file has a list; `find_faults` has refused any that names a place twice.
    cells = {
        Place(row["role"], row["level"]): Cell(
            row["description"], row.get("obligation", Obligation.NOT_STATED.value), row.get("proficiency", "")
        )
        for row in skill["requirements"]
    }
    content = SkillContent(get_name(skill), skill.get("summary", ""), get_tag_line(skill), group_path, Matrix(cells))
    return SkillEntry(where, get_key(skill), content, parse_day(skill.get("updated", "")))
