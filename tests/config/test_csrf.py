"""No form counts without its token: every address that takes a POST is sent one as a stranger's page would send it."""

import logging
import uuid

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from community.models import CountedWrite, Suggestion
from tests.community.suggestions.world import World, make_world
from tests.community.test_permissions import tried
from tests.config.test_every_url import DONE, TABLE, everything, seen, stage_of, writes

pytestmark = pytest.mark.django_db

WITHOUT_TOKEN = {
    "/en/unsubscribe/{their_mail_link}/",  # a mail program posts there; the link itself is the proof (RFC 8058)
    "/en/me/settings/delete/",  # to a stranger, who has no account to delete: see url_table.py
}


@pytest.mark.parametrize("role", ["anonymous", "administrator"])
def test_nothing_is_written_without_a_token(role: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "django")
    stage, wrong = stage_of(role), []
    stage.browser.handler.enforce_csrf_checks = True
    before = everything()
    for row in TABLE:
        if expected := row.expected("post", role):
            with tried(), writes() as written:
                got = seen(stage.ask("post", row.address, row.data))
                is_safe = got == "403" if expected in DONE else got not in DONE
                if row.address not in WITHOUT_TOKEN and (not is_safe or (written and everything() != before)):
                    wrong.append(f"{row.address}: {got}, {written}")
    assert not wrong, "\n".join(wrong)


def test_what_needs_none_is_no_more_than_it_says() -> None:
    stage = stage_of("anonymous")
    stage.browser.handler.enforce_csrf_checks = True
    assert {row.address for row in TABLE} > WITHOUT_TOKEN
    assert seen(stage.ask("post", "/en/unsubscribe/{their_mail_link}/", {})) == "200"


