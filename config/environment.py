"""Reads settings from the environment and refuses wrong values in one clear line.

Every variable is described in docs/operating.md.
"""

import os
import secrets
import tempfile
import zoneinfo
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from config import cache_url, private_files
from config.database import sqlite_connection

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "[::1]", "localhost"})
SECRET_KEY_LENGTH = 50
SECRET_KEY_DISTINCT_CHARACTERS = 5  # different ones
HIGHEST_PORT = 65535
SQLITE_PREFIX = "sqlite:///"
SQLITE_OPTIONS = {
    "factory": sqlite_connection.LimitedConnection,
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY"
    ),
}
MAIL_SERVERS = {"smtp": (25, {}), "smtp+tls": (587, {"use_tls": True}), "smtps": (465, {"use_ssl": True})}
MAIL_URL_FORMS = "smtp+tls://USER:PASSWORD@HOST:587, smtps://…, smtp://…, file:///DIRECTORY, console://"
MAIL_TIMEOUT = 20
OIDC_PROVIDER = "sso"  # stands in the callback address
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def refuse(variable: str, reason: str) -> NoReturn:
    """End the process with one line that names the variable at fault: raises `SystemExit`.

    SystemExit rather than ImproperlyConfigured: manage.py, the web server and a
    worker all print it as it is, without a traceback.
    """
    raise SystemExit(f"Stufenplan cannot start: {variable}: {reason}")


def get_text(variable: str, default: str = "") -> str:
    """Return a variable without white space around it; an empty one counts as not set."""
    return os.environ.get(variable, "").strip() or default


def get_flag(variable: str, *, default: bool) -> bool:
    """Return a yes/no variable; refuses anything but 1/0, true/false, yes/no, on/off."""
    value = get_text(variable).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    refuse(variable, f"'{value}' is neither 1 nor 0")


def get_number(variable: str, default: int, *, at_least: int = 0, at_most: int = 2**31 - 1) -> int:
    """Return a whole number; refuses anything else, and numbers outside the two limits."""
    value = get_text(variable)
    if not value:
        return default
    is_number = value.isascii() and value.isdigit() and len(value) <= len(str(at_most))
    if not is_number or not at_least <= int(value) <= at_most:
        refuse(variable, f"'{value}' is not a whole number from {at_least} to {at_most}")
    return int(value)


def get_list(variable: str) -> list[str]:
    """Return a comma-separated list without its empty parts."""
    return [part.strip() for part in get_text(variable).split(",") if part.strip()]


def get_database_settings(base_dir: Path, var_dir: Path) -> dict[str, Any]:
    """Return the settings of the one database: SQLite in `var_dir` unless DATABASE_URL says otherwise."""
    value = get_text("DATABASE_URL")
    scheme = value.partition(":")[0]
    if not value or scheme == "sqlite":
        parsed = _parse_sqlite_url(value or f"{SQLITE_PREFIX}{var_dir / 'stufenplan.sqlite3'}", base_dir)
    elif scheme in {"postgres", "postgresql"}:
        parsed = _parse_postgresql_url(value)
    else:
        refuse("DATABASE_URL", f"unknown engine '{scheme}' (known: sqlite, postgresql)")
    parsed["CONN_MAX_AGE"] = get_number("DATABASE_CONN_MAX_AGE", 600)
    return parsed


def _parse_sqlite_url(url: str, base_dir: Path) -> dict[str, Any]:
    """Read `sqlite:///PATH`. A relative path starts at the repository: the working directory decides nothing."""
    path = unquote(url.removeprefix(SQLITE_PREFIX))
    if not (url.startswith(SQLITE_PREFIX) and path):
        refuse("DATABASE_URL", "is not of the form sqlite:///PATH")
    name = path if path == ":memory:" else str(base_dir / path)
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": dict(SQLITE_OPTIONS)}


def _parse_postgresql_url(url: str) -> dict[str, Any]:
    """Read `postgresql://USER:PASSWORD@HOST:PORT/NAME?option=value`; a host that is a path is a socket's directory."""
    parts = _split_url("DATABASE_URL", url)
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        refuse("DATABASE_URL", "names no database")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": _get_host(parts),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": "5", **dict(parse_qsl(parts.query))},
    }


def _get_host(parts: SplitResult) -> str:
    """Return the host as written: `parts.hostname` is in lower case, and a directory's name may not be."""
    after_user = parts.netloc.rpartition("@")[2]
    return unquote(after_user.removesuffix(f":{parts.port}").strip("[]"))


