"""Reads settings from the environment and refuses wrong values in one clear line."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "[::1]", "localhost"})
SECRET_KEY_LENGTH = 50

env = environ.Env()


def refuse(variable: str, reason: str) -> NoReturn:
    """End the process with one line that names the variable at fault.

    SystemExit rather than ImproperlyConfigured: manage.py, the web server and a
    worker all print it as it is, without a traceback.
    """
    raise SystemExit(f"Stufenplan cannot start: {variable}: {reason}")


def flag(variable: str, *, default: bool) -> bool:
    """Return a yes/no variable; refuses anything but 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(variable, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    refuse(variable, f"'{value}' is neither 1 nor 0")


def number(variable: str, default: int, *, at_least: int = 0) -> int:
    """Return a whole number; refuses anything else, and numbers below `at_least`."""
    value = os.environ.get(variable, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < at_least:
        refuse(variable, f"'{value}' is not a whole number of at least {at_least}")
    return int(value)


def words(variable: str) -> list[str]:
    """Return a comma-separated list without its empty parts."""
    return [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]


def _url(variable: str, default: str, parse: Callable[[str], Any], kinds: str) -> dict[str, Any]:
    value = os.environ.get(variable, "").strip() or default
    try:
        parsed = dict(parse(value))
    except (ImproperlyConfigured, ValueError, KeyError, AttributeError):
        refuse(variable, f"is not a URL of a known kind (known: {kinds})")
    return parsed


def database(base_dir: Path) -> dict[str, Any]:
    """Return the settings of the one database: SQLite under var/ unless DATABASE_URL says otherwise."""
    default = f"sqlite:///{base_dir / 'var' / 'stufenplan.sqlite3'}"
    value = os.environ.get("DATABASE_URL", "").strip() or default
    scheme = value.partition(":")[0]
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        refuse("DATABASE_URL", f"unknown engine '{scheme}' (known: sqlite, postgresql)")
    parsed = _url("DATABASE_URL", default, environ.Env.db_url_config, "sqlite:///PATH, postgresql://USER@HOST/NAME")
    if not parsed.get("NAME"):
        refuse("DATABASE_URL", "names no database")
    if scheme == "sqlite":
        parsed["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY"
            ),
        }
    else:
        parsed["CONN_HEALTH_CHECKS"] = True
        parsed.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    parsed["CONN_MAX_AGE"] = number("DATABASE_CONN_MAX_AGE", 600)
    return parsed


def cache() -> dict[str, Any]:
    """Return the settings of the shared cache: in this process unless CACHE_URL says otherwise."""
    return _url("CACHE_URL", "locmemcache://", environ.Env.cache_url_config, "locmemcache://, rediscache://HOST:PORT/1")


def site_url() -> str:
    """Return the address people use, without a trailing slash, or '' to take it from each request."""
    value = os.environ.get("SITE_URL", "").strip().rstrip("/")
    if value:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            refuse("SITE_URL", f"'{value}' is not of the form https://example.org")
    return value


def listens_locally() -> bool:
    """Whether the address to listen on (HOST) is reachable from this machine only."""
    return os.environ.get("HOST", "127.0.0.1").strip() in LOOPBACK_HOSTS


def allowed_hosts(address: str) -> list[str]:
    """Return the host names served: ALLOWED_HOSTS, else this machine's own and SITE_URL's."""
    hosts = words("ALLOWED_HOSTS")
    if hosts:
        return hosts
    if address:
        return [urlsplit(address).hostname or "", "localhost", "127.0.0.1", "[::1]"]
    if not listens_locally():
        refuse("ALLOWED_HOSTS", "must name the hosts to serve when HOST is not this machine alone")
    return ["localhost", "127.0.0.1", "[::1]"]


def secret_key(path: Path) -> str:
    """Return SECRET_KEY, or on a loopback address the key kept in `path`, made on first use.

    A key that is short or well known is refused; the file is readable to its owner only.
    """
    value = os.environ.get("SECRET_KEY", "")
    if value:
        if len(value) < SECRET_KEY_LENGTH or len(set(value)) < 5 or value.startswith("django-insecure-"):
            refuse("SECRET_KEY", f"must be at least {SECRET_KEY_LENGTH} random characters")
        return value
    if not listens_locally():
        refuse("SECRET_KEY", "must be set when HOST is not this machine alone")
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(SECRET_KEY_LENGTH))
    return path.read_text().strip()


def _write_once(path: Path, value: str) -> None:
    """Create `path` whole and private; of two processes at once the first one's value stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    with os.fdopen(handle, "w") as file:
        file.write(value)
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
