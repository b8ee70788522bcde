"""A framework as a file: read, checked as a whole, and returned as values.

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
    get_tag_line,
    list_children,
    parse_day,
)
from skills.exchange.strict_json import FileFault, FileRefusedError, decode
from skills.models import Obligation

LARGEST_FILE = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FrameworkEntry:
    """What a file says of the framework itself."""

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
    """What a role is called at a level, and how it is introduced there."""

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
    """A skill with its whole content, and the day it was last updated if the file says so."""

    where: str
    key: str
    content: SkillContent
    updated: date | None


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group of a domain; its skills name it in their content."""

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
    """A whole file. Everything in it refers only to what is in it, and nothing stands twice.

    `digest` is the SHA-256 of the file, so that one loaded before is known without a look inside.
    """

    digest: str
    framework: FrameworkEntry
    levels: tuple[LevelEntry, ...]
    roles: tuple[RoleEntry, ...]
    domains: tuple[DomainEntry, ...]
    skills: tuple[SkillEntry, ...]


def read(path: Path) -> FrameworkFile:
    """Return what the file at `path` says; raises `FileRefusedError` with every fault if it cannot be used."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise FileRefusedError([FileFault("", f"is larger than {LARGEST_FILE} bytes")])
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise FileRefusedError([FileFault("", "there is no such file")]) from error
    except OSError as error:
        raise FileRefusedError([FileFault("", f"cannot be read: {error.strerror}")]) from error
    return parse(content)


def parse(content: bytes) -> FrameworkFile:
    """Return what the content of a file says; raises `FileRefusedError` as `read` does."""
    data = decode(content)
    faults = find_faults(data)
    if faults:
        raise FileRefusedError(faults)
    return _build_file(data, hashlib.sha256(content).hexdigest())


def _build_file(data: Json, digest: str) -> FrameworkFile:
    groups = [
        (where, get_key(domain), group)
        for domain_where, domain in add_paths("domains", data["domains"])
        for where, group in list_children(domain_where, "groups", domain)
    ]
    return FrameworkFile(
        digest=digest,
        framework=FrameworkEntry(**data["framework"]),
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
    ranks: dict[str, int] = {}
    for level in levels:
        track = level.get("track", "")
        ranks[track] = ranks.get(track, 0) + 1
        yield LevelEntry(get_level_slug(level), level["name"], track, ranks[track])


def _build_role(where: str, role: Json) -> RoleEntry:
    levels = tuple(
        RoleLevelEntry(entry["level"], entry.get("title", ""), entry.get("introduction", ""))
        for entry in role.get("levels", [])
    )
    return RoleEntry(where, get_key(role), role["name"], role.get("introduction", ""), levels)


def _build_domain(where: str, domain: Json) -> DomainEntry:
    groups = tuple(
        GroupEntry(path, get_key(group), group["name"]) for path, group in list_children(where, "groups", domain)
    )
    return DomainEntry(where, get_key(domain), domain["name"], groups)


def _build_skill(where: str, group_path: str, skill: Json) -> SkillEntry:
    cells = {
        Place(row["role"], row["level"]): Cell(
            row["description"], row.get("obligation", Obligation.NOT_STATED.value), row.get("proficiency", "")
        )
        for row in skill["requirements"]
    }
    content = SkillContent(skill["name"], skill.get("summary", ""), get_tag_line(skill), group_path, Matrix(cells))
    return SkillEntry(where, get_key(skill), content, parse_day(skill.get("updated", "")))