def _split_url(variable: str, url: str) -> SplitResult:
    """Split a URL; refuses one whose parts cannot be told apart. The URL is not repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # is only read, and refused, here
    except ValueError as error:
        refuse(variable, f"is not a URL: {error}")
    return parts


def get_cache_settings() -> dict[str, Any]:
    """Return the settings of the shared cache: a table of the database unless CACHE_URL says otherwise.

    Limits of sign-in are counted there, so all processes must see one cache; and
    nobody must be able to push a count out of it by making many others.
    """
    value = get_text("CACHE_URL")
    if not value:
        return {
            "BACKEND": cache_url.BACKENDS["dbcache"],
            "LOCATION": "cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    try:
        return cache_url.read_cache_url(urlsplit(value))
    except ValueError as error:
        refuse("CACHE_URL", str(error))


def get_mailer_settings(var_dir: Path) -> dict[str, Any]:
    """Return how e-mail leaves: as files in var/mail unless EMAIL_URL says otherwise."""
    parts = _split_url("EMAIL_URL", get_text("EMAIL_URL", (var_dir / "mail").as_uri()))
    if parts.scheme in MAIL_SERVERS and parts.hostname:
        return _build_mail_server(parts)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return {"BACKEND": "accounts.mail.files.FileEmailBackend", "OPTIONS": {"file_path": unquote(parts.path)}}
    if parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    refuse("EMAIL_URL", f"is not of a known form (known: {MAIL_URL_FORMS})")


def _build_mail_server(parts: SplitResult) -> dict[str, Any]:
    port, encryption = MAIL_SERVERS[parts.scheme]
    return {
        "BACKEND": "accounts.mail.server.SmtpEmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or port,
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "timeout": MAIL_TIMEOUT,
            **encryption,
        },
    }


def get_time_zone() -> str:
    """Return the name of the time zone that times are shown in; refuses one that this machine does not know."""
    name = get_text("TIME_ZONE", "Europe/Berlin")
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        refuse("TIME_ZONE", f"'{name}' is not a time zone such as Europe/Berlin")
    return name


def get_log_level() -> str:
    """Return the least level of a message that is logged."""
    level = get_text("LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        refuse("LOG_LEVEL", f"'{level}' is none of {', '.join(LOG_LEVELS)}")
    return level


def prepare_private_folder(variable: str, default: Path) -> Path:
    """Return a folder, made if it is not there, that its owner alone may read now, with what lies directly in it.

    Refuses one that cannot be made, read or written, and one that all users share, such as /tmp.
    """
    path = Path(os.environ.get(variable, "").strip() or default).absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if private_files.is_shared(path):
            refuse(variable, f"{path} is shared by everybody; name a folder of the site's own")
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            refuse(variable, f"{path} belongs to another user, and this one may not write there")
        private_files.make_private(path, is_recursive=False)
    except OSError as error:
        refuse(variable, f"cannot use {path}: {error.strerror}")
    return path


def get_site_url() -> str:
    """Return the address people use, without a trailing slash, or '' to take it from each request."""
    value = get_text("SITE_URL").rstrip("/")
    if value:
        parts = _split_url("SITE_URL", value)
        is_address = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
        if not is_address or parts.path or parts.query or parts.fragment or " " in value:
            refuse("SITE_URL", f"'{value}' is not of the form https://example.org")
    return value


def get_identity_providers() -> dict[str, dict[str, Any]]:
    """Return the servers that people may sign in through, in allauth's form: those whose keys are set."""
    google = _get_keys(
        GOOGLE_CLIENT_ID=get_text("GOOGLE_CLIENT_ID"),
        GOOGLE_CLIENT_SECRET=get_text("GOOGLE_CLIENT_SECRET"),
    )
    github = _get_keys(
        GITHUB_CLIENT_ID=get_text("GITHUB_CLIENT_ID"),
        GITHUB_CLIENT_SECRET=get_text("GITHUB_CLIENT_SECRET"),
    )
    oidc = _get_keys(
        OIDC_CLIENT_ID=get_text("OIDC_CLIENT_ID"),
        OIDC_CLIENT_SECRET=get_text("OIDC_CLIENT_SECRET"),
        OIDC_SERVER_URL=get_text("OIDC_SERVER_URL").rstrip("/"),
    )
    providers: dict[str, dict[str, Any]] = {}
    if google:
        providers["google"] = {"APPS": [_build_app(google)], "SCOPE": ["profile", "email"], "OAUTH_PKCE_ENABLED": True}
    if github:
        providers["github"] = {"APPS": [_build_app(github)], "SCOPE": ["read:user", "user:email"]}
    if oidc:
        providers["openid_connect"] = {"APPS": [_build_openid_app(oidc)]}
    return providers


