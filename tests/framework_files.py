"""Framework files for tests: small ones made here, and the way to load them as an operator does."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from skills.exchange import framework_file
from skills.exchange.framework_file import FrameworkFile


def small_framework() -> dict[str, Any]:
    """Return a framework of two levels, two roles and one skill with three requirements."""
    cells = [
        {"role": "baker", "level": "junior", "obligation": "mandatory", "description": "Feeds the starter."},
        {"role": "baker", "level": "senior", "obligation": "optional", "description": "Keeps three starters."},
        {"role": "cook", "level": "junior", "proficiency": "Awareness", "description": "Has seen one."},
    ]
    skill = {"name": "Sourdough", "summary": "Bread without yeast.", "tags": ["rye", "starter"], "requirements": cells}
    return {
        "format": "stufenplan-framework/1",
        "framework": {"slug": "bakery", "name": "Bakery", "licence": "CC BY 4.0"},
        "levels": [{"name": "Junior"}, {"name": "Senior"}],
        "roles": [{"name": "Baker"}, {"name": "Cook"}],
        "domains": [{"name": "Baking", "groups": [{"name": "Dough", "skills": [skill]}]}],
    }


def write(directory: Path, data: Any, name: str = "bakery.json") -> Path:
    """Write a framework file and return its path."""
    path = directory / name
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def read(path: Path) -> FrameworkFile:
    """Return the framework in the file at `path`, as loading it reads it."""
    return framework_file.parse(framework_file.read_content(path))


def load(*paths: Path) -> list[str]:
    """Run `load_content` and return the lines it printed, without the directory of the files."""
    out = StringIO()
    call_command("load_content", *map(str, paths), stdout=out)
    directories = {str(path if path.is_dir() else path.parent) for path in paths}
    lines = out.getvalue().splitlines()
    for directory in directories:
        lines = [line.replace(f"{directory}/", "") for line in lines]
    return lines
