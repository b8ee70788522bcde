"""The site's error page is there when nothing else is: no static files, no templates, no translations, no database."""

import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import Settings

from config.error_pages.last_page import detect_language
from tests.accounts.members import make_member, signed_in
from tests.web_process import WebServer, web_server

LOGGED = re.compile(r"^\d{4}-\d\d-\d\d .* ERROR ")


@pytest.fixture(scope="module")
def var(var: Path) -> Path:
    """Return the folder of a site whose manifest of static files is missing."""
    (var / "static" / "staticfiles.json").unlink()
    return var


def errors_of(server: WebServer, path: str, **headers: str) -> tuple[int, str, str, list[str]]:
    """Ask for a page; return its status, language and heading, and the errors that it left in the log."""
    before = len(server.log)
    answer = server.get(path, **headers)
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.html is not None
    assert page.h1 is not None
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Language"] == page.html["lang"]
    return answer.status, str(page.html["lang"]), page.h1.get_text(), server.logged_since(before, LOGGED)


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/en/", 500, "Something went wrong here"),
        ("/de/", 500, "Hier ist etwas schiefgegangen"),
        ("/en/skills/", 500, "Something went wrong here"),
        ("/de/accounts/login/", 500, "Hier ist etwas schiefgegangen"),
        ("/en/nothing/", 404, "Nothing is found here"),
        ("/de/nichts/", 404, "Hier ist nichts zu finden"),
        ("/en/skills/?q=%00", 400, "This request was not carried out"),
    ],
)
def test_without_the_manifest_every_page_has_words_and_one_error_in_the_log(
    server: WebServer, path: str, status: int, heading: str
) -> None:
    found_status, language, found_heading, logged = errors_of(server, path)
    assert (found_status, language, found_heading) == (status, path[1:3], heading)
    assert len(logged) == 1, logged


def test_without_the_manifest_too_large_a_form_still_gets_its_page(server: WebServer) -> None:
    status, _language, heading, logged = errors_of(server, "/en/", content_length="300000000")
    assert (status, heading, len(logged)) == (413, "This request was not carried out", 1)


def test_the_database_away_as_well_is_a_503(tmp_path: Path, var: Path) -> None:
    shutil.copy(var / "secret-key", tmp_path / "secret-key")
    with web_server(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/missing/site.sqlite3") as server:
        status, _language, heading, logged = errors_of(server, "/en/skills/")
    assert (status, heading) == (503, "We will be back in a moment")
    assert len(logged) == 1, logged


@pytest.fixture
def reader() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def _broken_templates(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "errors").mkdir()
    for name in ("base.html", "errors/plain.html", "errors/page.html", "errors/404.html", "errors/alert.html"):
        (tmp_path / name).write_text("{% no_such_tag %}")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]


@pytest.mark.django_db
@pytest.mark.urls("tests.config.failing_urls")
@pytest.mark.usefixtures("_broken_templates")
@pytest.mark.parametrize(
    ("how", "status"), [("bad", 400), ("forbidden", 403), ("fast", 429), ("broken", 500), ("database", 503)]
)
def test_broken_templates_are_no_error_page_of_their_own(
    reader: Client, caplog: pytest.LogCaptureFixture, how: str, status: int
) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        caplog.clear()
        answer = reader.get(f"/de/fails/{how}/", headers=headers)
        assert answer.status_code == status
        assert [record.levelname for record in caplog.records].count("ERROR") == 1
        page = BeautifulSoup(answer.content, "html.parser")
        if headers:
            assert [element["role"] for element in page.find_all(recursive=False)] == ["alert"]
            assert answer.headers["HX-Retarget"] == "#alerts"
        else:
            assert page.h1 is not None
    assert ("Retry-After" in answer.headers) == (status in {429, 503})


@pytest.mark.django_db
@pytest.mark.urls("tests.config.failing_urls")
@pytest.mark.parametrize("language", ["de", "en"])
def test_translations_that_cannot_be_read_still_give_a_page_in_the_right_language(
    reader: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, language: str
) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "a broken file")

    with monkeypatch.context() as patch:
        for name in ("activate", "override", "get_language_from_request", "gettext", "ngettext"):
            patch.setattr(translation, name, fail)
        answer = reader.get(f"/{language}/fails/broken/")
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.html is not None
    assert (answer.status_code, page.html["lang"]) == (500, language)
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


@pytest.mark.django_db
def test_a_database_that_fails_under_a_404_is_a_503_with_one_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    member = signed_in(make_member())
    member.raise_request_exception = False

    def fail(*_arguments: object, **_more: object) -> None:

        raise OperationalError("away")

    monkeypatch.setattr("skills.search.find_similar_skills", fail)
    answer = member.get("/en/nothing/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


@pytest.mark.parametrize(
    ("path", "cookie", "accepted", "language"),
    [
        ("/en/skills/", "de", "de", "en"),
        ("/de", "en", "en", "de"),
        ("/healthz", "en", "de", "en"),
        ("/healthz", "<script>", "fr, EN-gb;q=0.5, de", "en"),
        ("/healthz", "", "", "de"),
        ("//\0/", "", "*", "de"),
    ],
)
def test_language_of_the_last_page(rf: RequestFactory, path: str, cookie: str, accepted: str, language: str) -> None:
    request = rf.get("/", headers={"accept-language": accepted})
    request.path_info = path
    request.COOKIES["language"] = cookie
    assert detect_language(request) == language
