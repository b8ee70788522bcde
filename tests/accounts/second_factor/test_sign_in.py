"""The second factor: an authenticator app, recovery codes, and the pages of passkeys."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from bs4 import Tag
from django.test import Client

from accounts.models import User
from tests.accounts.members import make_member, sign_in, signed_in, soup

pytestmark = pytest.mark.django_db

INDEX = "/de/accounts/2fa/"
ENTER = f"{INDEX}authenticate/"
USED_CODE = "This code has already been used. Wait for the next one (at most 30 seconds)."


@pytest.fixture
def anna() -> User:
    return make_member("anna")


def code_of(secret: str, periods_later: int = 0) -> str:
    """Return what an authenticator app shows now, or some periods later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods_later)))


def set_up_app(client: Client) -> str:
    """Set up an authenticator app as a person does who types the key; return the key."""
    page = soup(client.get(f"{INDEX}totp/activate/"))
    secret = page.select_one("#authenticator_secret")
    assert secret is not None
    answer = client.post(f"{INDEX}totp/activate/", {"code": code_of(str(secret["value"]))})
    assert (answer.status_code, answer["Location"]) == (302, f"{INDEX}recovery-codes/")
    return str(secret["value"])


def recovery_codes(client: Client) -> list[str]:
    return client.get(f"{INDEX}recovery-codes/download/").content.decode().split()


def is_in(client: Client) -> bool:
    return client.get("/de/me/").status_code == 200


def test_app_is_set_up_with_a_code_and_gives_recovery_codes(anna: User) -> None:
    client = signed_in(anna)
    set_up_app(client)
    assert sorted(Authenticator.objects.filter(user=anna).values_list("type", flat=True)) == ["recovery_codes", "totp"]
    codes = recovery_codes(client)
    assert len(codes) == len(set(codes)) == 10
    shown = soup(client.get(f"{INDEX}recovery-codes/")).select_one("textarea")
    assert shown is not None
    assert shown.get_text().split() == codes


def test_wrong_code_sets_up_no_app(anna: User) -> None:
    client = signed_in(anna)
    client.get(f"{INDEX}totp/activate/")
    answer = client.post(f"{INDEX}totp/activate/", {"code": "abcdef"})
    assert answer.context["form"].errors["code"]
    assert not Authenticator.objects.exists()


def test_the_picture_for_the_app_keeps_the_policy(anna: User) -> None:
    answer = signed_in(anna).get(f"{INDEX}totp/activate/")
    [picture] = soup(answer).select("img")
    assert str(picture["src"]).startswith("data:image/svg+xml")
    assert picture["alt"]
    assert "img-src 'self' data:" in answer["Content-Security-Policy"]


def test_password_alone_no_longer_signs_in(anna: User) -> None:
    secret = set_up_app(signed_in(anna))
    client, answer = sign_in(anna, then="/de/roles/")
    assert answer["Location"].partition("?")[0] == ENTER
    assert not is_in(client)
    assert client.post(ENTER, {"code": "000000" if code_of(secret) != "000000" else "111111"}).status_code == 422
    assert not is_in(client)
    answer = client.post(ENTER, {"code": code_of(secret, periods_later=1)})
    assert (answer.status_code, answer["Location"]) == (302, "/de/roles/")
    assert is_in(client)


def test_a_code_is_good_for_one_sign_in(anna: User) -> None:
    secret = set_up_app(signed_in(anna))
    code = code_of(secret, periods_later=1)
    entered = []
    for _ in range(2):
        client, _answer = sign_in(anna)
        client.post(ENTER, {"code": code})
        entered.append(is_in(client))
    assert entered == [True, False]


def test_a_used_code_is_not_called_wrong(anna: User) -> None:
    client = signed_in(anna)
    code = code_of(secret := set_up_app(client))
    elsewhere, _answer = sign_in(anna)
    pages = [(elsewhere, ENTER), (client, f"{INDEX}reauthenticate/")]
    for browser, page in pages:
        address = page.replace("/de/", "/en/")
        assert errors_of(browser.post(address, {"code": code})) == [USED_CODE]
    wrong = next(str(number) for number in range(100000, 100004) if not is_code_now(secret, str(number)))
    for browser, page in pages:
        assert errors_of(browser.post(page.replace("/de/", "/en/"), {"code": wrong})) == ["Incorrect code."]
    assert not is_in(elsewhere)


