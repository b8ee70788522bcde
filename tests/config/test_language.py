"""`/` redirects to the reader's language."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("accepted", "target"),
    [
        ("de", "/de/"),
        ("de-AT,de;q=0.9,en;q=0.8", "/de/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("fr,en;q=0.3,de;q=0.2", "/en/"),
        ("fr", "/de/"),
        ("", "/de/"),
        (";;q=x,,", "/de/"),
    ],
)
def test_start_redirects_to_the_readers_language(client: Client, accepted: str, target: str) -> None:
    response = client.get("/", headers={"Accept-Language": accepted})
    assert (response.status_code, response.headers["Location"]) == (302, target)


def test_start_varies_with_what_decides_the_language(client: Client) -> None:
    vary = {name.strip() for name in client.get("/").headers["Vary"].split(",")}
    assert vary >= {"Accept-Language", "Cookie"}


def test_chosen_language_beats_the_browsers(client: Client) -> None:
    client.cookies["language"] = "en"
    assert client.get("/", headers={"Accept-Language": "de"}).headers["Location"] == "/en/"


def test_query_is_kept_on_the_way(client: Client) -> None:
    assert client.get("/?q=tracking", headers={"Accept-Language": "en"}).headers["Location"] == "/en/?q=tracking"


def test_address_without_language_gets_the_readers(client: Client, db: None) -> None:
    response = client.get("/skills/?q=tracking", headers={"Accept-Language": "en"})
    assert (response.status_code, response.headers["Location"]) == (302, "/en/skills/?q=tracking")
