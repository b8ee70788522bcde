"""Whatever another server answers, a person who signs in through it gets a readable page, and nothing is stored."""

import time
from typing import Any
from unittest.mock import patch

import hypothesis
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session
from django.db import DataError
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.providers import answers
from accounts.providers.answers import ProviderFault, ProviderSession, check_person
from tests.accounts.providers.test_adapter import ANNA, LOGIN, server, way_back
from tests.community.test_permissions import tried
from tests.free_port import free_port
from tests.identity_server import IdentityServer, answer_with

__all__ = ["server"]  # the fixture

pytestmark = pytest.mark.django_db

DISCOVERY, TOKEN, USERINFO = "/.well-known/openid-configuration", "/token", "/userinfo"
NOT_JSON = {
    "text": answer_with(b"<html>Welcome</html>", headers="Content-Type: text/html"),
    "cut off": answer_with(b'{"sub": "42", "na'),
    "nothing": answer_with(b""),
    "list": answer_with(["sub", "42"]),
    "null": answer_with(None),
    "number": answer_with(1),
    "text in JSON": answer_with("sub"),
    "no UTF-8": answer_with(b'{"sub": "\xff\xfe"}'),
    "deep": answer_with(b"[" * 100_000),
    "endless number": answer_with(b'{"sub": ' + b"9" * 5000 + b"}"),
    "huge": answer_with(b'{"name": "' + b"x" * 2_000_000 + b'"}'),
    "failure": answer_with({"error": "server_error"}, "500 Internal Server Error"),
    "not there": answer_with({"error": "missing"}, "404 Not Found"),
    "elsewhere": answer_with(b"", "302 Found", "Location: https://elsewhere.example/"),
    "file": answer_with(b"", "302 Found", "Location: file:///etc/passwd"),
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "hangs up": b"",
}


@pytest.fixture
def reader() -> Client:
    return Client(raise_request_exception=False)


def assert_refused(answer: Any, caplog: pytest.LogCaptureFixture, language: str = "de") -> None:
    """Assert that the page is readable, the log holds the reason once, and nothing was created."""
    assert answer.status_code == 502
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.html is not None
    assert page.html["lang"] == language
    assert page.select_one(f"main a[href='/{language}/accounts/login/']") is not None
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len([message for message in errors if "sign in through another server" in message]) == 1
    assert (User.objects.count(), SocialAccount.objects.count(), EmailAddress.objects.count()) == (0, 0, 0)
    assert not any("_auth_user_id" in session.get_decoded() for session in Session.objects.all())


@pytest.mark.parametrize("what", NOT_JSON)
def test_a_discovery_document_that_is_none(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    server.answers[DISCOVERY] = NOT_JSON[what]
    assert_refused(reader.post(LOGIN), caplog)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "issuer"])
@pytest.mark.parametrize("value", [None, 7, [], {}, "missing"])
def test_a_discovery_document_without_a_part(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture, name: str, value: object
) -> None:
    document = server.discovery()
    if value == "missing":
        del document[name]
    else:
        document[name] = value
    server.answers[DISCOVERY] = answer_with(document)
    assert_refused(reader.post(LOGIN), caplog)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "//127.0.0.1/",
        "/authorize",
        "https://",
        "https://[",
        "",
        "data:text/html,x",
    ],
)
def test_an_endpoint_elsewhere_or_by_another_scheme(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture, name: str, address: str
) -> None:
    server.answers[DISCOVERY] = answer_with({**server.discovery(), name: address})
    assert_refused(reader.post(LOGIN), caplog)


@pytest.mark.parametrize("path", [DISCOVERY, TOKEN, USERINFO])
@pytest.mark.parametrize("how", ["silent", "away"])
def test_no_answer_at_all(
    server: IdentityServer,
    reader: Client,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    how: str,
) -> None:
    back = way_back(reader)
    if how == "silent":
        monkeypatch.setattr(answers, "ANSWER_SECONDS", 0.3)
        server.silent.add(path)
    else:
        server.answers[path] = b""
    start = time.monotonic()
    assert_refused(reader.get(back), caplog)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("what", [name for name in NOT_JSON if name != "not there"])
