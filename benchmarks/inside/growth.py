"""Loads invented frameworks with `load_content` and measures the time of fresh pages."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from django.core.management import call_command
from django.test import Client

from benchmarks.chance import build_random
from skills.browse.listing import PAGE_SIZE
from skills.models import Domain, Framework, Group, Role, Skill

FRAMEWORKS, DOMAINS, GROUPS, ROLES, ROLES_PER_SKILL = 10, 8, 5, 20, 4
LEVELS = ("Junior", "Middle", "Senior", "Lead", "Principal")
WORDS_PER_TEXT, VOCABULARY_SIZE = 30, 3000
SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "zu")
TURNS = 7  # requests for each page; the median is printed

_random = build_random()
_vocabulary = ["".join(_random.choices(SYLLABLES, k=_random.randint(2, 5))) for _ in range(VOCABULARY_SIZE)]


def measure(folder: str, skill_count: str) -> None:
    """Fill the database unless it has skills already, measure the pages, print.

    `folder` is a path for temporary files; `skill_count` is the text of a number from the command line.
    """
    _fill_database(Path(folder), int(skill_count))
    for line in _time_pages(_list_paths()):
        sys.stdout.write(f"{line}\n")


def _fill_database(folder: Path, skill_count: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)

    if Skill.objects.exists():
        return
    start = perf_counter()
    for number in range(FRAMEWORKS):
        path = folder / f"grown-{number}.json"
        path.write_text(json.dumps(_build_framework(number, skill_count // FRAMEWORKS)))
        call_command("load_content", str(path))
    sys.stdout.write(f"{skill_count} skills loaded in {perf_counter() - start:.0f} s\n")


def _build_framework(number: int, skill_count: int) -> dict[str, Any]:
    """Return a framework in the file format of `load_content`."""
    names = iter(_build_names(skill_count))
    roles = _build_names(ROLES)
    per_group = -(-skill_count // (DOMAINS * GROUPS))  # rounded up
    name = f"Grown {number}"
    return {
        "format": "stufenplan-framework/1",
        "framework": {"slug": f"grown-{number}", "name": name, "language": "en", "source": "", "licence": "none"},
        "levels": [{"slug": level.lower(), "name": level} for level in LEVELS],
        "roles": [{"key": f"role-{index}", "name": role} for index, role in enumerate(roles)],
        "domains": [
            {
                "key": f"domain-{index}",
                "name": domain,
                "groups": [
                    {
                        "key": f"group-{part}",
                        "name": group,
                        # One iterator for all groups: each takes the next names.
                        "skills": [_build_skill(skill) for skill in islice(names, per_group)],
                    }
                    for part, group in enumerate(_build_names(GROUPS))
                ],
            }
            for index, domain in enumerate(_build_names(DOMAINS))
        ],
    }


def _build_skill(name: str) -> dict[str, Any]:
    return {
        "key": name.lower().replace(" ", "-"),
        "name": name,
        "summary": _build_text(),
        "requirements": [
            {"role": f"role-{role}", "level": level.lower(), "obligation": "mandatory", "description": _build_text()}
            for role in _random.sample(range(ROLES), ROLES_PER_SKILL)
            for level in LEVELS
        ],
    }


def _build_names(count: int) -> list[str]:
    names: dict[str, None] = {}  # a set that keeps the order: names must be unique
    while len(names) < count:
        names[" ".join(_random.choices(_vocabulary, k=3)).title()] = None
    return list(names)


def _build_text() -> str:
    """Return a text whose words are distributed as in real texts: a few are frequent, most are rare."""
    # random() ** 3 is mostly near 0, so the first words of the vocabulary are chosen most often.
    return " ".join(_vocabulary[int(VOCABULARY_SIZE * _random.random() ** 3)] for _ in range(WORDS_PER_TEXT))


def _list_paths() -> dict[str, str]:
    """Return the path of each page to measure, by a name for the report."""
    skill, role = Skill.objects.order_by("pk")[0], Role.objects.order_by("pk")[0]
    frequent_word, rare_word = _vocabulary[0], _vocabulary[-1]
    objects = [skill, role] + [model._default_manager.order_by("pk")[0] for model in (Domain, Group, Framework)]
    return {
        "home": "/en/",
        "list": "/en/skills/",
        "list, last page": f"/en/skills/?page={-(-Skill.objects.count() // PAGE_SIZE)}",
        "list, filtered": f"/en/skills/?role={role.slug}&level=senior",
        "list, by size": "/en/skills/?sort=size",
        "list, by change": "/en/skills/?sort=updated",
        "search, frequent": f"/en/skills/?q={frequent_word}",
        "search, seldom": f"/en/skills/?q={rare_word}",
        "roles": "/en/roles/",
        "domains": "/en/domains/",
        "frameworks": "/en/frameworks/",
        **{item._meta.model_name: item.get_absolute_url() for item in objects},
        "sitemap": "/sitemap.xml",
        "not found": "/en/skills/there-is-none/",
    }


def _time_pages(paths: dict[str, str]) -> Iterator[str]:
    """Yield a line for each page: the median of its time and its last status."""
    client = Client(headers={"host": "127.0.0.1"})
    yield f"{'':18}{'ms':>8}"
    for name, path in paths.items():
        times, status = [], 0
        for _ in range(TURNS):
            start = perf_counter()
            status = client.get(path).status_code
            times.append(perf_counter() - start)
        yield f"{name:18}{median(times) * 1000:8.1f}  {status}"