def test_a_used_recovery_code_is_wrong(anna: User) -> None:
    client = signed_in(anna)
    set_up_app(client)
    code = recovery_codes(client)[0]
    for expected in (True, False):
        elsewhere, _answer = sign_in(anna)
        answer = elsewhere.post(ENTER.replace("/de/", "/en/"), {"code": code})
        if not expected:
            assert errors_of(answer) == ["Incorrect code."]
        assert is_in(elsewhere) is expected


def errors_of(answer: Any) -> list[str]:
    return list(answer.context["form"].errors["code"])


def is_code_now(secret: str, code: str) -> bool:
    return code in {code_of(secret, periods) for periods in range(-2, 3)}


def test_a_recovery_code_lets_in_once(anna: User) -> None:
    client = signed_in(anna)
    set_up_app(client)
    code, *others = recovery_codes(client)
    entered = []
    for _ in range(2):
        elsewhere, _answer = sign_in(anna)
        elsewhere.post(ENTER, {"code": code})
        entered.append(is_in(elsewhere))
    assert entered == [True, False]
    assert recovery_codes(client) == others


def test_new_recovery_codes_replace_the_old_ones(anna: User) -> None:
    client = signed_in(anna)
    set_up_app(client)
    old = recovery_codes(client)
    client.post(f"{INDEX}recovery-codes/generate/")
    new = recovery_codes(client)
    assert (len(new), set(old) & set(new)) == (10, set())
    elsewhere, _answer = sign_in(anna)
    elsewhere.post(ENTER, {"code": old[0]})
    assert not is_in(elsewhere)


def test_app_is_turned_off_by_post_alone(anna: User) -> None:
    client = signed_in(anna)
    set_up_app(client)
    assert client.get(f"{INDEX}totp/deactivate/").status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()
    client.post(f"{INDEX}totp/deactivate/")
    assert not Authenticator.objects.exists()
    elsewhere, _answer = sign_in(anna)
    assert is_in(elsewhere)


def test_a_passkey_without_javascript_is_explained(client: Client) -> None:
    answer = client.post(f"{INDEX}webauthn/login/", {"credential": ""})
    assert answer["Location"] == "/de/accounts/login/"
    texts = [str(message) for message in client.get("/de/accounts/login/").context["messages"]]
    assert len(texts) == 1
    assert "JavaScript" in texts[0]


@pytest.mark.parametrize("credential", ["{}", "x", "[]", '{"id": "AA", "rawId": "AA", "type": "public-key"}'])
def test_a_forged_passkey_signs_nobody_in(client: Client, anna: User, credential: str) -> None:
    client.get(f"{INDEX}webauthn/login/", headers={"accept": "application/json"})
    assert client.post(f"{INDEX}webauthn/login/", {"credential": credential}).status_code == 302
    assert not is_in(client)


def add_key(user: User) -> Authenticator:
    """Add a key without a browser: enough for pages that list it."""
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    data = {"name": "Yubi", "credential": credential}
    key: Authenticator = Authenticator.objects.create(user=user, type="webauthn", data=data)
    return key


@pytest.mark.parametrize("language", ["de", "en"])
def test_pages_keep_the_policy_and_leave_no_line_untranslated(anna: User, language: str) -> None:
    client = signed_in(anna)
    set_up_app(client)
    key = add_key(anna)
    pages = ["", "totp/deactivate/", "webauthn/", f"webauthn/keys/{key.pk}/edit/", f"webauthn/keys/{key.pk}/remove/"]
    pages += ["recovery-codes/", "recovery-codes/generate/", "reauthenticate/"]
    addresses = [f"/{language}/accounts/2fa/{page}" for page in pages]
    addresses += [f"/{language}/accounts/{page}" for page in ("sessions/", "3rdparty/")]
    addresses += [f"/{language}/me/settings/address/"]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert_policy_kept(soup(answer))
        assert ENGLISH_ONLY.search(soup(answer).get_text()) is None or language == "en", address


def test_the_form_for_a_new_key_keeps_the_policy(anna: User) -> None:
    page = soup(signed_in(anna).get(f"{INDEX}webauthn/add/"))
    assert_policy_kept(page)
    form: Any = page.select_one("form[data-passkey=create]")
    assert form.select_one("input[name=credential]")["type"] == "hidden"
    assert form.select_one("input[name=passwordless]").has_attr("checked")
    assert page.select_one("#js_data") is not None


ENGLISH_ONLY = re.compile(r"\b(?:the|your|you|with|and|sign|key|set up|codes are)\b", re.IGNORECASE)


def assert_policy_kept(page: Tag) -> None:
    assert page.select("script:not([src]):not([type='application/json']), style, [style]") == []
    assert [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")] == []
