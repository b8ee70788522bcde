"""What a request says of itself counts only behind a proxy (TRUST_PROXY), in Django and in gunicorn before it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.web_process import WebServer, head, run, web_server

FORGED = [
    {"x_forwarded_proto": "https"},
    {"x_forwarded_protocol": "ssl"},
    {"x_forwarded_ssl": "on"},
    {"x_forwarded_scheme": "https"},
    {"x_url_scheme": "https"},
    {"forwarded": "proto=https;host=evil.example;for=203.0.113.9"},
    {"front_end_https": "on"},
    {"x_forwarded_host": "evil.example", "x_forwarded_port": "443", "x_forwarded_server": "evil.example"},
    {"x_forwarded_prefix": "/evil", "x_script_name": "/evil", "x_original_url": "/admin/", "x_rewrite_url": "/admin/"},
]
PLAIN = "Sitemap: http://127.0.0.1/sitemap.xml"


@pytest.fixture(scope="module")
def secure(var: Path) -> Iterator[WebServer]:
    """Run a server that people reach by https, but without the setting for a proxy."""
    with web_server(var, SITE_URL="https://127.0.0.1") as server:
        yield server


@pytest.fixture(scope="module")
def behind(var: Path) -> Iterator[WebServer]:
    """Run a server behind a proxy that speaks https."""
    with web_server(var, SITE_URL="https://127.0.0.1", TRUST_PROXY="1") as server:
        yield server


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_without_a_proxy_no_header_changes_scheme_host_or_path(server: WebServer, headers: dict[str, str]) -> None:
    answer = server.get("/robots.txt", **headers)
    assert (answer.status, PLAIN in answer.text) == (200, True)


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_without_a_proxy_nobody_talks_a_site_out_of_https(secure: WebServer, headers: dict[str, str]) -> None:
    answer = secure.get("/en/", **headers)
    assert (answer.status, answer.headers["Location"]) == (301, "https://127.0.0.1/en/")
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("name", [b"SCRIPT_NAME", b"PATH_INFO", b"REMOTE_USER", b"X_Forwarded_Proto"])
def test_headers_that_are_named_like_variables_are_not_passed_on(server: WebServer, name: bytes) -> None:
    request = head("GET", "/robots.txt").replace(b"\r\n\r\n", b"\r\n" + name + b": /https\r\n\r\n")
    answer = server.send(request)
    assert (answer.status, PLAIN in answer.text) == (200, True)


def test_the_protocol_of_proxies_is_not_spoken(server: WebServer) -> None:
    answer = server.send(b"PROXY TCP4 203.0.113.9 127.0.0.1 1000 443\r\n" + head("GET", "/robots.txt"))
    assert answer.status == 400


def test_behind_a_proxy_its_word_counts(behind: WebServer) -> None:
    answer = behind.get("/robots.txt", x_forwarded_proto="https")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"]
    assert behind.get("/robots.txt", x_forwarded_proto="http").status == 301
    assert behind.get("/robots.txt").status == 301
    assert behind.get("/robots.txt", x_forwarded_ssl="on", x_forwarded_protocol="ssl").status == 301


def test_behind_a_proxy_no_other_host_counts(behind: WebServer) -> None:
    answer = behind.get("/robots.txt", x_forwarded_proto="https", x_forwarded_host="evil.example")
    assert "Sitemap: https://127.0.0.1/sitemap.xml" in answer.text


COUNTED = """
import json, django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT cache_key FROM cache")
    print(json.dumps([key for (key,) in cursor.fetchall()]))
"""


def counted_for(var: Path) -> set[str]:
    """Return the sources that requests were counted for."""
    keys = json.loads(run(var, "-c", COUNTED))
    return {key.partition(":ip:")[2] for key in keys if ":ip:" in key}


@pytest.fixture
def _nothing_counted(var: Path) -> None:
    with closing(sqlite3.connect(var / "stufenplan.sqlite3")) as database:
        database.execute("DELETE FROM cache")
        database.commit()


@pytest.mark.usefixtures("_nothing_counted")
def test_without_a_proxy_requests_count_for_who_sent_them(server: WebServer, var: Path) -> None:
    for forwarded in ("203.0.113.9", "203.0.113.10, 203.0.113.11", "127.0.0.1, ::1"):
        headers = {"x_forwarded_for": forwarded, "x_real_ip": "203.0.113.12", "client_ip": "203.0.113.13"}
        server.post("/en/accounts/password/reset/", {"email": "anna@example.org"}, **headers)
    assert counted_for(var) == {"127.0.0.1"}


@pytest.mark.usefixtures("_nothing_counted")
def test_behind_a_proxy_requests_count_for_whom_the_proxy_named_last(behind: WebServer, var: Path) -> None:
    """A visitor may send the header as well; a proxy that adds to it puts what it saw itself at the end."""
    for forged in ("198.51.100.1, ", "198.51.100.2, ", ""):
        headers = {
            "x_forwarded_for": f"{forged}203.0.113.9",
            "x_forwarded_proto": "https",
            "referer": "https://127.0.0.1/",
        }
        behind.post("/en/accounts/password/reset/", {"email": "anna@example.org"}, **headers)
    assert counted_for(var) == {"203.0.113.9"}


@pytest.mark.usefixtures("_nothing_counted")
@pytest.mark.parametrize("value", ["nonsense", "", ",", "203.0.113.9, nonsense", "' OR 1=1", "1" * 3000])
def test_behind_a_proxy_an_address_that_is_none_is_no_error(behind: WebServer, var: Path, value: str) -> None:
    headers = {"x_forwarded_for": value, "x_forwarded_proto": "https", "referer": "https://127.0.0.1/"}
    answer = behind.post("/en/accounts/password/reset/", {"email": "anna@example.org"}, **headers)
    assert answer.status < 500
