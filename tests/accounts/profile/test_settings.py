"""The account's own settings, as its owner fills them in."""

from zoneinfo import ZoneInfo, available_timezones

import pytest
from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.models import User
from accounts.profile.preferences import list_time_zones
from skills.models import CatalogueVersion
from tests.accounts.people import PASSWORD, make_person, published_by

pytestmark = pytest.mark.django_db

SETTINGS = "/de/me/settings/"
CHOSEN = {"name": "Änne Beck", "is_public": "on", "language": "en", "theme": "dark", "time_zone": "Asia/Tokyo"}


@pytest.fixture
def person() -> User:
    return make_person("anna", "Anna Beck", "anna@example.org")


@pytest.fixture
def browser(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def page_of(client: Client, address: str) -> Tag:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def theme_of(client: Client, address: str) -> str | None:
    html = page_of(client, address).select_one("html[data-chosen-theme]")
    return str(html["data-bs-theme"]) if html else None


def test_saved_values_are_shown_again(browser: Client, person: User) -> None:
    assert browser.post(SETTINGS, CHOSEN | {"is_public": ""}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.language, person.theme) == ("Änne Beck", "en", "dark")
    assert (person.time_zone, person.is_public) == ("Asia/Tokyo", False)
    form = page_of(browser, SETTINGS)
    assert form.select_one("[name=name]")["value"] == "Änne Beck"  # type: ignore[index]
    assert [str(option["value"]) for option in form.select("option[selected]")] == ["en", "Asia/Tokyo"]
    assert [str(choice["value"]) for choice in form.select("[name=theme][checked]")] == ["dark"]
    assert form.select("[name=is_public][checked]") == []


def test_language_saved_is_the_language_from_then_on(browser: Client) -> None:
    response = browser.post(SETTINGS, CHOSEN)
    assert (response["Location"], response.cookies["language"].value) == ("/en/me/settings/", "en")
    page = browser.get(response["Location"])
    assert "Saved." in page.text
    assert browser.get("/")["Location"] == "/en/"


def test_nothing_typed_is_lost_when_something_is_wrong(browser: Client, person: User) -> None:
    response = browser.post(SETTINGS, CHOSEN | {"name": "x" * 151, "language": "fr", "time_zone": "Moon/Base"})
    assert response.status_code == 422
    form = BeautifulSoup(response.content, "html.parser")
    assert form.select_one("[name=name]")["value"] == "x" * 151  # type: ignore[index]
    assert [str(choice["value"]) for choice in form.select("[name=theme][checked]")] == ["dark"]
    assert {str(field["name"]) for field in form.select("[aria-invalid=true]")} == {"name", "language", "time_zone"}
    for field in form.select("[aria-invalid=true]"):
        assert form.find(id=str(field["aria-describedby"]).split()[-1]) is not None
    person.refresh_from_db()
    assert (person.name, person.theme, person.language) == ("Anna Beck", "", "de")


@pytest.mark.parametrize(
    "name", ["Anna\x1bBcc: x@example.org", "Anna\u202ekceB", "Anna\x00", "\x07", "An\u200dna", "An\u200bna"]
)
def test_name_with_signs_nobody_sees_is_refused(browser: Client, person: User, name: str) -> None:
    assert browser.post(SETTINGS, CHOSEN | {"name": name}).status_code == 422
    person.refresh_from_db()
    assert person.name == "Anna Beck"


@pytest.mark.parametrize("name", ["Änne Ünal", "Зоя", "می\u200cخواهم", "ක්\u200dෂ", "O'Neil", ""])
def test_names_of_all_scripts_are_taken(browser: Client, person: User, name: str) -> None:
    assert browser.post(SETTINGS, CHOSEN | {"name": name}).status_code == 302
    person.refresh_from_db()
    assert person.name == name


def test_only_what_was_chosen_is_written(browser: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(time_zone="Europe/Paris", is_staff=True, email="b@example.org")
    data = {"name": "Anna Beck", "is_public": "on", "language": "de", "theme": "light", "time_zone": "Europe/Paris"}
    with CaptureQueriesContext(connection) as queries:
        browser.post(SETTINGS, data | {"is_superuser": "on", "email": "c@example.org"})
    [write] = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "accounts_user"')]
    assert write.count("=") == 2  # one column, and whose
    person.refresh_from_db()
    assert (person.theme, person.is_superuser, person.email) == ("light", False, "b@example.org")


def test_new_name_shows_at_once_on_what_was_published(browser: Client, person: User) -> None:
    published_by(person)
    before = CatalogueVersion.objects.get_number()
    browser.post(SETTINGS, CHOSEN)
    assert CatalogueVersion.objects.get_number() > before
    assert "<name>Änne Beck</name>" in browser.get("/feeds/all.atom").text


def test_every_time_zone_offered_is_one_and_can_be_chosen(browser: Client, person: User) -> None:
    offered = [zone for zones in list_time_zones().values() for zone in zones]
    assert {"Europe/Berlin", "America/Argentina/Ushuaia", "UTC"} <= set(offered) <= available_timezones()
    assert len(offered) == len(set(offered))
    assert all(ZoneInfo(zone).key == zone for zone in offered)
    options = page_of(browser, SETTINGS).select("#id_time_zone option")
    assert (options[0]["value"], options[0].get_text()) == ("", "wie diese Website, Europe/Berlin")


def test_theme_of_the_account_is_on_every_page(browser: Client) -> None:
    assert theme_of(browser, "/de/") is None
    browser.post(SETTINGS, CHOSEN)
    for address in (SETTINGS, "/de/", "/de/skills/"):
        assert theme_of(browser, address) == "dark"
    assert theme_of(Client(), "/de/") is None


def test_page_links_to_every_other_page_of_the_account(browser: Client) -> None:
    links = page_of(browser, SETTINGS).select(".settings-nav a")
    assert [link.get_text() for link in links if link.has_attr("aria-current")] == ["Profil und Darstellung"]
    assert len(links) == len(settings.SETTINGS_PAGES)
    for link in links:
        assert resolve(str(link["href"]))
    below = page_of(browser, "/de/me/settings/export/").select(".settings-nav a[aria-current]")
    assert [link.get_text() for link in below] == ["Meine Daten"]


def test_anonymous_visitors_are_redirected_to_sign_in_and_back(client: Client) -> None:
    for response in (client.get(SETTINGS), client.post(SETTINGS, CHOSEN)):
        assert (response.status_code, response["Location"]) == (302, f"/de/accounts/login/?next={SETTINGS}")


def test_settings_are_kept_by_no_cache(browser: Client) -> None:
    assert "no-store" in browser.get(SETTINGS)["Cache-Control"]


def test_who_signs_in_is_redirected_to_their_own_language(client: Client) -> None:
    make_person("berta@example.org", "Berta Beck", "berta@example.org", language="en")
    assert client.get("/")["Location"] == "/de/"
    response = client.post("/de/accounts/login/", {"login": "berta@example.org", "password": PASSWORD})
    assert response.status_code == 302
    assert response.cookies["language"].value == "en"
    assert client.get("/")["Location"] == "/en/"


def test_language_chosen_in_the_browser_later_stays(browser: Client) -> None:
    browser.cookies["language"] = "en"
    assert "language" not in browser.get(SETTINGS).cookies
    assert browser.get("/")["Location"] == "/en/"