def get_identity_origins(providers: dict[str, dict[str, Any]]) -> list[str]:
    """Return where the sign-in buttons of these servers lead: browsers hold a form's policy against its redirects."""
    origins = {"google": "https://accounts.google.com", "github": "https://github.com"}
    for app in providers.get("openid_connect", {}).get("APPS", []):
        parts = urlsplit(app["settings"]["server_url"])
        origins["openid_connect"] = f"{parts.scheme}://{parts.netloc}"
    return [origins[name] for name in providers]


def _get_keys(**variables: str) -> list[str]:
    """Return the values of variables that belong together, nothing when none is set; refuses some without the rest."""
    missing = [name for name, value in variables.items() if not value]
    if missing and len(missing) < len(variables):
        present = next(name for name, value in variables.items() if value)
        refuse(missing[0], f"must be set together with {present}")
    return [] if missing else list(variables.values())


def _build_app(keys: list[str]) -> dict[str, Any]:
    client_id, secret, *_more = keys
    return {"client_id": client_id, "secret": secret}


def _build_openid_app(keys: list[str]) -> dict[str, Any]:
    """Return an OpenID Connect server, spoken to over https unless it is on this machine."""
    address = keys[2]
    parts = _split_url("OIDC_SERVER_URL", address)
    is_here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
        refuse("OIDC_SERVER_URL", f"'{address}' is not of the form https://login.example.org")
    settings = {"server_url": address, "oauth_pkce_enabled": True}
    name = get_text("OIDC_NAME", parts.hostname)
    return {**_build_app(keys), "provider_id": OIDC_PROVIDER, "name": name, "settings": settings}


def get_bind_address() -> tuple[str, int]:
    """Return the address and port to listen on: HOST and PORT, this machine alone unless said otherwise."""
    host = get_text("HOST", "127.0.0.1")
    written = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return written, get_number("PORT", 8000, at_least=1, at_most=HIGHEST_PORT)


def listens_locally() -> bool:
    """Whether the address to listen on (HOST) is reachable from this machine only."""
    return get_bind_address()[0] in LOOPBACK_HOSTS


def get_allowed_hosts(url: str) -> list[str]:
    """Return the host names served: ALLOWED_HOSTS, else this machine's own and SITE_URL's."""
    hosts = get_list("ALLOWED_HOSTS")
    if hosts:
        return hosts
    if url:
        return [urlsplit(url).hostname or "", "localhost", "127.0.0.1", "[::1]"]
    if not listens_locally():
        refuse("ALLOWED_HOSTS", "must name the hosts to serve when HOST is not this machine alone")
    return ["localhost", "127.0.0.1", "[::1]"]


def guess_site_url(hosts: list[str]) -> str:
    """Return the address that the site is reached at as far as HOST, PORT and the hosts served tell.

    Where HOST is every address of the machine, the first host served is as near as can be known.
    """
    host, port = get_bind_address()
    if not listens_locally():
        host = next((name.removeprefix(".") for name in hosts if name != "*"), host)
    return f"http://{host}:{port}"


def get_secret_key(path: Path) -> str:
    """Return SECRET_KEY, or on a loopback address the key kept in `path`, made on first use.

    A key that is short or well known is refused; the file is readable to its owner only.
    """
    value = get_text("SECRET_KEY")
    if value:
        if not _is_hard_to_guess(value):
            refuse("SECRET_KEY", f"must be at least {SECRET_KEY_LENGTH} random characters")
        return value
    if not listens_locally():
        refuse("SECRET_KEY", "must be set when HOST is not this machine alone")
    try:
        kept = _get_or_create_key(path)
    except OSError as error:
        refuse("SECRET_KEY", f"is not set, and {path} cannot be used: {error.strerror}")
    if not _is_hard_to_guess(kept):
        refuse("SECRET_KEY", f"is not set, and {path} holds no usable key; delete that file to have one made")
    return kept


def get_secret_key_fallbacks() -> list[str]:
    """Return the keys that SECRET_KEY had before, which are still read with; each is checked as SECRET_KEY is."""
    keys = get_list("SECRET_KEY_FALLBACKS")
    if not all(_is_hard_to_guess(key) for key in keys):
        refuse("SECRET_KEY_FALLBACKS", f"each key must be at least {SECRET_KEY_LENGTH} random characters")
    return keys


def _is_hard_to_guess(key: str) -> bool:
    return (
        len(key) >= SECRET_KEY_LENGTH
        and len(set(key)) >= SECRET_KEY_DISTINCT_CHARACTERS
        and not key.startswith("django-insecure-")
    )


def _get_or_create_key(path: Path) -> str:
    if not path.exists():
        _create_file_once(path, secrets.token_urlsafe(SECRET_KEY_LENGTH))
    return path.read_text(errors="replace").strip()


def _create_file_once(path: Path, value: str) -> None:
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
        Path(name).unlink()
