"""How the house is laid out, read from the code itself: who imports whom, how large a piece may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("skills", "accounts", "community", "config")  # each may import those before it
VAGUE_NAMES = {"services", "utils", "helpers", "misc", "common"}
LONGEST_MODULE = 400
LONGEST_TEMPLATE = 150
CODE = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py")) if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def imported(path: Path) -> Iterator[str]:
    """Yield the top-level package of every import of a file, late ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write it from the top: from skills import …"
            yield (node.module or "").split(".")[0]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_imports_never_lead_upwards(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    above = set(LAYERS[LAYERS.index(layer) + 1 :])
    assert set(imported(path)) & above == set(), f"{layer} must not know of what stands above it"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_modules_are_named_after_what_they_do_and_stay_small(path: Path) -> None:
    assert path.stem not in VAGUE_NAMES, "name it after its part of the product: revisions, search, …"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE, "make it a package, one matter a file"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_TEMPLATE, "take a part out into includes/"


def test_the_layers_are_all_there() -> None:
    assert {name_of(path).split("/")[0] for path in CODE} >= {"skills", "accounts", "config"}
    assert TEMPLATES != []
