"""Every address of the site, asked with and without htmx: caches learn what answers depend on."""

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from config.middleware.htmx import MARK
from tests.community.test_permissions import tried
from tests.config.test_every_url import TABLE, stage_of
from tests.config.url_stage import Stage
from tests.config.url_table import Row

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
APPS = ("skills", "accounts", "community", "config")
MAY_READ_HEADERS = "skills/web/requests.py"
HTMX = {"HX-Request": "true"}
# htmx asks for the page of the address that a reader goes back to, an earlier version of it as for a fragment.
RESTORED = {"HX-History-Restore-Request": "true", **HTMX}
DIFFER = {
    "anonymous": {"/en/suggestions/", "/en/skills/", "/en/changes/", "/en/skills/{slug}/", "/en/me/"},
    "reviewer": {"/en/suggestions/", "/en/review/", "/en/notifications/", "/en/skills/{slug}/comments/", "/en/skills/"},
}


@pytest.fixture(autouse=True)
def _github(settings: LazySettings) -> None:
    """Let people sign in through one server."""
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "x", "secret": "y"}]}}


def ask(stage: Stage, method: str, row: Row, headers: dict[str, str]) -> Any:
    """Return the answer to a request that has these headers, and take back what it did."""
    added = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    stage.browser.defaults.update(added)
    try:
        with tried():
            return stage.ask(method, row.address, row.data)
    finally:
        for name in added:
            del stage.browser.defaults[name]


def shape_of(answer: Any) -> tuple[object, ...]:
    """Return what a browser would do with an answer: its status, a page or a part of one, and where it goes."""
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    is_page = "<html" in text
    names = ("Location", "HX-Redirect", "HX-Push-Url", "HX-Retarget")
    return (answer.status_code, is_page, bool(text), *(name in answer.headers for name in names))


def vary_of(answer: Any) -> set[str]:
    return {name.strip() for name in answer.headers.get("Vary", "").split(",")}


@pytest.mark.parametrize("role", DIFFER)
def test_what_differs_for_htmx_says_so_to_caches(role: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")  # each refusal is logged at length
    stage, wrong, differing = stage_of(role), [], set()
    for row in TABLE:
        for method in ("get", "post"):
            if not row.expected(method, role):
                continue
            page, part, restored = (ask(stage, method, row, headers) for headers in ({}, HTMX, RESTORED))
            name = f"{method} {row.address} {dict(row.data)}"
            if shape_of(page) != shape_of(part):
                differing.add(row.address)
                if not vary_of(page) & vary_of(part) & {"HX-Request"}:
                    wrong.append(f"{name}: its Vary does not name HX-Request")
            if shape_of(page) != shape_of(restored):
                wrong.append(f"{name}: going back shows {shape_of(restored)}, not {shape_of(page)}")
            wrong += [f"{name}: not marked as ours" for answer in (page, part, restored) if MARK not in answer.headers]
    assert not wrong, "\n".join(wrong)
    assert differing >= DIFFER[role]


def names_in(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_one_module_reads_the_headers_of_htmx() -> None:
    """What another module reads by itself would be missing in Vary."""
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    asked = re.compile(r"HTTP_HX_\w+|HX-(?:Request|Boosted|History-Restore-Request|Target|Current-URL|Prompt)")
    found = {path.relative_to(ROOT).as_posix() for path in paths if any(map(asked.fullmatch, names_in(path)))}
    assert found == {MAY_READ_HEADERS}


@pytest.mark.parametrize("headers", [{"If-None-Match": "*"}, {"host": "no.example"}, {"Content-Length": "999999999"}])
def test_answers_of_the_middleware_are_marked_too(client: Client, headers: dict[str, str]) -> None:
    answer = client.get("/en/skills/", headers=headers)
    assert answer.status_code in {304, 400, 413}
    assert answer.headers[MARK] == "1"
