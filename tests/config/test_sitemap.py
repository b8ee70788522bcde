"""What search engines read."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from skills.models import Group, Revision, Role, Skill
from tests.factories import make_catalogue

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
LISTS = ["", "skills/", "roles/", "domains/", "frameworks/"]


def read(client: Client) -> dict[str, tuple[str | None, dict[str, str]]]:
    """Return the sitemap's pages, each with its date and its addresses by language."""
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    found = {}
    for url in tree.findall("s:url", NAMES):
        addresses = {link.attrib["hreflang"]: link.attrib["href"] for link in url.findall("x:link", NAMES)}
        found[url.findtext("s:loc", "", NAMES)] = (url.findtext("s:lastmod", None, NAMES), addresses)
    return found


def test_every_page_is_listed_in_every_language(client: Client) -> None:
    framework = make_catalogue(skills=2, roles=2, groups=2, slug="own")
    paths = [
        *LISTS,
        f"frameworks/{framework.slug}/",
        *(f"domains/{domain.slug}/" for domain in framework.domains.all()),
        *(f"domains/{group.domain.slug}/{group.slug}/" for group in Group.objects.all()),
        *(f"roles/{role.slug}/" for role in Role.objects.all()),
        *(f"skills/{skill.slug}/" for skill in Skill.objects.all()),
    ]
    expected = {f"http://testserver/{language}/{path}" for path in paths for language in ("de", "en")}
    assert set(read(client)) == expected


def test_listed_pages_exist(client: Client) -> None:
    make_catalogue(slug="own")
    assert {client.get(address.removeprefix("http://testserver")).status_code for address in read(client)} == {200}


def test_page_names_its_addresses_by_language_and_its_default(client: Client) -> None:
    _date, addresses = read(client)["http://testserver/de/roles/"]
    german, english = "http://testserver/de/roles/", "http://testserver/en/roles/"
    assert addresses == {"de": german, "en": english, "x-default": english}


def test_date_is_that_of_the_latest_revision_on_the_page(client: Client) -> None:
    make_catalogue(skills=2, roles=1, groups=2, slug="own")
    early, late = Skill.objects.order_by("pk")
    Revision.objects.filter(skill=early).update(published_at=datetime(2026, 3, 17, 12, tzinfo=UTC))
    Revision.objects.filter(skill=late).update(published_at=datetime(2026, 5, 2, 12, tzinfo=UTC))
    dates = {address.removeprefix("http://testserver/en/"): date for address, (date, _links) in read(client).items()}
    assert dates[f"skills/{early.slug}/"] == "2026-03-17"
    assert dates[f"domains/{early.group.domain.slug}/{early.group.slug}/"] == "2026-03-17"
    for path in ("", "skills/", f"skills/{late.slug}/", "frameworks/own/", f"domains/{late.group.domain.slug}/"):
        assert dates[path] == "2026-05-02"
    assert dates[f"roles/{Role.objects.get().slug}/"] == "2026-05-02"


def test_empty_catalogue_has_its_lists_without_dates(client: Client) -> None:
    assert {date for date, _links in read(client).values()} == {None}


@pytest.mark.parametrize("size", [1, 3])
def test_sitemap_takes_so_many_queries_however_large(
    client: Client, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_catalogue(skills=size, roles=size, groups=size)
    make_catalogue(skills=size, roles=size, groups=size)
    with django_assert_num_queries(8):
        client.get("/sitemap.xml")


def test_addresses_are_those_people_use(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://skills.example.org"
    assert all(address.startswith("https://skills.example.org/") for address in read(client))
    assert b"Sitemap: https://skills.example.org/sitemap.xml" in client.get("/robots.txt").content


def test_robots_may_read_all_but_the_administration_and_links_that_do_something(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().split("\n") == [
        "User-agent: *",
        "Allow: /",
        "Disallow: /admin/",
        "Disallow: /*/watch/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
        "",
    ]
