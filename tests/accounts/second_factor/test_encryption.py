"""Codes of an app that are accepted once, and secrets of second factors that are encrypted at rest."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from accounts.models import User
from accounts.second_factor import adapter, encryption
from tests.accounts.members import PASS_PHRASE, make_member, sign_in, signed_in, soup
from tests.accounts.second_factor.test_sign_in import ENTER, INDEX, code_of, is_in, recovery_codes, set_up_app
from tests.races import done_at_once, on_postgresql
from tests.waiting import wait_until_another_waits

pytestmark = pytest.mark.django_db

NEW_KEY = "another-key-of-this-site-0123456789-abcdefghijklmnopqrstuvwxyz"
SET_UP = f"{INDEX}totp/activate/"
PERIOD = 30


class Clock:
    """The time as codes are made and checked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_900_000_000 // PERIOD * PERIOD
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def anna() -> User:
    return make_member("anna")


def enter(user: User, code: str) -> bool:
    """Try to sign in with the password and this code; return whether that opened the account.

    What limits and caches know is forgotten before: neither may be what refuses a code.
    """
    caches["default"].clear()
    client, _answer = sign_in(user)
    client.post(ENTER, {"code": code})
    return is_in(client)


def factor_of(user: User, kind: str = "totp") -> Authenticator:
    factor: Authenticator = Authenticator.objects.get(user=user, type=kind)
    return factor


@pytest.mark.parametrize("seconds_later", [0, 29, 31, 59])
def test_the_code_that_set_up_the_app_does_not_sign_in(anna: User, clock: Clock, seconds_later: int) -> None:
    secret = set_up_app(signed_in(anna))
    code = code_of(secret)
    clock.now += seconds_later
    assert not enter(anna, code)
    assert enter(anna, code_of(secret, periods_later=1))


def test_the_code_that_set_up_the_app_does_not_reauthenticate(anna: User, clock: Clock) -> None:
    client = signed_in(anna)
    secret = set_up_app(client)
    page = f"{INDEX}reauthenticate/"
    assert client.post(page, {"code": code_of(secret)}).status_code == 422
    assert client.post(page, {"code": code_of(secret, periods_later=1)}).status_code == 302


@pytest.mark.parametrize("written", ["{}", " {} ", "{:.3}-{:.3}"])
def test_a_used_code_stays_used_while_it_is_valid_however_it_is_written(anna: User, clock: Clock, written: str) -> None:
    secret = set_up_app(signed_in(anna))
    code = code_of(secret, periods_later=1)
    assert enter(anna, code)
    typed = f"{code[:3]}-{code[3:]}" if "-" in written else written.format(code)
    for _ in range(5):
        clock.now += 10
        assert not enter(anna, typed)
    assert enter(anna, code_of(secret, periods_later=1))


def test_a_code_older_than_one_that_was_used_is_refused(anna: User, clock: Clock) -> None:
    secret = set_up_app(signed_in(anna))
    clock.now += 2 * PERIOD
    assert enter(anna, code_of(secret, periods_later=1))
    assert not enter(anna, code_of(secret))
    assert not enter(anna, code_of(secret, periods_later=-1))


def test_a_code_that_signed_in_does_not_reauthenticate(anna: User, clock: Clock) -> None:
    secret = set_up_app(signed_in(anna))
    clock.now += 2 * PERIOD
    code = code_of(secret)
    client, _answer = sign_in(anna)
    client.post(ENTER, {"code": code})
    assert is_in(client)
    assert client.post(f"{INDEX}reauthenticate/", {"code": code}).status_code == 422


@on_postgresql
def test_of_several_uses_of_a_code_at_once_one_is_accepted() -> None:
    anna = make_member("anna")
    secret = generate_totp_secret()
    TOTP.activate(anna, secret)
    code = code_of(secret)
    outcomes = done_at_once(*[partial(adapter.accept_code, anna, code)] * 4)
    assert len([accepted for accepted in outcomes if accepted]) == 1


def test_no_secret_is_in_the_database_as_it_is(anna: User) -> None:
    client = signed_in(anna)
    secret_field: Any = soup(client.get(SET_UP)).select_one("#authenticator_secret")
    session_data = [session.get_decoded() for session in Session.objects.all()]
    assert any(auth.SECRET_SESSION_KEY in data for data in session_data)
    assert secret_field["value"] not in str(session_data)
    secret = set_up_app(client)
    data = factor_of(anna).data
    assert encryption.is_encrypted(data["secret"])
    assert secret not in str(data)
    assert encryption.is_encrypted(factor_of(anna, "recovery_codes").data["seed"])
    assert auth.SECRET_SESSION_KEY not in client.session


