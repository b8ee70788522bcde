"""Settings are right or refused in one line: each case starts the site as an operator does."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import cache_url, environment

ROOT = Path(__file__).resolve().parent.parent.parent
LINK = "https://example.org/" + "long-way/" * 20
SEND_MAIL = """
import django
django.setup()
from django.core.mail import send_mail
send_mail("Grüße", "LINK", None, ["reader@example.org"])
""".replace("LINK", LINK)
KEY = "b4Zq-8yTnWc2LsVx7RkEoHuJ5MfDpAg9Qi3CtXw6NzKv1SYUhB"
GUNICORN = ("-m", "gunicorn", "--config", "python:config.gunicorn", "--check-config", "config.wsgi")
CHECK = ("manage.py", "check")


def start(var: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in an environment that holds nothing but what is given."""
    only = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), **variables}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=only, capture_output=True, text=True, check=False)


def ask(var: Path, setting: str, **variables: str) -> str:
    """Return a setting as Python writes it."""
    asked = start(var, "-c", f"from config import settings; print(repr(settings.{setting}))", **variables)
    assert asked.stderr == ""
    return asked.stdout.strip()


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("DATABASE_URL", "foo", "unknown engine 'foo' (known: sqlite, postgresql)"),
        ("DATABASE_URL", "mysql://root@localhost/skills", "unknown engine 'mysql' (known: sqlite, postgresql)"),
        ("DATABASE_URL", "postgresql://localhost", "names no database"),
        (
            "DATABASE_URL",
            "postgresql://localhost:many/skills",
            "is not a URL: Port could not be cast to integer value as 'many'",
        ),
        ("DATABASE_URL", "sqlite://skills.sqlite3", "is not of the form sqlite:///PATH"),
        (
            "EMAIL_URL",
            "bad",
            f"is not of a known form (known: {environment.MAIL_URL_FORMS})",
        ),
        (
            "CACHE_URL",
            "bad",
            f"is not a URL of a known kind (known: {cache_url.CACHE_URL_FORMS})",
        ),
        ("PORT", "abc", "'abc' is not a whole number from 1 to 65535"),
        ("MAIL_KEEP_DAYS", "0", "'0' is not a whole number from 1 to 3650"),
        ("PORT", "65536", "'65536' is not a whole number from 1 to 65535"),
        ("TIME_ZONE", "Nowhere", "'Nowhere' is not a time zone such as Europe/Berlin"),
        ("SITE_URL", "example.org", "'example.org' is not of the form https://example.org"),
        (
            "SITE_URL",
            "https://example.org/skills",
            "'https://example.org/skills' is not of the form https://example.org",
        ),
        ("SITE_URL", "https://[", "is not a URL: Invalid IPv6 URL"),
        ("SECRET_KEY", "short", "must be at least 50 random characters"),
        ("SECRET_KEY", "a" * 60, "must be at least 50 random characters"),
        ("SECRET_KEY", "django-insecure-" + KEY, "must be at least 50 random characters"),
        ("SECRET_KEY_FALLBACKS", "short", "each key must be at least 50 random characters"),
        ("SECRET_KEY_FALLBACKS", f"{KEY},django-insecure-{KEY}", "each key must be at least 50 random characters"),
        ("DEBUG", "perhaps", "'perhaps' is neither 1 nor 0"),
        ("LOG_LEVEL", "loud", "'LOUD' is none of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("REQUIRE_STAFF_MFA", "perhaps", "'perhaps' is neither 1 nor 0"),
        ("HSTS_SECONDS", "-1", "'-1' is not a whole number from 0 to 2147483647"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(tmp_path: Path, variable: str, value: str, reason: str) -> None:
    needed = {"SITE_URL": "https://example.org", variable: value}
    refused = start(tmp_path, *CHECK, **needed)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"Stufenplan cannot start: {variable}: {reason}\n"


@pytest.mark.parametrize("command", [CHECK, GUNICORN], ids=["manage.py", "gunicorn"])
@pytest.mark.parametrize(
    ("variables", "variable", "reason"),
    [
        ({"ALLOWED_HOSTS": "example.org"}, "SECRET_KEY", "must be set when HOST is not this machine alone"),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS", "must name the hosts to serve when HOST is not this machine alone"),
    ],
    ids=["no key", "no hosts"],
)
def test_a_public_address_needs_key_and_hosts(
    tmp_path: Path, command: tuple[str, ...], variables: dict[str, str], variable: str, reason: str
) -> None:
    refused = start(tmp_path, *command, HOST="0.0.0.0", **variables)
    assert refused.returncode == 1
    assert refused.stderr == f"Stufenplan cannot start: {variable}: {reason}\n"


def test_a_public_address_with_key_and_hosts_starts(tmp_path: Path) -> None:
    accepted = start(tmp_path, *CHECK, HOST="0.0.0.0", SECRET_KEY=KEY, ALLOWED_HOSTS="example.org")
    assert (accepted.returncode, accepted.stderr) == (0, "")
    assert not (tmp_path / "secret-key").exists()


def test_earlier_keys_are_read_from_a_list(tmp_path: Path) -> None:
    assert ask(tmp_path, "SECRET_KEY_FALLBACKS") == "[]"
    earlier = f" {KEY} ,{KEY}2,"
    assert ask(tmp_path, "SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS=earlier) == repr([KEY, f"{KEY}2"])


@pytest.mark.parametrize("variable", ["WEB_CONCURRENCY", "WEB_THREADS"])
def test_the_web_server_refuses_its_own_wrong_values_in_one_line(tmp_path: Path, variable: str) -> None:
    refused = start(tmp_path, *GUNICORN, **{variable: "0"})
    assert refused.returncode == 1
    assert refused.stderr == f"Stufenplan cannot start: {variable}: '0' is not a whole number from 1 to 2147483647\n"


def test_a_database_out_of_reach_is_one_line(tmp_path: Path) -> None:
    refused = start(tmp_path, "manage.py", "migrate", DATABASE_URL=f"sqlite:///{tmp_path}/missing/skills.sqlite3")
    assert refused.returncode == 1
    assert refused.stderr == (
        "Stufenplan cannot start: DATABASE_URL: the database is not reached: unable to open database file\n"
    )


def test_a_password_is_never_repeated(tmp_path: Path) -> None:
    refused = start(tmp_path, *CHECK, DATABASE_URL="postgresql://owner:hidden@localhost:many/skills")
    assert "hidden" not in refused.stderr


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = ask(tmp_path, "SECRET_KEY")
    kept = tmp_path / "secret-key"
    assert repr(kept.read_text()) == first == ask(tmp_path, "SECRET_KEY")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["secret-key"]


def test_two_first_starts_at_once_agree_on_the_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from config import settings; print(settings.SECRET_KEY)"]
    only = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}
    both = [subprocess.Popen(command, cwd=ROOT, env=only, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert {process.communicate()[0].strip() for process in both} == {(tmp_path / "secret-key").read_text()}


def test_a_damaged_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("")
    refused = start(tmp_path, *CHECK)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Stufenplan cannot start: SECRET_KEY: is not set, and {tmp_path}/secret-key holds no usable key; "
        "delete that file to have one made\n"
    )


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("", "{var}/stufenplan.sqlite3"),
        ("sqlite:///data/skills.sqlite3", f"{ROOT}/data/skills.sqlite3"),
        ("sqlite:////srv/my%20skills.sqlite3", "/srv/my skills.sqlite3"),
    ],
)
def test_the_path_of_a_sqlite_database(tmp_path: Path, url: str, name: str) -> None:
    assert ask(tmp_path, "DATABASES['default']['NAME']", DATABASE_URL=url) == repr(name.format(var=tmp_path))


def test_a_postgresql_url_is_read_part_by_part(tmp_path: Path) -> None:
    url = "postgresql://own%40er:se%2Fcret@Db.example:5433/skills?sslmode=require"
    fields = ("HOST", "PORT", "USER", "PASSWORD", "NAME", "OPTIONS")
    setting = f"DATABASES['default'][field] for field in {fields}"
    asked = start(tmp_path, "-c", f"from config import settings; print([settings.{setting}])", DATABASE_URL=url)
    options = {"connect_timeout": "5", "sslmode": "require"}
    assert asked.stdout.strip() == str(["Db.example", "5433", "own@er", "se/cret", "skills", options])


def test_a_socket_folder_keeps_its_capitals(tmp_path: Path) -> None:
    url = "postgresql://owner@%2Frun%2FPostgreSQL/skills"
    assert ask(tmp_path, "DATABASES['default']['HOST']", DATABASE_URL=url) == "'/run/PostgreSQL'"


@pytest.mark.parametrize(
    ("url", "backend", "location"),
    [
        ("locmemcache://", "locmem.LocMemCache", ""),
        ("filecache:///srv/my-cache", "filebased.FileBasedCache", "/srv/my-cache"),
        ("dbcache://counts", "config.database.cache.DatabaseCache", "counts"),
        ("rediscache://cache.example:6379/1", "redis.RedisCache", "redis://cache.example:6379/1"),
        ("redis://:p%40ss@cache.example/0", "redis.RedisCache", "redis://:p%40ss@cache.example/0"),
        ("rediss://cache.example/0", "redis.RedisCache", "rediss://cache.example/0"),
        ("redis://one:1,two:2/0", "redis.RedisCache", ["redis://one:1/0", "redis://two:2/0"]),
        ("redis:///run/redis.sock", "redis.RedisCache", "unix:///run/redis.sock"),
        ("redis://:secret@/run/redis.sock", "redis.RedisCache", "unix://:secret@/run/redis.sock"),
    ],
)
def test_a_cache_is_the_one_its_url_names(
    monkeypatch: pytest.MonkeyPatch, url: str, backend: str, location: str | list[str]
) -> None:
    monkeypatch.setenv("CACHE_URL", url)
    found = environment.get_cache_settings()
    assert (found["BACKEND"].endswith(backend), found["LOCATION"]) == (True, location)


def test_a_cache_s_url_holds_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_URL", "dbcache://counts?max_entries=5000&timeout=60&key_prefix=one")
    found = environment.get_cache_settings()
    assert (found["OPTIONS"], found["TIMEOUT"], found["KEY_PREFIX"]) == ({"MAX_ENTRIES": 5000}, 60, "one")
    monkeypatch.setenv("CACHE_URL", "redis://cache.example/0?socket_timeout=9&health_check_interval=30")
    assert environment.get_cache_settings()["OPTIONS"] == {
        "socket_timeout": 9,
        "socket_connect_timeout": 5,
        "health_check_interval": 30,
    }


WITHOUT_REDIS = "import sys; sys.modules['redis'] = None; from config import settings"


def test_redis_without_its_package_is_refused_in_one_line_and_needed_by_nothing_else(tmp_path: Path) -> None:
    refused = start(tmp_path, "-c", WITHOUT_REDIS, CACHE_URL="rediscache://127.0.0.1:6379/0")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"Stufenplan cannot start: CACHE_URL: {cache_url.REDIS_MISSING_REASON}\n"
    assert start(tmp_path, "-c", WITHOUT_REDIS).returncode == 0


def test_mail_is_kept_as_files_until_a_server_is_named(tmp_path: Path) -> None:
    variables = {"DJANGO_SETTINGS_MODULE": "config.settings", "EMAIL_FROM": "skills@example.org"}
    assert start(tmp_path, "manage.py", "migrate", "--verbosity", "0").stderr == ""
    assert start(tmp_path, "-c", SEND_MAIL, **variables).stderr == ""
    assert not (tmp_path / "mail").exists()
    assert "Traceback" not in start(tmp_path, "manage.py", "run_worker", "--once", **variables).stderr
    (mail,) = (tmp_path / "mail").iterdir()
    lines = re.findall("^(?:From|To): .*$", mail.read_text(), re.MULTILINE)
    assert lines == ["From: skills@example.org", "To: reader@example.org"]
    assert mail.suffix == ".eml"
    assert LINK in mail.read_text()  # in one piece, to be clicked or copied


@pytest.mark.parametrize(
    ("scheme", "port", "encryption"),
    [("smtp", 25, {}), ("smtp+tls", 587, {"use_tls": True}), ("smtps", 465, {"use_ssl": True})],
)
def test_mail_leaves_by_the_server_named(tmp_path: Path, scheme: str, port: int, encryption: dict[str, bool]) -> None:
    options = {"host": "mail.example", "port": port, "username": "me", "password": "p@ss", "timeout": 20, **encryption}
    url = f"{scheme}://me:p%40ss@mail.example"
    assert ask(tmp_path, "MAILERS['transport']['OPTIONS']", EMAIL_URL=url) == repr(options)


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"HOST": "localhost", "PORT": "8123"}, "http://localhost:8123"),
        ({"HOST": "0.0.0.0", "ALLOWED_HOSTS": "*,.example.org", "SECRET_KEY": KEY}, "http://example.org:8000"),
        ({"HOST": "0.0.0.0", "ALLOWED_HOSTS": "*", "SECRET_KEY": KEY}, "http://0.0.0.0:8000"),
        ({"SITE_URL": "https://skills.example.org/", "PORT": "8123"}, "https://skills.example.org"),
    ],
)
def test_links_in_mail_are_links_to_the_site(tmp_path: Path, variables: dict[str, str], address: str) -> None:
    assert ask(tmp_path, "BASE_URL", **variables) == repr(address)


