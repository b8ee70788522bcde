"""docs/operating.md lists every variable there is, and none that is not."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON_FILES = ("config/environment.py", "config/settings.py", "config/gunicorn.py")
READ_BY_PYTHON = re.compile(
    r'\b(?:get_text|get_flag|get_number|get_list|prepare_private_folder|environ\.get|getenv)\(\s*"([A-Z_]+)"|environ\["([A-Z_]+)"\]'
)
READ_BY_SHELL = re.compile(r"\$\{([A-Z_]+)(?::?[-=?+])")
READ_BY_MAKE = re.compile(r"^([A-Z_]+) \?=", re.MULTILINE)
OF_OTHERS = {"HOME", "PATH", "PYENV_ROOT"}
LISTED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def read_variables() -> set[str]:
    """Return the names that settings, web server, scripts and Makefile take from the environment."""
    python = "\n".join((ROOT / name).read_text() for name in PYTHON_FILES)
    shell = [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]
    scripts = "\n".join(path.read_text() for path in shell if path.is_file() and path.suffix != ".py")
    names = {name for pair in READ_BY_PYTHON.findall(python) for name in pair if name}
    names |= set(READ_BY_SHELL.findall(scripts))
    names |= set(READ_BY_MAKE.findall((ROOT / "Makefile").read_text()))
    return names - OF_OTHERS


def listed_variables() -> list[str]:
    return LISTED.findall((ROOT / "docs" / "operating.md").read_text())


def test_every_variable_is_listed_and_no_other() -> None:
    assert read_variables() - set(listed_variables()) == set()
    assert set(listed_variables()) - read_variables() == set()


def test_each_variable_is_listed_once() -> None:
    assert sorted(listed_variables()) == sorted(set(listed_variables()))
