"""What fresh pages cost when the catalogue is large: `python -m benchmarks.growth`.

Made-up frameworks are loaded through the product's own loader, into a SQLite database that
goes again or, with scripts/with-postgres before the command, into that PostgreSQL. A catalogue
that is already in the database of DATABASE_URL is measured as it is.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.site import environment_in

FRAMEWORKS, DOMAINS, GROUPS, ROLES, ROLES_OF_A_SKILL = 10, 8, 5, 20, 4
LEVELS = ("Junior", "Middle", "Senior", "Lead", "Principal")
WORDS_OF_A_TEXT, VOCABULARY = 30, 3000
SYLLABLES = "ba de fi go ku la me ni po ru sa te vi wo zu".split()  # noqa: SIM905 - reads better
TURNS = 7

_random = random.Random(1)  # noqa: S311 - the same catalogue each time
_vocabulary = ["".join(_random.choices(SYLLABLES, k=_random.randint(2, 5))) for _ in range(VOCABULARY)]


def main() -> None:
    """Fill a database unless it is full, time the pages, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--skills", type=int, default=5000, help="of 20 requirements each (default: 5000)")
    skills = parser.parse_args().skills
    with tempfile.TemporaryDirectory(prefix="stufenplan-growth-") as folder:
        os.environ.update(environment_in(Path(folder)) | _given_database() | {"BENCHMARK_FRESH": "1"})
        _set_up(Path(folder), skills)
        for line in _timed(_addresses()):
            sys.stdout.write(f"{line}\n")


def _given_database() -> dict[str, str]:
    url = os.environ.get("DATABASE_URL", "")
    return {"DATABASE_URL": url} if url else {}


def _set_up(folder: Path, skills: int) -> None:
    import django  # noqa: PLC0415 - settings are read now that the environment is what it should be
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)

    from skills.models import Skill  # noqa: PLC0415

    if Skill.objects.exists():
        return
    begin = perf_counter()
    for number in range(FRAMEWORKS):
        path = folder / f"grown-{number}.json"
        path.write_text(json.dumps(_framework(number, skills // FRAMEWORKS)))
        call_command("load_content", str(path))
    sys.stdout.write(f"{skills} skills loaded in {perf_counter() - begin:.0f} s\n")


def _framework(number: int, skills: int) -> dict[str, Any]:
    names = iter(_names(skills))
    roles = _names(ROLES)
    per_group = -(-skills // (DOMAINS * GROUPS))
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
                        "skills": [_skill(skill) for skill in islice(names, per_group)],
                    }
                    for part, group in enumerate(_names(GROUPS))
                ],
            }
            for index, domain in enumerate(_names(DOMAINS))
        ],
    }


def _skill(name: str) -> dict[str, Any]:
    return {
        "key": name.lower().replace(" ", "-"),
        "name": name,
        "summary": _text(),
        "requirements": [
            {"role": f"role-{role}", "level": level.lower(), "obligation": "mandatory", "description": _text()}
            for role in _random.sample(range(ROLES), ROLES_OF_A_SKILL)
            for level in LEVELS
        ],
    }


def _names(count: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names[" ".join(_random.choices(_vocabulary, k=3)).title()] = None
    return list(names)


def _text() -> str:
    """Words as in real texts: a few often, most of them seldom."""
    return " ".join(_vocabulary[int(VOCABULARY * _random.random() ** 3)] for _ in range(WORDS_OF_A_TEXT))


def _addresses() -> dict[str, str]:
    from skills.browse.listing import PAGE_SIZE  # noqa: PLC0415
    from skills.models import Domain, Framework, Group, Role, Skill  # noqa: PLC0415

    skill, role = Skill.objects.order_by("pk")[0], Role.objects.order_by("pk")[0]
    frequent, seldom = _vocabulary[0], _vocabulary[-1]
    things = [skill, role] + [model._default_manager.order_by("pk")[0] for model in (Domain, Group, Framework)]
    return {
        "home": "/en/",
        "list": "/en/skills/",
        "list, last page": f"/en/skills/?page={-(-Skill.objects.count() // PAGE_SIZE)}",
        "list, filtered": f"/en/skills/?role={role.slug}&level=senior",
        "list, by size": "/en/skills/?sort=size",
        "list, by change": "/en/skills/?sort=updated",
        "search, frequent": f"/en/skills/?q={frequent}",
        "search, seldom": f"/en/skills/?q={seldom}",
        "roles": "/en/roles/",
        "domains": "/en/domains/",
        "frameworks": "/en/frameworks/",
        **{thing._meta.model_name: thing.get_absolute_url() for thing in things},
        "sitemap": "/sitemap.xml",
        "not found": "/en/skills/there-is-none/",
    }


def _timed(addresses: dict[str, str]) -> Iterator[str]:
    """Yield for each page the median of its time."""
    from django.test import Client  # noqa: PLC0415

    client = Client(headers={"host": "127.0.0.1"})
    yield f"{'':18}{'ms':>8}"
    for name, address in addresses.items():
        times, status = [], 0
        for _ in range(TURNS):
            begin = perf_counter()
            status = client.get(address).status_code
            times.append(perf_counter() - begin)
        yield f"{name:18}{median(times) * 1000:8.1f}  {status}"


if __name__ == "__main__":
    main()
