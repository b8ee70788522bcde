"""How the code is laid out, read from the code itself: who imports whom, how large a piece may be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("skills", "accounts", "community", "config")  # each may import those before it
# The packages and modules of each app, lowest row first. Each may import from rows below its own;
# those in one row do not know each other.
ROWS = {
    "skills": (
        "text",
        "models",
        "content",
        "search",
        "revisions",
        "web",
        "feeds",
        "structure profile",
        "browse history exchange",
        "admin templatetags",
        "urls management",
        "apps",
    ),
    "accounts": (
        "models",
        "membership access rights confirmed_addresses",
        "mail",
        "sessions",
        "second_factor limits",
        "sign_in",
        "providers",
        "profile",
        "address privacy",
        "admin templatetags urls management",
        "apps",
    ),
    "community": (
        "models",
        "rules",
        "posting",
        "watching",
        "notifications",
        "events",
        "moderation",
        "appointing",
        "discussion",
        "suggestions",
        "drafting review",
        "skill_page",
        "reverting me",
        "privacy",
        "demo",
        "admin templatetags urls management",
        "apps",
    ),
}
# Every other package has a docstring only: a name is imported from the module that defines it.
FACES = {
    "accounts/admin/__init__.py",
    "accounts/models/__init__.py",
    "accounts/privacy/__init__.py",
    "community/models/__init__.py",
    "skills/admin/__init__.py",
    "skills/models/__init__.py",
    "skills/revisions/__init__.py",
    "skills/search/__init__.py",
}
VAGUE_NAMES = {"services", "utils", "helpers", "misc", "common"}
LONGEST_MODULE = 400
LONGEST_TEMPLATE = 150
LONGEST_TEMPLATE_LINE = 160
LONGEST_STYLE_SHEET = 199
LONGEST_STYLE_LINE = 119
MOST_MODULES = 15  # of a folder, beside its __init__.py
CODE = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
PACKAGES = [path for path in CODE if path.name == "__init__.py"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLE_SHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
INCLUDED = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"'#]+)""")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted name of every import of a file, late ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write it from the top: from skills import …"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def row_of(app: str, package: str) -> int:
    rows = [number for number, row in enumerate(ROWS[app]) if package in row.split()]
    assert len(rows) == 1, f"{app}/{package} has no row of its own in ROWS"
    return rows[0]


def assert_below(used: tuple[str, str], user: tuple[str, str]) -> None:
    """Assert that one package, given as app and name, may use another."""
    if used == user:
        return
    if used[0] != user[0]:
        assert APPS.index(used[0]) < APPS.index(user[0]), f"{user} must not know of {used}, which is above it"
    else:
        assert row_of(*used) < row_of(*user), f"{user} must not know of {used}: its row is not below"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_imports_go_down(path: Path) -> None:
    app, *rest = path.relative_to(ROOT).with_suffix("").parts
    for name in imported(path):
        used_app, _dot, used = name.partition(".")
        if used_app not in APPS:
            continue
        if app in ROWS and used_app == app and rest[0] != "__init__":
            assert_below((app, used.split(".")[0]), (app, rest[0]))
        else:
            assert APPS.index(used_app) <= APPS.index(app), f"{app} must not know of {used_app}"


@pytest.mark.parametrize("app", ROWS)
def test_every_package_has_a_row(app: str) -> None:
    found = {
        path.stem
        for path in (ROOT / app).iterdir()
        if path.name not in {"__init__.py", "__pycache__", "migrations"} and (path.is_dir() or path.suffix == ".py")
    }
    assert sorted(package for row in ROWS[app] for package in row.split()) == sorted(found)


def place_of(template: str) -> tuple[str, str] | None:
    """Return app and package of a template, None for what all use."""
    app, *rest = template.split("/")
    return (app, rest[0]) if app in ROWS and len(rest) > 1 and rest[0] != "includes" else None


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_include_what_is_below(path: Path) -> None:
    user = place_of(path.relative_to(ROOT / "templates").as_posix())
    for name in INCLUDED.findall(path.read_text(encoding="utf-8")):
        used = place_of(name)
        if user and used:
            assert_below(used, user)


@pytest.mark.parametrize("path", [path for path in PACKAGES if "formats" not in path.parts], ids=name_of)
def test_a_package_says_what_it_is_and_defines_nothing(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    is_technical = {"management", "commands", "templatetags"} & set(path.parts)
    if not is_technical:
        assert body, "say in a docstring what the package is"
        assert isinstance(body[0], ast.Expr), "say in a docstring what the package is"
    if name_of(path) not in FACES:
        assert len(body) <= 1, "a name is imported from the module that defines it"


@pytest.mark.parametrize("folder", sorted({path.parent for path in CODE}), ids=name_of)
def test_folders_stay_small(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= MOST_MODULES


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_modules_are_named_after_what_they_do_and_stay_small(path: Path) -> None:
    assert path.stem not in VAGUE_NAMES, "name it after its part of the product: revisions, search, …"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE, "make it a package, one matter a file"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_TEMPLATE, "take a part out into includes/"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_lines_fit_a_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if len(line) > LONGEST_TEMPLATE_LINE]
    assert found == [], "break it between attributes or at a space, or move its condition into a value"


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=name_of)
def test_style_sheets_say_what_they_are_for_and_stay_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("/* "), "say in the first line what it is for"
    assert len(lines) <= LONGEST_STYLE_SHEET, "make it two, and import both in static/css/app.css"
    assert [number for number, line in enumerate(lines, start=1) if len(line) > LONGEST_STYLE_LINE] == []


def test_the_apps_are_all_there() -> None:
    assert {name_of(path).split("/")[0] for path in CODE} == set(APPS)
    assert TEMPLATES != []
    assert STYLE_SHEETS != []
