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
SECRET_KEY_DISTINCT_CHARACTERS = 5
HIGHEST_PORT = 65535
SQLITE_PREFIX = "sqlite:///"
SQLITE_OPTIONS = {
    "factory": sqlite_connection.LimitedConnection,
    "timeout": 20,  # seconds to wait for the write lock; requests wait less, see config/database/waits.py
    "transaction_mode": "IMMEDIATE",  # takes the write lock at the beginning, where waiting for it is possible
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY"
    ),
}
MAIL_SERVERS = {"smtp": (25, {}), "smtp+tls": (587, {"use_tls": True}), "smtps": (465, {"use_ssl": True})}
MAIL_URL_FORMS = "smtp+tls://USER:PASSWORD@HOST:587, smtps://…, smtp://…, file:///DIRECTORY, console://"
MAIL_TIMEOUT = 20  # seconds that a mail server may take to answer
OIDC_PROVIDER = "sso"  # part of the callback URL
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def refuse(variable: str, reason: str) -> NoReturn:
    """End the process with one line that names the wrong variable and the reason: raises `SystemExit`.

    SystemExit rather than ImproperlyConfigured, because manage.py, the web server and a
    worker all print it without a traceback.
    """
    raise SystemExit(f"Stufenplan cannot start: {variable}: {reason}")


def get_text(variable: str, default: str = "") -> str:
    """Return a variable without surrounding white space.

    Returns `default` if the variable is not set or empty.
    """
    return os.environ.get(variable, "").strip() or default


def get_flag(variable: str, *, default: bool) -> bool:
    """Return a yes/no variable, `default` if it is not set.

    Accepts 1/0, true/false, yes/no, on/off in any case; refuses everything else.
    """
    value = get_text(variable).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    refuse(variable, f"'{value}' is neither 1 nor 0")


def get_number(variable: str, default: int, *, at_least: int = 0, at_most: int = 2**31 - 1) -> int:
    """Return a whole number, `default` if the variable is not set.

    Refuses everything else, and numbers outside the two limits (both inclusive).
    """
    value = get_text(variable)
    if not value:
        return default
    # The length is checked before int() is called: Python refuses to convert thousands of digits.
    is_number = value.isascii() and value.isdigit() and len(value) <= len(str(at_most))
    if not is_number or not at_least <= int(value) <= at_most:
        refuse(variable, f"'{value}' is not a whole number from {at_least} to {at_most}")
    return int(value)


def get_list(variable: str) -> list[str]:
    """Return the parts of a comma-separated variable, without white space and empty parts."""
    return [part.strip() for part in get_text(variable).split(",") if part.strip()]


def get_database_settings(base_dir: Path, var_dir: Path) -> dict[str, Any]:
    """Return the settings of the database, in the form of DATABASES["default"]: SQLite unless DATABASE_URL is set.

    The default file is in `var_dir`; a relative path starts at `base_dir`. Refuses a URL of another engine.
    """
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
    """Read `sqlite:///PATH`. A relative path starts at the repository, whatever the working directory is."""
    path = unquote(url.removeprefix(SQLITE_PREFIX))
    if not (url.startswith(SQLITE_PREFIX) and path):
        refuse("DATABASE_URL", "is not of the form sqlite:///PATH")
    name = path if path == ":memory:" else str(base_dir / path)
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": dict(SQLITE_OPTIONS)}


def _parse_postgresql_url(url: str) -> dict[str, Any]:
    """Read `postgresql://USER:PASSWORD@HOST:PORT/NAME?option=value`; HOST may also be the folder of a socket."""
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
    """Return the host as written: `parts.hostname` is in lower case, but the folder of a socket may not be."""
    after_user = parts.netloc.rpartition("@")[2]  # "user:pw@[::1]:5432" → "[::1]:5432"
    return unquote(after_user.removesuffix(f":{parts.port}").strip("[]"))