def test_a_secret_put_into_the_database_unencrypted_opens_nothing(
    anna: User, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    secret = set_up_app(signed_in(anna))
    Authenticator.objects.filter(type="totp").update(data={"secret": secret})
    clock.now += 2 * PERIOD
    assert not enter(anna, code_of(secret))
    assert "it is not encrypted" in caplog.text


def forget_the_key(settings: LazySettings) -> None:
    settings.SECRET_KEY = NEW_KEY


def test_another_key_refuses_the_code_in_words_and_the_log_says_why(
    anna: User, clock: Clock, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(anna)
    secret = set_up_app(client)
    recovery = recovery_codes(client)[0]
    forget_the_key(settings)
    clock.now += 2 * PERIOD
    for code in (code_of(secret), recovery):
        client, _answer = sign_in(anna)
        answer = client.post(ENTER, {"code": code})
        assert (answer.status_code, is_in(client)) == (422, False)
        assert answer.context["form"].errors["code"]
    assert "another key than SECRET_KEY and SECRET_KEY_FALLBACKS" in caplog.text
    assert f"of account {anna.pk} accepts no code" in caplog.text
    assert secret not in caplog.text


def test_with_another_key_the_pages_of_the_second_factor_help_on(
    anna: User, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    TOTP.activate(anna, generate_totp_secret())
    RecoveryCodes.activate(anna)
    forget_the_key(settings)
    client = Client()
    client.force_login(anna)
    assert client.post("/de/accounts/reauthenticate/", {"password": PASS_PHRASE}).status_code == 302
    assert client.get(INDEX).status_code == 200
    for page in ("", "download/"):
        assert client.get(f"{INDEX}recovery-codes/{page}").status_code == 404
    assert client.get(f"{INDEX}recovery-codes/generate/").status_code == 200
    assert client.post(f"{INDEX}recovery-codes/generate/").status_code == 302
    assert len(recovery_codes(client)) == 10
    assert client.post(f"{INDEX}totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()


def test_earlier_keys_are_read_and_everything_is_encrypted_with_the_new_one(
    anna: User, clock: Clock, settings: LazySettings
) -> None:
    client = signed_in(anna)
    secret = set_up_app(client)
    codes = recovery_codes(client)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = NEW_KEY
    clock.now += 2 * PERIOD
    assert enter(anna, code_of(secret))
    assert enter(anna, codes[0])
    call_command("encrypt_second_factors")
    settings.SECRET_KEY_FALLBACKS = []
    assert not enter(anna, code_of(secret))  # used above
    clock.now += 2 * PERIOD
    assert enter(anna, code_of(secret))
    assert enter(anna, codes[1])
    assert not enter(anna, codes[0])


def test_the_command_leaves_what_it_cannot_read_and_says_so(anna: User, settings: LazySettings) -> None:
    TOTP.activate(anna, generate_totp_secret())
    before = factor_of(anna).data
    forget_the_key(settings)
    with pytest.raises(CommandError, match=r"FALLBACKS: 1$"):
        call_command("encrypt_second_factors")
    assert factor_of(anna).data == before


def test_the_migration_encrypts_what_is_there_once_and_leads_back(anna: User, clock: Clock) -> None:
    migration = import_module("accounts.migrations.0004_encrypt_second_factors")
    secret, seed = generate_totp_secret(), RecoveryCodes.generate_seed()
    before = {
        "totp": {"secret": secret},
        "recovery_codes": {"seed": seed, "used_mask": 1, "migrated_codes": ["11112222", "33334444"]},
        "webauthn": {"name": "Key", "secret": "not one of ours"},
    }
    for kind, data in before.items():
        Authenticator.objects.create(user=anna, type=kind, data=data)

    def stored() -> dict[str, Any]:
        return dict(Authenticator.objects.values_list("type", "data"))

    migration.encrypt(apps, None)
    encrypted = stored()
    assert not any(text in str(encrypted) for text in (secret, seed, "11112222", "33334444"))
    assert encrypted["webauthn"] == before["webauthn"]
    migration.encrypt(apps, None)
    assert stored() == encrypted
    assert enter(anna, code_of(secret))
    migration.decrypt(apps, None)
    after = stored()
    assert after["totp"].pop(adapter.LAST_PERIOD_KEY) == clock.now // PERIOD
    assert after == before


def test_the_migration_gives_what_todays_code_reads_and_reads_what_it_writes(anna: User) -> None:
    migration = import_module("accounts.migrations.0004_encrypt_second_factors")
    factor = Authenticator.objects.create(user=anna, type="totp", data={"secret": "SECRET"})
    migration.encrypt(apps, None)
    factor.refresh_from_db()
    assert encryption.decrypt(factor.data["secret"]) == "SECRET"
    factor.data = {"secret": encryption.encrypt("OTHER")}
    factor.save()
    migration.decrypt(apps, None)
    factor.refresh_from_db()
    assert factor.data == {"secret": "OTHER"}


def test_the_migration_imports_nothing_of_the_product_that_may_change() -> None:
    migration = import_module("accounts.migrations.0004_encrypt_second_factors")
    values = vars(migration).values()
    homes = {str(getattr(value, "__module__", None) or getattr(value, "__name__", "")) for value in values}
    assert {home for home in homes if home.startswith(("accounts", "community", "skills"))} == {migration.__name__}


@on_postgresql
def test_a_recovery_code_that_is_used_while_the_migration_runs_stays_used(transactional_db: None) -> None:
    migration = import_module("accounts.migrations.0004_encrypt_second_factors")
    factor = Authenticator.objects.create(
        user=make_member("anna"), type="recovery_codes", data={"seed": "SEED", "used_mask": 0}
    )
    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            Authenticator.objects.filter(pk=factor.pk).update(data={"seed": "SEED", "used_mask": 1})
            migrating = worker.submit(done_at_once, partial(migration.encrypt, apps, None))
            wait_until_another_waits()
        migrating.result(timeout=30)
    factor.refresh_from_db()
    assert (factor.data["used_mask"], encryption.decrypt(factor.data["seed"])) == (1, "SEED")