def test_tokens_that_are_none(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    back = way_back(reader)
    server.answers[TOKEN] = NOT_JSON[what]
    assert_refused(reader.get(back), caplog)


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": None},
        {"access_token": ["a"]},
        {"access_token": {}},
        {"access_token": ""},
        {"access_token": "a\0b"},
        {"expires_in": "soon"},
        {"expires_in": [1]},
        {"expires_in": 10**30},
        {"expires_in": -5},
        {"refresh_token": {"a": 1}},
        {"id_token": 7},
        {"id_token": ["a"]},
        {"id_token": "a.b.c"},
        {"id_token": "rubbish"},
    ],
    ids=str,
)
def test_tokens_of_wrong_types(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture, changes: dict[str, Any]
) -> None:
    server.token_changes = changes
    assert_refused(reader.get(way_back(reader)), caplog)


def test_a_code_that_is_refused_is_no_fault_of_the_server(server: IdentityServer, reader: Client) -> None:
    back = way_back(reader)
    server.answers[TOKEN] = answer_with({"error": "invalid_grant"}, "400 Bad Request")
    assert reader.get(back).status_code == 401


@pytest.mark.parametrize("what", NOT_JSON)
def test_claims_that_are_none(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    back = way_back(reader)
    server.answers[USERINFO] = NOT_JSON[what]
    assert_refused(reader.get(back), caplog)


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"name": ["Anna"]},
    {"name": {"first": "Anna"}},
    {"name": 7},
    {"name": True},
    {"name": "A\0nna"},
    {"name": "A\ud800nna"},
    {"given_name": ["Anna"]},
    {"family_name": {}},
    {"preferred_username": 5},
    {"picture": {"url": "https://pictures.example/"}},
    {"picture": ["https://pictures.example/"]},
    {"email": 7},
    {"email": ["anna@example.org"]},
    {"email": {"value": "anna@example.org"}},
    {"email": "a" * 5000 + "@example.org"},
    {"email_verified": "perhaps"},
    {"email_verified": 2},
    {"email_verified": ["true"]},
    {"sub": None},
    {"sub": ""},
    {"sub": 42},
    {"sub": ["42"]},
    {"sub": {"a": "42"}},
    {"sub": "4" * 5000},
    {"sub": "4" * 300},
    {"sub": "4\0"},
    {"email": "anna@exam\u200bple.org"},
    {"email": "anna@\u202egro.elpmaxe"},
    {"email": "anna@example.org\x07"},
    {"address": {"street": "nothing here\0"}},
    {"score": float("nan")},
    {"exp": 10**400},
    {"exp": 10**12, "jti": "a"},
]


@pytest.mark.parametrize("changes", WRONG_CLAIMS, ids=lambda changes: repr(changes)[:40])
def test_claims_of_wrong_types(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture, changes: dict[str, Any]
) -> None:
    server.person |= changes
    try:
        back = way_back(reader)
        answer = reader.get(back)
    except TypeError:  # what this server cannot sign it cannot send in a token
        pytest.fail("the test's own server cannot send this")
    assert_refused(answer, caplog)


def test_claims_of_another_person_than_the_tokens(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture
) -> None:
    back = way_back(reader)
    server.answers[USERINFO] = answer_with({**ANNA, "sub": "43"})
    assert_refused(reader.get(back), caplog)


def test_the_page_is_in_the_language_one_left_in(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture
) -> None:
    back = way_back(reader, "/en/accounts/oidc/sso/login/?next=/en/me/")
    server.answers[USERINFO] = answer_with([])
    assert_refused(reader.get(back), caplog, "en")


@pytest.mark.parametrize(("written", "meant"), [("true", True), ("False", False), (None, False), (True, True)])
def test_a_flag_that_came_as_text_means_what_it_says(
    server: IdentityServer, reader: Client, written: object, meant: bool
) -> None:
    server.person["email_verified"] = written
    reader.get(way_back(reader))
    assert EmailAddress.objects.get().verified == meant


def test_what_is_missing_or_empty_is_no_fault(server: IdentityServer, reader: Client) -> None:
    server.person = {"sub": "42", "name": None, "email": "anna@example.org", "email_verified": True, "picture": ""}
    assert reader.get(way_back(reader)).status_code == 302
    assert User.objects.get().name == ""


@pytest.mark.parametrize("provider", ["google", "github"])
@pytest.mark.parametrize(
    "claims",
    [
        *[changes for changes in WRONG_CLAIMS if "exp" not in changes and "sub" not in changes],
        {"sub": None, "id": None},
        {"sub": ["42"], "id": ["42"]},
        {"emails": {}},
        {"emails": ["anna@example.org"]},
        {"emails": [{"email": 7, "primary": True, "verified": True}]},
        {"emails": [{"email": "anna@example.org"}]},
        {"emails": [{"email": "anna@example.org", "primary": "perhaps", "verified": True}]},
    ],
    ids=lambda claims: repr(claims)[:40],
)
def test_the_same_holds_for_google_and_github(provider: str, claims: dict[str, Any]) -> None:
    person = {"sub": "42", "id": "42", "name": "Anna", "email": "anna@example.org", "email_verified": True}
    check_person(provider, {**person})
    with pytest.raises(ProviderFault):
        check_person(provider, {**person, **claims})


