"""Guessing is slowed, by counts that all processes share."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from accounts.limits import counting
from accounts.limits.counting import Limits
from accounts.models import EmailChange, User
from skills.text.waiting import format_wait
from tests.accounts.members import make_member, signed_in
from tests.accounts.members import sign_in as enter
from tests.accounts.visitors import CODE, CONFIRM_SIGN_IN, RESET, SIGN_IN, code_in_mail, is_signed_in, sign_in, sign_up

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def test_repeated_failures_for_one_address_shut_even_the_right_password_out_for_a_while() -> None:
    member = make_member()
    for _ in range(5):
        sign_in(Client(), member.email, "wrong")
    client = Client()
    answer = sign_in(client, member.email)
    assert answer.status_code == 429
    assert 200 < int(answer.headers["Retry-After"]) <= 300
    assert not is_signed_in(client)


@pytest.mark.parametrize("language", ["de", "en"])
def test_limit_gives_the_sites_own_page_with_the_time_to_wait(language: str) -> None:
    address = RESET.replace("/de/", f"/{language}/")
    for _ in range(5):
        answer = Client().post(address, {"email": "visitor@example.org"})
    answer = Client().post(address, {"email": "visitor@example.org"})
    assert answer.status_code == 429
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait <= 60
    with translation.override(language):
        assert format_wait(wait) in answer.content.decode()
    assert "site-head" in answer.content.decode()


def test_codes_for_one_address_are_limited() -> None:
    member = make_member()
    for _ in range(4):
        answer = Client().post(CODE, {"email": member.email})
    assert answer.status_code == 429
    assert len(mail.outbox) == 3


def test_counts_are_seen_by_another_process(tmp_path: Path) -> None:
    """Two processes on one database: what the one counts, the other finds."""
    variables = {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "/usr/bin:/bin"}

    def run(code: str) -> str:
        setup = "import django; django.setup(); from django.core.cache import cache; "
        ran = subprocess.run(
            [sys.executable, "-c", setup + code], env=variables, cwd=ROOT, capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    run("from django.core.management import call_command; call_command('createcachetable')")
    run("cache.add('count', 3)")
    assert run("print(cache.get('count'), cache.add('count', 4))") == "3 False"


def test_table_of_the_cache_is_made_once() -> None:
    call_command("createcachetable")
    caches["default"].set("count", 1)
    call_command("createcachetable")
    assert caches["default"].get("count") == 1


def wrong_passwords(email: str, number: int, **more: Any) -> list[int]:
    return [sign_in(Client(**more), email, f"wrong {count}").status_code for count in range(number)]


def test_wrong_passwords_from_elsewhere_lock_out_neither_another_source_nor_a_known_browser() -> None:
    member = make_member()
    known, _answer = enter(member)
    known.post("/de/accounts/logout/")
    assert wrong_passwords(member.email, 6, REMOTE_ADDR="198.51.100.1")[-1] == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.2")
    sign_in(elsewhere, member.email)
    assert is_signed_in(elsewhere)
    assert wrong_passwords(member.email, 6)[-1] == 429  # even from the very network of the known browser
    sign_in(known, member.email)
    assert is_signed_in(known)


def test_known_browser_has_a_limit_of_its_own() -> None:
    member = make_member()
    known, _answer = enter(member)
    known.post("/de/accounts/logout/")
    answers = [sign_in(known, member.email, "wrong").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


@pytest.mark.parametrize("value", ["", "x", "a" * 22, f"{'a' * 22}.{'0' * 32}", "\u00e4" * 22, "a." * 5000])
def test_invented_cookie_makes_no_browser_known(value: str) -> None:
    member = make_member()
    client = Client()
    client.cookies["device"] = value
    answers = [sign_in(client, member.email, "wrong").status_code for _ in range(6)]
    assert answers[-1] == 429
    other = Client()
    other.cookies["device"] = value
    assert sign_in(other, member.email).status_code == 429


def test_browser_known_for_one_account_is_unknown_for_another() -> None:
    mallory, victim = make_member("mallory"), make_member("victim")
    client, _answer = enter(mallory)
    client.post("/de/accounts/logout/")
    assert wrong_passwords(victim.email, 6)[-1] == 429
    assert sign_in(client, victim.email).status_code == 429


def test_cookie_of_a_known_browser_tells_no_address_and_is_out_of_reach_of_scripts() -> None:
    member = make_member()
    client, answer = enter(member)
    cookie = answer.cookies["device"]
    assert member.email not in cookie.value
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax")
    second = make_member("berta")
    client.post("/de/accounts/logout/")
    both = sign_in(client, second.email).cookies["device"].value
    assert cookie.value.split(".")[0] == both.split(".")[0]
    assert cookie.value.split(".")[1] in both.split(".")


def test_many_sources_together_reach_a_limit_that_a_known_browser_does_not_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strict = replace(counting.LIMITS[counting.PASSWORD], address=("4/d/key",))
    monkeypatch.setitem(counting.LIMITS, counting.PASSWORD, strict)
    member = make_member()
    known, _answer = enter(member)
    known.post("/de/accounts/logout/")
    for number in range(4):
        assert wrong_passwords(member.email, 1, REMOTE_ADDR=f"198.51.100.{number}") == [422]
    answer = sign_in(Client(REMOTE_ADDR="198.51.100.9"), member.email)
    assert answer.status_code == 429
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    sign_in(known, member.email)
    assert is_signed_in(known)


@pytest.mark.parametrize(
    ("language", "help_text"),
    [("de", "Code statt mit dem Passwort"), ("en", "a code instead of the password")],
)
def test_page_says_what_helps_when_the_password_is_locked_and_the_code_lets_in(language: str, help_text: str) -> None:
    member = make_member()
    address = SIGN_IN.replace("/de/", f"/{language}/")
    for _ in range(6):
        answer = Client().post(address, {"login": member.email, "password": "wrong"})
    assert answer.status_code == 429
    assert help_text in answer.text
    client = Client()
    client.post(CODE, {"email": member.email})
    client.post(CONFIRM_SIGN_IN, {"code": code_in_mail()})
    assert is_signed_in(client)


def test_locked_password_is_answered_alike_for_an_unknown_address() -> None:
    member = make_member()
    answers = []
    for email in (member.email, "nobody@example.org"):
        for _ in range(6):
            answer = sign_in(Client(), email, "wrong")
        answers.append((answer.status_code, answer.content.decode().replace(email, "")))
        caches["default"].clear()
    assert answers[0] == answers[1]


MAILS: dict[str, Callable[[Client, str], Any]] = {
    "sign-up": sign_up,
    "code": lambda client, email: client.post(CODE, {"email": email}),
    "reset": lambda client, email: client.post(RESET, {"email": email}),
}


@pytest.fixture
def without_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only the limits of a day count, as for a person who waits between two requests."""
    known = counting.LIMITS[counting.MAIL]
    by_day = Limits(known.known_device[1:], (), known.source_and_address[1:], address=("20/d/key",))
    monkeypatch.setitem(counting.LIMITS, counting.MAIL, by_day)