def _split_url(variable: str, url: str) -> SplitResult:
    """Split a URL; refuses one that cannot be parsed. The message does not repeat the URL: it may hold a password."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError if it is not a number; urlsplit itself does not check it
    except ValueError as error:
        refuse(variable, f"is not a URL: {error}")
    return parts


def get_cache_settings() -> dict[str, Any]:
    """Return the settings of the shared cache: a table of the database unless CACHE_URL says otherwise.

    The limits of sign-in are counted there, so all processes must see the same cache; and
    nobody must be able to push a count out of it by creating many other entries.
    """
    value = get_text("CACHE_URL")
    if not value:
        return {"BACKEND": cache_url.BACKENDS["dbcache"], "LOCATION": "cache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
    try:
        return cache_url.read_cache_url(urlsplit(value))
    except ValueError as error:
        refuse("CACHE_URL", str(error))


def get_mailer_settings(var_dir: Path) -> dict[str, Any]:
    """Return how e-mail is sent, as an entry of MAILERS: as files in the folder `mail` of `var_dir` by default.

    EMAIL_URL chooses a mail server, another folder or the console; refuses every other URL.
    """
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
    """Return the name of the time zone in which times are shown; refuses one that this machine does not know."""
    name = get_text("TIME_ZONE", "Europe/Berlin")
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        refuse("TIME_ZONE", f"'{name}' is not a time zone such as Europe/Berlin")
    return name


def get_log_level() -> str:
    """Return the lowest level of log messages that are written; refuses an unknown level."""
    level = get_text("LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        refuse("LOG_LEVEL", f"'{level}' is none of {', '.join(LOG_LEVELS)}")
    return level


def prepare_private_folder(variable: str, default: Path) -> Path:
    """Return the folder of a variable, created if missing; the folder and the files in it become private.

    Refuses a folder that cannot be created, read or written, and one that all users share, such as /tmp.
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
    """Return the URL of the site that people use, without a trailing slash, or '' to take it from each request."""
    value = get_text("SITE_URL").rstrip("/")
    if value:
        parts = _split_url("SITE_URL", value)
        is_address = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
        if not is_address or parts.path or parts.query or parts.fragment or " " in value:
            refuse("SITE_URL", f"'{value}' is not of the form https://example.org")
    return value


def get_identity_providers() -> dict[str, dict[str, Any]]:
    """Return the identity providers whose keys are set, in the form of allauth's SOCIALACCOUNT_PROVIDERS."""
    google = _get_keys(
        GOOGLE_CLIENT_ID=get_text("GOOGLE_CLIENT_ID"), GOOGLE_CLIENT_SECRET=get_text("GOOGLE_CLIENT_SECRET")
    )
    github = _get_keys(
        GITHUB_CLIENT_ID=get_text("GITHUB_CLIENT_ID"), GITHUB_CLIENT_SECRET=get_text("GITHUB_CLIENT_SECRET")
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
    """Return the origins of these identity providers, for the policy `form-action`.

    A sign-in button is a form that redirects to the provider, and browsers apply the policy to redirects too.
    """
    origins = {"google": "https://accounts.google.com", "github": "https://github.com"}
    for app in providers.get("openid_connect", {}).get("APPS", []):
        parts = urlsplit(app["settings"]["server_url"])
        origins["openid_connect"] = f"{parts.scheme}://{parts.netloc}"
    return [origins[name] for name in providers]


def _get_keys(**variables: str) -> list[str]:
    """Return the values of variables that belong together, [] if none is set; refuses some of them without the rest."""
    missing = [name for name, value in variables.items() if not value]
    if missing and len(missing) < len(variables):
        present = next(name for name, value in variables.items() if value)
        refuse(missing[0], f"must be set together with {present}")
    return [] if missing else list(variables.values())


def _build_app(keys: list[str]) -> dict[str, Any]:
    client_id, secret, *_server_url = keys
    return {"client_id": client_id, "secret": secret}


def _build_openid_app(keys: list[str]) -> dict[str, Any]:
    """Return the settings of an OpenID Connect server; it must use https unless it is on this machine."""
    server_url = keys[2]
    parts = _split_url("OIDC_SERVER_URL", server_url)
    is_local = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_local)):
        refuse("OIDC_SERVER_URL", f"'{server_url}' is not of the form https://login.example.org")
    settings = {"server_url": server_url, "oauth_pkce_enabled": True}
    name = get_text("OIDC_NAME", parts.hostname)
    return {**_build_app(keys), "provider_id": OIDC_PROVIDER, "name": name, "settings": settings}


