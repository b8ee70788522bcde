"""Converts CACHE_URL, the URL of the shared cache, to the form of Django's setting CACHES."""

from ast import literal_eval
from importlib.util import find_spec
from typing import Any
from urllib.parse import SplitResult, parse_qsl

REDIS_BACKEND = "django.core.cache.backends.redis.RedisCache"
BACKENDS = {
    "locmemcache": "django.core.cache.backends.locmem.LocMemCache",
    "filecache": "django.core.cache.backends.filebased.FileBasedCache",
    "dbcache": "config.database.cache.DatabaseCache",
    **dict.fromkeys(("rediscache", "redis", "rediss"), REDIS_BACKEND),
}
CACHE_URL_FORMS = "locmemcache://, filecache:///PATH, dbcache://TABLE, rediscache://HOST:PORT/NUMBER"
# Parameters of the query that all backends know; the others are options of the backend.
COMMON_CACHE_SETTINGS = {"TIMEOUT", "KEY_PREFIX", "KEY_FUNCTION", "VERSION"}
REDIS_TIMEOUT = 5  # seconds that Redis may take to connect or to answer
REDIS_MISSING_REASON = (
    "asks for Redis, whose package is not installed; install requirements-redis.txt (docs/operating.md)"
)


def read_cache_url(parts: SplitResult) -> dict[str, Any]:
    """Return the settings of the cache that a URL names; its query may hold more settings, such as `?timeout=60`.

    Raises ValueError with the reason for an unknown scheme, and for Redis if its package is not installed.
    """
    backend = BACKENDS.get(parts.scheme)
    if backend is None:
        raise ValueError(f"is not a URL of a known kind (known: {CACHE_URL_FORMS})")
    if backend == REDIS_BACKEND and find_spec("redis") is None:
        raise ValueError(REDIS_MISSING_REASON)
    cache: dict[str, Any] = {"BACKEND": backend, "LOCATION": _build_location(parts)}
    options: dict[str, Any] = {}
    if backend == REDIS_BACKEND:
        options = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT}
    for name, value in parse_qsl(parts.query):
        if name.upper() in COMMON_CACHE_SETTINGS:
            cache[name.upper()] = _parse_value(value)
        else:
            options[name.lower() if backend == REDIS_BACKEND else name.upper()] = _parse_value(value)
    return {**cache, "OPTIONS": options} if options else cache


def _build_location(parts: SplitResult) -> str | list[str]:
    """Return LOCATION: the name of a table or of a memory, a folder, or the URLs of one or more Redis servers."""
    if parts.scheme == "filecache":
        return parts.netloc + parts.path
    if BACKENDS[parts.scheme] != REDIS_BACKEND:
        return parts.netloc
    has_host = bool(parts.netloc.rpartition("@")[2])  # the URL of a Unix socket has no host, but maybe a password
    scheme = parts.scheme.removesuffix("cache") if has_host else "unix"
    servers = [f"{scheme}://{server}{parts.path}" for server in parts.netloc.split(",")]
    return servers[0] if len(servers) == 1 else servers


def _parse_value(text: str) -> Any:
    """Convert "60", "True" or "None" to the Python value; return any other text unchanged."""
    try:
        return literal_eval(text)
    except (ValueError, SyntaxError):
        return text