@pytest.mark.parametrize("is_member", [True, False])
def test_mail_to_a_typed_address_is_limited_per_day_by_source_and_in_all(
    without_minutes: None, is_member: bool
) -> None:
    email = make_member("anna").email if is_member else "nobody@example.org"
    ways = list(MAILS.values())
    for source, sent in ((1, 10), (2, 20), (3, 20)):
        for number in range(12):
            answer = ways[number % 3](Client(REMOTE_ADDR=f"198.51.100.{source}"), email)
        assert answer.status_code == 429
        assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
        assert len(mail.outbox) == sent


def test_known_browser_gets_a_code_whatever_others_had_sent(without_minutes: None) -> None:
    member = make_member()
    known, _answer = enter(member)
    known.post("/de/accounts/logout/")
    for source in range(3):
        for _ in range(10):
            MAILS["code"](Client(REMOTE_ADDR=f"198.51.100.{source}"), member.email)
    assert len(mail.outbox) == 20
    MAILS["code"](known, member.email)
    known.post(CONFIRM_SIGN_IN, {"code": code_in_mail()})
    assert is_signed_in(known)


def test_sign_up_whose_code_cannot_be_sent_makes_no_account(without_minutes: None) -> None:
    for _ in range(10):
        MAILS["code"](Client(), "nobody@example.org")
    answer = sign_up(Client(), "nobody@example.org")
    assert answer.status_code == 429
    assert not User.objects.exists()