def get_bind_address() -> tuple[str, int]:
    """Return the host and port to listen on, from HOST and PORT; by default only this machine can connect."""
    host = get_text("HOST", "127.0.0.1")
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host  # IPv6 is written in brackets
    return host, get_number("PORT", 8000, at_least=1, at_most=HIGHEST_PORT)


def listens_locally() -> bool:
    """Return whether the address to listen on (HOST) is reachable from this machine only."""
    return get_bind_address()[0] in LOOPBACK_HOSTS


def get_allowed_hosts(site_url: str) -> list[str]:
    """Return the host names to serve: ALLOWED_HOSTS, else those of this machine and of the site's URL.

    Refuses to guess if others can connect but neither ALLOWED_HOSTS nor the URL is set.
    """
    hosts = get_list("ALLOWED_HOSTS")
    if hosts:
        return hosts
    if site_url:
        return [urlsplit(site_url).hostname or "", "localhost", "127.0.0.1", "[::1]"]
    if not listens_locally():
        refuse("ALLOWED_HOSTS", "must name the hosts to serve when HOST is not this machine alone")
    return ["localhost", "127.0.0.1", "[::1]"]


def guess_site_url(hosts: list[str]) -> str:
    """Return the most likely URL of the site, from HOST, PORT and the served `hosts`.

    If HOST is not this machine alone (for example 0.0.0.0), the first served host is the best guess.
    """
    host, port = get_bind_address()
    if not listens_locally():
        host = next((name.removeprefix(".") for name in hosts if name != "*"), host)
    return f"http://{host}:{port}"


def get_secret_key(path: Path) -> str:
    """Return SECRET_KEY, or on a loopback address the key in the file `path`, created on first use.

    Refuses a key that is short or well known; the file is readable by its owner only.
    """
    value = get_text("SECRET_KEY")
    if value:
        if not _is_hard_to_guess(value):
            refuse("SECRET_KEY", f"must be at least {SECRET_KEY_LENGTH} random characters")
        return value
    if not listens_locally():
        refuse("SECRET_KEY", "must be set when HOST is not this machine alone")
    try:
        key = _get_or_create_key(path)
    except OSError as error:
        refuse("SECRET_KEY", f"is not set, and {path} cannot be used: {error.strerror}")
    if not _is_hard_to_guess(key):
        refuse("SECRET_KEY", f"is not set, and {path} holds no usable key; delete that file to have one made")
    return key


def get_secret_key_fallbacks() -> list[str]:
    """Return earlier values of SECRET_KEY, whose signatures stay valid; each is checked like SECRET_KEY."""
    keys = get_list("SECRET_KEY_FALLBACKS")
    if not all(_is_hard_to_guess(key) for key in keys):
        refuse("SECRET_KEY_FALLBACKS", f"each key must be at least {SECRET_KEY_LENGTH} random characters")
    return keys


def _is_hard_to_guess(key: str) -> bool:
    return (
        len(key) >= SECRET_KEY_LENGTH
        and len(set(key)) >= SECRET_KEY_DISTINCT_CHARACTERS
        and not key.startswith("django-insecure-")  # what `startproject` writes
    )


def _get_or_create_key(path: Path) -> str:
    if not path.exists():
        _create_file_once(path, secrets.token_urlsafe(SECRET_KEY_LENGTH))
    return path.read_text(errors="replace").strip()


def _create_file_once(path: Path, value: str) -> None:
    """Create a complete, private file; if two processes do this at once, the value of the first one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)  # with permissions 0600
    with os.fdopen(handle, "w") as file:
        file.write(value)
    try:
        os.link(name, path)  # fails if the file exists, unlike a rename
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
