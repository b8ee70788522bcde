"""Finished pages are kept for readers without a session, never for longer than they are true."""

import gzip
import logging
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from skills import revisions
from skills.content.changes import Change, Field
from skills.models import CatalogueVersion, Revision
from skills.web.cache import URL_MAX_LENGTH, accepts_gzip
from tests.config.page_urls import made, states
from tests.factories import make_domain, make_framework, make_group, make_skill, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.page_urls")]

PLAIN = "/en/pages/plain/"
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture(autouse=True)
def _nothing_made(settings: Settings) -> Iterator[None]:
    settings.PAGE_SLOTS = {**settings.PAGE_SLOTS, "counter": "tests.config.page_urls.counter"}
    made.clear()
    yield
    made.clear()


def runs(client: Client, *requests: tuple[str, dict[str, str]]) -> int:
    """Return how often the view ran for these requests, each a path and its headers."""
    for path, headers in requests:
        client.get(path, headers=headers)
    return len(made)


def headers_of(response: HttpResponseBase) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "Set-Cookie"}


def test_page_is_made_once_for_all_readers(client: Client) -> None:
    assert runs(client, (PLAIN, {}), (PLAIN, {})) == 1
    assert runs(Client(), (PLAIN, {})) == 1


@pytest.mark.parametrize("kind", ["plain", "template", "pushed", "small"])
def test_kept_page_equals_the_one_first_made(client: Client, kind: str) -> None:
    first, second = (client.get(f"/en/pages/{kind}/") for _ in range(2))
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert headers_of(second) == headers_of(first)
    assert made == [kind]


@pytest.mark.parametrize(
    "kind",
    [
        "cookie",
        "session",
        "message",
        "token",
        "nonce",
        "marked",
        "target",
        "no-store",
        "large",
        "stream",
        "missing",
        "moved",
    ],
)
def test_page_that_is_personal_or_not_a_page_is_made_each_time(kind: str) -> None:
    for _ in range(2):
        Client().get(f"/en/pages/{kind}/")
    assert made == [kind, kind]


def test_kept_page_costs_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.get(PLAIN)
    with django_assert_num_queries(1):
        client.get(PLAIN)


def test_signed_in_reader_shares_the_kept_page_but_for_its_slots(client: Client) -> None:
    client.force_login(make_user(theme="dark"))
    for reader, is_dark in ((client, True), (Client(), False), (client, True), (Client(), False)):
        assert (b'data-bs-theme="dark"' in reader.get("/en/pages/slots/").content) is is_dark
    assert made == ["slots"]


def test_page_of_the_signed_in_is_not_kept_by_tag(client: Client) -> None:
    client.force_login(make_user())
    assert "ETag" not in client.get("/en/pages/slots/").headers


@pytest.mark.parametrize("kind", ["slots", "slots-no-store"])
def test_message_waiting_is_shown_once_and_to_nobody_else(kind: str) -> None:
    client = Client()
    client.get("/en/pages/message/")
    address = f"/en/pages/{kind}/"
    shown = [b"Saved." in reader.get(address).content for reader in (client, client, Client())]
    assert shown == [True, False, False]


def test_token_of_a_signed_in_reader_is_never_kept(client: Client) -> None:
    client.force_login(make_user())
    client.get("/en/pages/token/")
    assert "csrftoken" in client.cookies
    assert runs(client, ("/en/pages/token/", {}), ("/en/pages/token/", {})) == 3


def test_slot_whose_state_changed_shows_it_to_strangers_without_a_new_page(client: Client) -> None:
    for state in ("one", "two"):
        states["counter"] = state
        assert client.get("/en/pages/counter/").content.decode() == f"({state})"
    assert made == ["counter"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/de/pages/plain/", {}),
        (PLAIN + "?q=x", {}),
        (PLAIN, {"HX-Request": "true"}),
        (PLAIN, {"host": "127.0.0.1"}),
    ],
)
def test_other_address_language_or_region_is_another_page(client: Client, path: str, headers: dict[str, str]) -> None:
    assert runs(client, (PLAIN, {}), (path, headers), (PLAIN, {}), (path, headers)) == 2


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_htmx_gets_the_same_page_where_it_replaces_the_page(client: Client, header: str) -> None:
    assert runs(client, (PLAIN, {}), (PLAIN, {"HX-Request": "true", header: "true"}), (PLAIN, {header: "true"})) == 1


def test_https_is_another_page(client: Client) -> None:
    client.get(PLAIN)
    client.get(PLAIN, secure=True)
    assert len(made) == 2


def test_day_after_is_another_page(client: Client, settings: Settings) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"
    client.get(PLAIN)
    settings.TIME_ZONE = "Etc/GMT+12"  # 26 hours behind: always another day
    client.get(PLAIN)
    assert len(made) == 2


def test_very_long_address_is_not_kept(client: Client) -> None:
    long = PLAIN + "?q=" + "x" * URL_MAX_LENGTH
    assert runs(client, (long, {}), (long, {})) == 2


