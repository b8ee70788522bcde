"""Another process on the database of the test: PostgreSQL is open to it, SQLite is passed as a file.

The test must not be in a transaction (`django_db(transaction=True)`): others see only what is committed.
"""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection

PATIENCE_SECONDS = 60


def run_elsewhere(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the test's database until it ends or is killed; its files are in `folder`."""
    if connection.vendor == "postgresql":
        return _run(folder, address_of_postgresql(), arguments)
    file = folder / "handed-over.sqlite3"
    for left in folder.glob(f"{file.name}*"):
        left.unlink()
    connection.ensure_connection()
    _copy(connection.connection, file)
    done = _run(folder, f"sqlite:///{file}", arguments)
    _take_back(file)
    return done


def address_of_postgresql() -> str:
    """Return the DATABASE_URL of the test's database."""
    name = quote(str(connection.settings_dict["NAME"]), safe="")
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _run(folder: Path, database: str, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    variables = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings", "VAR_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def _copy(source: sqlite3.Connection, file: Path) -> None:
    target = sqlite3.connect(file)
    source.backup(target)
    target.close()


def _take_back(file: Path) -> None:
    """Load the file into this process as its next reader finds it: recovered, if the other process was killed."""
    source = sqlite3.connect(file)
    source.execute("PRAGMA journal_mode=DELETE")
    source.backup(connection.connection)
    source.close()