@pytest.mark.parametrize(("url", "secure"), [("https://example.org", "True"), ("http://example.org", "False")])
def test_cookies_are_secure_when_people_come_by_https(tmp_path: Path, url: str, secure: str) -> None:
    assert ask(tmp_path, "SESSION_COOKIE_SECURE", SITE_URL=url) == secure
    assert ask(tmp_path, "CSRF_COOKIE_SECURE", SITE_URL=url) == secure
    assert ask(tmp_path, "SECURE_SSL_REDIRECT", SITE_URL=url) == secure


@pytest.mark.parametrize(
    ("host", "bind"), [("", "127.0.0.1:8123"), ("::1", "[::1]:8123"), ("localhost", "localhost:8123")]
)
def test_the_web_server_listens_on_host_and_port(tmp_path: Path, host: str, bind: str) -> None:
    asked = start(tmp_path, "-c", "from config import gunicorn; print(gunicorn.bind)", HOST=host, PORT="8123")
    assert asked.stdout.strip() == bind


@pytest.mark.parametrize(
    ("variables", "refused", "reason"),
    [
        ({"GOOGLE_CLIENT_ID": "a"}, "GOOGLE_CLIENT_SECRET", "must be set together with GOOGLE_CLIENT_ID"),
        ({"GITHUB_CLIENT_SECRET": "a"}, "GITHUB_CLIENT_ID", "must be set together with GITHUB_CLIENT_SECRET"),
        (
            {"OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
            "OIDC_SERVER_URL",
            "must be set together with OIDC_CLIENT_ID",
        ),
        (
            {"OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b", "OIDC_SERVER_URL": "http://login.example.org"},
            "OIDC_SERVER_URL",
            "'http://login.example.org' is not of the form https://login.example.org",
        ),
    ],
)
def test_keys_of_another_server_are_set_together(
    tmp_path: Path, variables: dict[str, str], refused: str, reason: str
) -> None:
    answer = start(tmp_path, *CHECK, **variables)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"Stufenplan cannot start: {refused}: {reason}\n"


def test_servers_with_keys_are_offered_and_no_others(tmp_path: Path) -> None:
    assert ask(tmp_path, "SOCIALACCOUNT_PROVIDERS") == "{}"
    keys = {"OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b", "OIDC_SERVER_URL": "https://login.example.org/"}
    assert ask(tmp_path, "SECURE_CSP['form-action'][1:]", **keys) == "['https://login.example.org']"
    for name, expected in (("", "login.example.org"), ("House key", "House key")):
        app = ask(tmp_path, 'SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]', OIDC_NAME=name, **keys)
        assert f"'name': '{expected}'" in app
        assert "'server_url': 'https://login.example.org'" in app
    both = {"GOOGLE_CLIENT_ID": "a", "GOOGLE_CLIENT_SECRET": "b", "GITHUB_CLIENT_ID": "c", "GITHUB_CLIENT_SECRET": "d"}
    assert ask(tmp_path, "SOCIALACCOUNT_PROVIDERS.keys()", **both) == "dict_keys(['google', 'github'])"