def test_change_of_the_catalogue_shows_at_once(client: Client) -> None:
    with transaction.atomic():
        CatalogueVersion.objects.advance()
    assert runs(client, (PLAIN, {}), (PLAIN, {})) == 1
    with transaction.atomic():
        CatalogueVersion.objects.advance()
    assert runs(client, (PLAIN, {}), (PLAIN, {})) == 2


def test_published_revision_shows_at_once_on_a_profile_already_kept(client: Client) -> None:
    skill = make_skill(make_group(make_domain(make_framework())), summary="What it was.")
    address = f"/en/skills/{skill.slug}/"
    assert b"What it was." in client.get(address).content
    change = Change(Field.SUMMARY, "What it was.", "What it is.")
    revisions.publish(skill, [change], author=None, origin=Revision.Origin.ADMIN)
    assert b"What it is." in client.get(address).content


def test_browser_that_has_the_current_page_gets_304(client: Client) -> None:
    first = client.get(PLAIN, headers=GZIP)
    second = client.get(PLAIN, headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.content) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control", "Content-Security-Policy"):
        assert second.headers[name] == first.headers[name]


def test_packed_and_unpacked_page_share_one_etag(client: Client) -> None:
    packed, unpacked = client.get(PLAIN, headers=GZIP), client.get(PLAIN)
    assert packed.headers["ETag"] == unpacked.headers["ETag"]
    assert gzip.decompress(packed.content) == unpacked.content


@pytest.mark.parametrize("known", ["*", '"other", {tag}', "{strong}"])
def test_if_none_match_is_read_as_the_standard_says(client: Client, known: str) -> None:
    tag = client.get(PLAIN).headers["ETag"]
    known = known.format(tag=tag, strong=tag.removeprefix("W/"))
    assert client.get(PLAIN, headers={"If-None-Match": known}).status_code == 304


@pytest.mark.parametrize("known", ['W/"other"', "nonsense", '"', ""])
def test_unknown_tag_gets_the_page(client: Client, known: str) -> None:
    assert client.get(PLAIN, headers={"If-None-Match": known}).status_code == 200


def test_another_page_has_another_tag(client: Client) -> None:
    assert client.get(PLAIN).headers["ETag"] != client.get(PLAIN + "?q=x").headers["ETag"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("gzip;q=0, br", None),
        ("br", None),
        ("", None),
        ("*", "gzip"),
        ("gzip;q=0.1", "gzip"),
    ],
)
def test_page_is_packed_for_whom_it_may(client: Client, accepted: str, coding: str | None) -> None:
    for _ in range(2):
        response = client.get(PLAIN, headers={"Accept-Encoding": accepted})
        assert response.headers.get("Content-Encoding") == coding
        assert response.headers["Content-Length"] == str(len(response.content))


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("GZIP", True),
        ("gzip ; Q=0.5", True),
        ("gzip;q=0.000", False),
        ("*;q=0", False),
        ("*, gzip;q=0", False),
        ("*;q=0, gzip", True),
        ("gzip;q=often", False),
        ("gzipped", False),
    ],
)
def test_weights_decide_whether_gzip_is_accepted(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_page_not_kept_is_not_packed_for_whom_refuses_either(client: Client) -> None:
    response = client.get("/en/pages/large/", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in response.headers
    assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize("accepted", ["gzip", ""])
def test_head_has_the_headers_of_get_and_no_body(client: Client, accepted: str) -> None:
    headers = {"Accept-Encoding": accepted}
    page, head = client.get(PLAIN, headers=headers), client.head(PLAIN, headers=headers)
    assert headers_of(head) == headers_of(page)
    assert head.content == b""
    assert made == ["plain"]


def test_head_is_not_kept_for_get(client: Client) -> None:
    client.head(PLAIN)
    assert client.get(PLAIN).content != b""
    assert len(made) == 2


@pytest.mark.parametrize("kind", ["plain", "marked", "missing"])
def test_browser_asks_each_time_and_tells_fragment_from_page(client: Client, kind: str) -> None:
    response = client.get(f"/en/pages/{kind}/")
    vary = {name.strip() for name in response.headers["Vary"].split(",")}
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert vary >= {"Accept-Encoding", "Cookie", "HX-Request"}


def test_post_runs_the_view_each_time(client: Client) -> None:
    client.get(PLAIN)
    client.post(PLAIN)
    assert len(made) == 2


def test_only_the_packed_page_is_kept(client: Client) -> None:
    client.get(PLAIN)
    (page,) = [caches["pages"].get(key.split(":", 2)[2]) for key in caches["pages"]._cache]  # type: ignore[attr-defined]
    assert len(page.compressed_body) < 150
    assert page.frame is None


def test_error_below_a_kept_page_is_not_swallowed(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL):
        for _ in range(2):
            with pytest.raises(KeyError):
                client.get("/en/pages/unheard-of/")
    assert len(made) == 2
