"""Guessing is slowed, by counts that all processes share."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client

from tests.accounts.members import make_member
from tests.accounts.visitors import CODE, RESET, is_signed_in, sign_in

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def test_repeated_failures_for_one_address_shut_even_the_right_password_out_for_a_while() -> None:
    member = make_member()
    for _ in range(5):
        sign_in(Client(), member.email, "wrong")
    client = Client()
    answer = sign_in(client, member.email)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert not is_signed_in(client)


@pytest.mark.parametrize("language", ["de", "en"])
def test_limit_gives_the_sites_own_page_with_the_time_to_wait(language: str) -> None:
    address = RESET.replace("/de/", f"/{language}/")
    for _ in range(5):
        answer = Client().post(address, {"email": "somebody@example.org"})
    answer = Client().post(address, {"email": "somebody@example.org"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    assert {"de": "5 Minuten", "en": "5 minutes"}[language] in answer.content.decode()
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
