"""Every address that answers with a page is among those shown to axe-core, or says here why not. Needs no browser."""

import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.browser import test_community_pages, test_entrance_pages, test_every_page, test_member_pages
from tests.browser.test_middle_pages import WAYS
from tests.browser.test_moderation_pages import MODERATORS_PAGES

SHOWN = (
    *test_every_page.PAGES.values(),
    *test_member_pages.FOR_STRANGERS.values(),
    *test_member_pages.FOR_MEMBERS.values(),
    "/de/review/",  # test_queue_of_reviewers_is_well_made
    *(f"/de/moderation/{page}" for page in MODERATORS_PAGES),
    *(address for _who, address in test_community_pages.PAGES),
    *(address for _who, address in test_entrance_pages.PAGES),
)

NO_PAGES = {
    "root": "redirects to the reader's language",
    "healthz": "text",
    "reachable": "nothing",
    "robots": "text",
    "sitemap": "XML",
    "feeds:everything": "a feed",
    "feeds:of_thing": "a feed",
    "usersessions_list": "the product's own list of sessions is at this address",
    "account_email": "redirects to the address in the settings",
    "accounts:address_cancel": "only takes a form",
    "accounts:download": "a file",
    "community:email_try_again": "only takes a form",
    "community:notification": "only takes a form, else redirects",
    "community:read_all": "only takes a form",
    "community:suggestion_vote": "only takes a form",
    "community:suggestion_withdraw": "only takes a form",
    "community:suggestion_renew": "only takes a form",
    "community:suggestion_second_reader": "only takes a form",
    "community:mention": "a part of a page",
    "community:comment": "redirects to the page it is on",
    "community:comment_helpful": "only takes a form",
    "community:comment_resolve": "only takes a form",
    "community:comment_mute": "only takes a form",
    "community:review_decline_many": "only takes a form",
    "community:review_claim": "only takes a form",
    "community:review_release": "only takes a form",
    "community:review_accept": "only takes a form",
    "community:review_decline": "only takes a form",
    "community:review_request_changes": "only takes a form",
    "community:review_undo": "only takes a form",
    "mfa_download_recovery_codes": "a file",
    "mfa_login_webauthn": "JSON",
    "github_login": "redirects to another server",
    "github_callback": "comes from another server",
    "google_login": "redirects to another server",
    "google_callback": "comes from another server",
    "google_login_by_token": "comes from another server",
    "openid_connect_login": "redirects to another server",
    "openid_connect_callback": "comes from another server",
}
WITHOUT_NUMBER = {
    "accounts:address_cancel",
    "community:email_try_again",
    "community:read_all",
    "community:review_decline_many",
}


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """Return the names of all addresses; those without one only redirect to others with a name."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver) and entry.namespace != "admin":
            yield from names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and entry.name:
            yield space + entry.name


def name_at(address: str) -> str:
    """Return the name of an address whose placeholders a test fills with numbers or text."""
    path = re.sub(r"\{\w+\}|%d", "1", address).partition("?")[0]
    try:
        return resolve(path).view_name
    except Resolver404 as error:
        raise AssertionError(f"nothing is at {address}") from error


def test_every_page_of_the_site_is_shown_to_axe() -> None:
    shown, all_names = {name_at(address) for address in SHOWN} | set(WAYS), set(names(get_resolver()))
    assert all_names - shown - set(NO_PAGES) == set()


def test_no_excuse_is_left_for_what_is_shown_or_gone() -> None:
    shown, all_names = {name_at(address) for address in SHOWN} | set(WAYS), set(names(get_resolver()))
    assert (set(NO_PAGES) - all_names, set(NO_PAGES) & shown) == (set(), set())


@pytest.mark.parametrize("name", [name for name, why in NO_PAGES.items() if why == "only takes a form"])
def test_what_only_takes_a_form_shows_no_page(admin_site: Client, name: str) -> None:
    path = reverse(name) if name in WITHOUT_NUMBER else reverse(name, args=[1])
    assert admin_site.get(path).status_code == HTTPStatus.METHOD_NOT_ALLOWED