def test_new_address_that_a_member_types_counts_as_well(without_minutes: None) -> None:
    member, other = make_member("anna"), "other@example.org"
    for _ in range(10):
        MAILS["code"](Client(), other)
    answer = signed_in(member).post("/de/me/settings/address/", {"new_email": other})
    assert answer.status_code == 429
    assert f'value="{other}"' in answer.content.decode()
    assert not EmailChange.objects.exists()


def test_requests_of_others_in_the_same_minute_keep_nobody_from_a_code() -> None:
    member = make_member()
    for _ in range(4):
        answer = MAILS["code"](Client(REMOTE_ADDR="198.51.100.1"), member.email)
    assert answer.status_code == 429
    assert MAILS["code"](Client(REMOTE_ADDR="198.51.100.2"), member.email).status_code == 302


def test_page_offers_only_the_way_that_is_still_open(without_minutes: None) -> None:
    email = "nobody@example.org"
    page = [sign_in(Client(), email, "wrong") for _ in range(6)][-1].content.decode()
    assert "/de/accounts/login/code/" in page
    for _ in range(11):
        page = MAILS["code"](Client(), email).content.decode()
    assert "Zu viele E-Mails" in page
    assert "mit Ihrem Passwort anmelden" not in page
    assert "/de/accounts/login/code/" not in sign_in(Client(), email, "wrong").content.decode()


def test_wait_that_a_page_names_is_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    for _ in range(6):
        sign_in(Client(), "nobody@example.org", "wrong")
    monkeypatch.setattr(time, "time", lambda: now + 200)
    assert 90 < int(sign_in(Client(), "nobody@example.org", "wrong").headers["Retry-After"]) <= 101


@pytest.mark.parametrize(
    "written",
    ['"anna"@example.org', '"an\\na"@example.org', "ANNA@Example.org", "anna+1@example.org", " anna@example.org"],
)
def test_other_spellings_of_a_mailbox_count_as_the_same(written: str) -> None:
    for _ in range(3):
        MAILS["code"](Client(), "anna@example.org")
    assert len(mail.outbox) == 3
    MAILS["code"](Client(), written)
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        ("device", "Sie haben zu oft ein falsches Passwort eingegeben"),
        ("network", "Aus Ihrem Netz kamen zu viele Anmeldeversuche"),
        ("address", "In Ihrem Netz wurden für diese Adresse"),
    ],
)
def test_page_says_whose_attempts_were_too_many(prepare: str, says: str) -> None:
    member = make_member()
    client = Client()
    if prepare == "device":
        client, _answer = enter(member)
        client.post("/de/accounts/logout/")
    elif prepare == "network":
        for number in range(10):
            sign_in(Client(), f"other{number}@example.org", "wrong")
    for _ in range(6):
        answer = sign_in(client, member.email, "wrong")
        if answer.status_code == 429:
            break
    assert says in answer.content.decode()


def test_confirming_who_one_is_offers_a_new_password_when_the_own_attempts_are_used_up() -> None:
    browser = signed_in(make_member("anna"))
    for _ in range(6):
        answer = browser.post("/de/accounts/reauthenticate/", {"password": "wrong"})
    assert answer.status_code == 429
    assert RESET in answer.content.decode()


def test_sign_up_that_is_refused_keeps_what_was_typed(without_minutes: None) -> None:
    for _ in range(10):
        MAILS["code"](Client(), "nobody@example.org")
    answer = sign_up(Client(), "nobody@example.org", name="Anna Beck")
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    assert 'value="Anna Beck"' in answer.content.decode()
    assert "mehrere E-Mails angefordert" in answer.content.decode()
