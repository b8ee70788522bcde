"""Error pages: right status, right language, useful words, as a page or as an alert."""

import logging

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings

from config.error_pages.handlers import get_wanted_name
from skills.text.waiting import format_wait
from tests.factories import make_domain, make_framework, make_group, make_skill, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.failing_urls")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def reader() -> Client:
    """Return a client that shows the error page of an uncaught exception, instead of the exception."""
    return Client(raise_request_exception=False)


def words_of(content: bytes) -> str:
    return " ".join(BeautifulSoup(content, "html.parser").get_text(" ").split())


@pytest.mark.parametrize(
    ("how", "status", "title"),
    [
        ("bad", 400, "This request cannot be understood"),
        ("suspicious", 400, "This request cannot be understood"),
        ("forbidden", 403, "You may not do this"),
        ("fast", 429, "That was a little too fast"),
        ("broken", 500, "Something went wrong here"),
        ("database", 503, "We will be back in a moment"),
        ("connection", 503, "We will be back in a moment"),
    ],
)
def test_failure_has_its_status_and_a_page_that_says_so(reader: Client, how: str, status: int, title: str) -> None:
    response = reader.get(f"/en/fails/{how}/")
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == status
    assert [heading.get_text() for heading in page.find_all("h1")] == [title]
    assert page.find("a", href="/en/") is not None


@pytest.mark.parametrize("how", ["bad", "forbidden", "fast", "broken", "database"])
def test_htmx_gets_an_alert_for_its_region_instead_of_a_page(reader: Client, how: str) -> None:
    response = reader.get(f"/en/fails/{how}/", headers=HTMX)
    alert = BeautifulSoup(response.content, "html.parser")
    assert [element["role"] for element in alert.find_all(recursive=False)] == ["alert"]
    assert response.headers["HX-Retarget"] == "#alerts"
    assert response.headers["HX-Push-Url"] == "false"
    assert response.status_code == reader.get(f"/en/fails/{how}/").status_code


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_htmx_gets_a_whole_page_where_it_replaces_the_page(reader: Client, header: str) -> None:
    response = reader.get("/en/fails/forbidden/", headers={**HTMX, header: "true"})
    assert response.content.lstrip().startswith(b"<!doctype html>")
    assert "HX-Retarget" not in response.headers


def test_error_pages_are_stored_nowhere(reader: Client) -> None:
    response = reader.get("/en/fails/broken/")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "accepted", "language"),
    [
        ("/en/fails/broken/", "de", "en"),
        ("/de/fails/broken/", "en", "de"),
        ("/nothing", "en-GB,de;q=0.5", "en"),
        ("/nothing", "fr", "de"),
        ("/nothing", "", "de"),
    ],
)
def test_error_page_speaks_the_language_of_the_address_else_the_readers(
    reader: Client, path: str, accepted: str, language: str
) -> None:
    response = reader.get(path, headers={"Accept-Language": accepted})
    page = BeautifulSoup(response.content, "html.parser")
    assert page.html is not None
    assert (page.html["lang"], response.headers["Content-Language"]) == (language, language)


def test_bad_request_tells_the_reader_what_was_wrong(reader: Client) -> None:
    assert "The page number is no number." in words_of(reader.get("/en/fails/bad/").content)


def test_suspicious_request_does_not_learn_what_made_it_suspicious(reader: Client) -> None:
    assert "how we found out" not in words_of(reader.get("/en/fails/suspicious/").content)


def test_unknown_host_gets_a_bad_request_page(reader: Client) -> None:
    response = reader.get("/en/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "This request cannot be understood" in words_of(response.content)


def test_form_without_token_is_asked_to_reload() -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/login/", headers={"Accept-Language": "en"})
    assert response.status_code == 403
    assert "This form is no longer valid" in words_of(response.content)


def test_too_fast_reader_learns_how_long_to_wait(reader: Client) -> None:
    response = reader.get("/en/fails/fast/")
    assert response.headers["Retry-After"] == "90"
    assert "Please wait 2 minutes." in words_of(response.content)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (61, "2 minutes"), (3600, "1 hour"), (3601, "2 hours")],
)
def test_wait_is_rounded_up_to_words(seconds: int, words: str) -> None:
    with translation.override("en"):
        assert format_wait(seconds) == words


def test_unreachable_database_says_when_to_come_back(reader: Client) -> None:
    assert reader.get("/en/fails/database/").headers["Retry-After"] == "30"


@pytest.mark.parametrize("how", ["broken", "database", "bad"])
def test_trouble_page_asks_nothing_of_the_database(
    reader: Client, how: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader.force_login(make_user())
    with django_assert_num_queries(0):
        reader.get(f"/en/fails/{how}/")


@pytest.mark.parametrize(("how", "level"), [("broken", "ERROR"), ("database", "ERROR"), ("fast", "WARNING")])
def test_failure_is_logged_once(reader: Client, caplog: pytest.LogCaptureFixture, how: str, level: str) -> None:
    with caplog.at_level(logging.WARNING, "django.request"):
        reader.get(f"/en/fails/{how}/")
    assert [record.levelname for record in caplog.records if record.name == "django.request"] == [level]


def test_debug_shows_djangos_own_page(reader: Client, settings: Settings) -> None:
    settings.DEBUG = True
    assert b"a mistake of ours" in reader.get("/en/fails/broken/").content


def test_missing_page_offers_a_search_and_the_nearest_names(reader: Client) -> None:
    group = make_group(make_domain(make_framework()))
    tracking = make_skill(group, "Experiment Tracking")
    make_skill(group, "Public Speaking")
    response = reader.get("/en/skills/exper-traking/")
    page = BeautifulSoup(response.content, "html.parser")
    main = page.find("main")
    assert main is not None
    assert response.status_code == 404
    assert [field["value"] for field in main.select("form[action='/en/skills/'] input[name=q]")] == ["exper traking"]
    assert [link["href"] for link in main.select("section li a")] == [f"/en/skills/{tracking.slug}/"]


def test_missing_page_as_alert_names_no_skills(reader: Client) -> None:
    response = reader.get("/en/skills/nothing/", headers=HTMX)
    assert response.status_code == 404
    assert words_of(response.content).startswith("Nothing is found here")


@pytest.mark.parametrize(
    "last", ["%00", "%27%3B--", "a" * 5000, "%F0%9F%98%80", "%25%5C*%22_", "%E2%80%A8", "%FF", "-", "..%2F..", "<b>"]
)
def test_hostile_path_is_merely_missing(reader: Client, last: str) -> None:
    response = reader.get(f"/en/skills/{last}/")
    assert response.status_code == 404
    assert b"<b>" not in response.content


@pytest.mark.parametrize(
    ("path", "name"),
    [("/de/skills/exper-traking/", "exper traking"), ("/de/", ""), ("/", ""), ("/a/b_c", "b c"), ("/x/\0y", "y")],
)
def test_wanted_name_is_the_last_part_of_the_path(path: str, name: str) -> None:
    assert get_wanted_name(path) == name