def test_an_identity_under_another_name_is_none(
    server: IdentityServer, reader: Client, caplog: pytest.LogCaptureFixture
) -> None:
    server.person = {"id": "42", **{name: ANNA[name] for name in ANNA if name != "sub"}}
    assert_refused(reader.get(way_back(reader)), caplog)


def test_github_names_a_person_by_id_and_not_by_sub() -> None:
    with pytest.raises(ProviderFault):
        check_person("github", {"sub": "42", "login": "anna", "email": "anna@example.org"})


def test_of_huge_claims_only_those_in_use_are_kept(server: IdentityServer, reader: Client) -> None:
    picture = "data:image/png;base64," + "A" * 100_000
    back = way_back(reader)
    server.answers[USERINFO] = answer_with({**ANNA, "picture": picture, "groups": ["bakers"] * 5000})
    assert reader.get(back).status_code == 302
    kept = SocialAccount.objects.get().extra_data["userinfo"]
    assert kept == {**ANNA, "picture": ""}
    assert User.objects.get().name == "Anna Ünal"


@pytest.mark.parametrize("written", ["false", "False", " true", "1"])
def test_a_text_that_is_not_true_confirms_no_address(server: IdentityServer, reader: Client, written: str) -> None:
    server.person["email_verified"] = written
    reader.get(way_back(reader))
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_an_account_that_cannot_be_saved_as_a_whole_is_not_saved_at_all(server: IdentityServer, reader: Client) -> None:
    with patch("allauth.socialaccount.models.setup_user_email", side_effect=DataError):
        assert reader.get(way_back(reader)).status_code == 500
    assert (User.objects.count(), SocialAccount.objects.count(), EmailAddress.objects.count()) == (0, 0, 0)


JSON_VALUES = st.one_of(
    *(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=20),
        st.sampled_from(["true", "false", "x\0", "\ud800"]),
    ),
    *(st.lists(st.text(max_size=3), max_size=2), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)),
    st.floats(),
)
CLAIM_NAMES = ("sub", "id", "name", "given_name", "preferred_username", "login", "email", "email_verified", "emails")


@pytest.mark.parametrize("provider_id", ["openid_connect", "google", "github"])
@given(changes=st.dictionaries(st.sampled_from(CLAIM_NAMES), JSON_VALUES, max_size=3))
@hypothesis.settings(max_examples=40, deadline=None, derandomize=True)
def test_whatever_the_claims_are_the_account_is_a_right_one_or_none(provider_id: str, changes: dict[str, Any]) -> None:
    claims = {"sub": "42", "id": "42", "name": "Anna", "email": "anna@example.org", "email_verified": "false"} | changes
    said = str(claims.get("email_verified")).lower()
    app = {"client_id": "x", "secret": "y", "provider_id": "sso", "settings": {"server_url": "http://127.0.0.1/"}}
    request = RequestFactory().get("/")
    request.session = Client().session
    with override_settings(SOCIALACCOUNT_PROVIDERS={provider_id: {"APPS": [app]}}), tried():
        provider = get_adapter().get_provider(request, "sso" if provider_id == "openid_connect" else provider_id)
        try:
            login = provider.sociallogin_from_response(
                request, {"userinfo": claims} if provider_id == "openid_connect" else claims
            )
        except ProviderFault:
            return
        user = get_adapter().save_user(request, login)
        user.refresh_from_db()
        user.clean_fields(exclude=["password", "name"])
        verified = EmailAddress.objects.filter(verified=True).exists()
        assert not verified or said == "true"


@pytest.mark.parametrize("provider", ["google", "github"])
@pytest.mark.parametrize("answer", [None, [], "42", 7])
def test_google_and_github_answer_with_an_object(provider: str, answer: object) -> None:
    with pytest.raises(ProviderFault):
        check_person(provider, answer)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "nothing", ""])
def test_other_schemes_are_not_asked(address: str) -> None:
    with ProviderSession() as session, pytest.raises(ProviderFault):
        session.get(address)


def test_a_server_that_is_not_there_is_a_fault() -> None:
    with ProviderSession() as session, pytest.raises(ProviderFault):
        session.get(f"http://127.0.0.1:{free_port()}/")