MARK = "Written on another site"
TEXT_FIELDS = ("body", "message", "decline_message", "own_reason", "name", "summary", "tag_line", "reason", "source")
FROM_ELSEWHERE: dict[str, dict[str, str]] = {
    "another origin": {"Origin": "https://evil.example"},
    "a sub-domain": {"Origin": "http://evil.testserver"},
    "another port": {"Origin": "http://testserver:8001"},
    "another scheme": {"Origin": "https://testserver"},
    "an origin that is withheld": {"Origin": "null"},
    "an empty origin": {"Origin": ""},
    "an origin that is no address": {"Origin": "http://["},
    "our own origin, sent on by another site": {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
    "another site, as the browser says": {"Sec-Fetch-Site": "cross-site"},
    "a sub-domain, as the browser says": {"Sec-Fetch-Site": "same-site"},
    "another page": {"Referer": "https://evil.example/testserver/"},
    "a page that only begins like ours": {"Referer": "http://testserver.evil.example/"},
    "a page with our name before the host": {"Referer": "http://testserver@evil.example/"},
    "a part of a page": {"Origin": "https://evil.example", "HX-Request": "true"},
}


def filled_in_elsewhere(row_data: dict[str, str]) -> dict[str, str]:
    return {**row_data, **dict.fromkeys(TEXT_FIELDS, MARK), "description:baker/junior": MARK, "cell": "baker/junior"}


@pytest.mark.parametrize("role", ["anonymous", "member", "administrator"])
def test_a_form_of_another_site_is_refused_everywhere_and_nothing_of_it_comes_back(
    role: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "django")
    stage, wrong = stage_of(role), []
    ask = stage.browser.post
    stage.browser.post = lambda path, data: ask(path, data, headers={"Origin": "https://evil.example"})  # type: ignore[method-assign, assignment, misc]
    before = everything()
    for row in TABLE:
        if row.expected("post", role) and not row.address.startswith("/en/unsubscribe/"):
            with tried(), writes() as written:
                answer = stage.ask("post", row.address, filled_in_elsewhere(dict(row.data)))
                is_safe = answer.status_code in {403, 404, 405} and MARK not in answer.content.decode()
                if not is_safe or (written and everything() != before):
                    wrong.append(f"{row.address}: {answer.status_code}, {written}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def world() -> World:
    with transaction.atomic():
        return make_world()


def form_of(world: World, **fields: str) -> dict[str, str]:
    data = {"key": str(uuid.uuid4()), "revision": "1", "obligation:baker/junior": "mandatory", "intent": "submit"}
    return {**filled_in_elsewhere(data), "framework": world.skill.framework.slug, **fields}


def addresses_of(world: World) -> list[str]:
    """Return the addresses of forms that come back filled in."""
    suggestion = world.suggested()
    skill = f"/en/skills/{world.skill.slug}"
    return [
        f"{skill}/suggestions/new/", "/en/suggestions/new-skill/", f"/en/suggestions/{suggestion.pk}/edit/",
        f"{skill}/comments/", f"/en/suggestions/{suggestion.pk}/comments/", f"{skill}/history/1/revert/",
        f"/en/review/{suggestion.pk}/decline/",
    ]  # fmt: skip


@pytest.mark.parametrize("where", FROM_ELSEWHERE)
@pytest.mark.parametrize("who", ["stranger", "author"])
def test_from_wherever_it_comes_a_form_of_another_site_comes_back_empty(world: World, where: str, who: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    if who == "author":
        browser.force_login(world.author)
    for address in addresses_of(world):
        for fields in ({}, {"intent": "preview"}, {"csrfmiddlewaretoken": "x" * 64}):
            answer = browser.post(address, form_of(world, **fields), headers=FROM_ELSEWHERE[where])
            assert (answer.status_code, MARK in answer.text) == (403, False), address
            assert ">This form was not accepted<" in answer.text
            assert "came from another site" in answer.text
    assert not Suggestion.objects.filter(reason=MARK).exists()
    assert not CountedWrite.objects.filter(kind="write").exists()  # another site does not use up what one may write


OURS_IN_WORDS: dict[str, dict[str, str]] = {
    "our origin": {"Origin": "http://testserver"},
    "our origin, as browsers of today say it": {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    "our page": {"Referer": "http://testserver/en/"},
    "as the browser says": {"Sec-Fetch-Site": "same-origin"},
    "no browser of today": {},
}


@pytest.mark.parametrize("where", OURS_IN_WORDS)
def test_a_form_of_ours_that_grew_too_old_comes_back_filled_in(world: World, where: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.author)
    for address in addresses_of(world)[:5]:
        answer = browser.post(address, form_of(world), headers=OURS_IN_WORDS[where])
        assert (answer.status_code, MARK in answer.text) == (403, True), address
        assert "csrfmiddlewaretoken" in answer.text


def test_a_form_of_ours_that_a_stranger_sends_comes_back_filled_in(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    for address in addresses_of(world)[:2]:
        answer = browser.post(address, form_of(world), headers={"Origin": "http://testserver"})
        assert (answer.status_code, MARK in answer.text) == (401, True), address


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, False),  # by https a browser says from where
        ({"Referer": ""}, False),
        ({"Referer": "https://testserver/en/"}, True),
        ({"Referer": "https://evil.example/"}, False),
        ({"Origin": "https://testserver"}, True),
        ({"Origin": "https://skills.example"}, True),  # SITE_URL
        ({"Origin": "http://skills.example"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Referer": "https://testserver/"}, False),
    ],
)
def test_by_https_a_form_says_where_it_comes_from(
    world: World, settings: Settings, headers: dict[str, str], is_ours: bool
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://skills.example"]
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.author)
    answer = browser.post(addresses_of(world)[0], form_of(world), headers=headers, secure=True)
    assert (answer.status_code, MARK in answer.text) == (403, is_ours)


def test_a_page_with_djangos_own_check_says_that_the_form_came_from_another_site(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.author)
    answer = browser.post("/en/me/settings/", {"name": MARK}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, MARK in answer.text, "came from another site" in answer.text) == (403, False, True)
    assert ">This form was not accepted<" in answer.text


def test_mail_programs_stop_mail_from_wherever_they_are() -> None:
    stage = stage_of("member")
    browser = Client(enforce_csrf_checks=True)
    address = "/en/unsubscribe/{their_mail_link}/".format(**stage.names)
    answer = browser.post(address, {"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
