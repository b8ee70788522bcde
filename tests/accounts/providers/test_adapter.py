"""Signing in through another server: a real OpenID Connect server in this process, and a browser that follows."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.sign_in.usernames import find_free_username
from tests.accounts.members import make_member, signed_in, soup
from tests.accounts.visitors import CODE, CONFIRM, CONFIRM_SIGN_IN, code_in_mail, sign_up
from tests.factories import make_user
from tests.identity_server import CLIENT_ID, CLIENT_SECRET, IdentityServer, identity_server

pytestmark = pytest.mark.django_db

LOGIN = "/de/accounts/oidc/sso/login/"
CALLBACK = "http://testserver/accounts/oidc/sso/login/callback/"
ANNA = {"sub": "42", "name": "Anna Ünal", "email": "anna@example.org", "email_verified": True}


@pytest.fixture
def server(settings: LazySettings) -> Iterator[IdentityServer]:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
    with identity_server() as running:
        running.person = dict(ANNA)
        app = {
            "provider_id": "sso",
            "name": "House key",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": running.address, "oauth_pkce_enabled": True},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield running


def way_back(client: Client, address: str = f"{LOGIN}?next=/de/me/") -> str:
    """Go to the other server, sign in there, and return the address it sends the browser back to."""
    leaving = client.post(address)
    assert leaving.status_code == 302
    answer = requests.get(leaving["Location"], allow_redirects=False, timeout=10)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def sign_in(client: Client, address: str = f"{LOGIN}?next=/de/me/") -> Any:
    return client.get(way_back(client, address))


def signed_in_user(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


def test_first_sign_in_makes_an_account_with_the_name_shown(server: IdentityServer, client: Client) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/de/me/")
    user = User.objects.get()
    assert (user.name, user.username, user.email) == ("Anna Ünal", "anna-uenal", "anna@example.org")
    assert not user.has_usable_password()
    assert signed_in_user(client) == user.pk
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == ("anna@example.org", True, True)


def test_second_sign_in_leads_into_the_same_account(server: IdentityServer, client: Client) -> None:
    sign_in(client)
    server.person["email"] = "elsewhere@example.org"
    other = Client()
    sign_in(other)
    assert signed_in_user(other) == User.objects.get().pk
    assert User.objects.get().email == "anna@example.org"


def test_the_page_one_wanted_is_kept_on_the_way(server: IdentityServer, client: Client) -> None:
    answer = sign_in(client, f"{LOGIN}?next=/en/skills/%3Fq%3Dbread%26page%3D2")
    assert answer["Location"] == "/en/skills/?q=bread&page=2"


def test_no_redirect_to_a_page_of_another_site(server: IdentityServer, client: Client) -> None:
    answer = sign_in(client, f"{LOGIN}?next=https://evil.example/")
    assert answer["Location"].startswith("/")


def test_the_address_to_come_back_to_has_no_language(server: IdentityServer, client: Client) -> None:
    for language in ("de", "en"):
        back = way_back(Client(), f"/{language}/accounts/oidc/sso/login/?next=/{language}/me/")
        assert back.partition("?")[0] == CALLBACK


def test_who_comes_back_reads_the_language_they_left_in(server: IdentityServer) -> None:
    languages = []
    for language in ("de", "en"):
        client = Client(headers={"accept-language": "fr"})
        back = way_back(client, f"/{language}/accounts/oidc/sso/login/?next=/{language}/me/")
        answer = client.get(back.replace("code=", "code=forged"))
        assert answer.status_code == 401
        languages.append(answer["Content-Language"])
    assert languages == ["de", "en"]


def test_a_token_for_another_site_is_refused(server: IdentityServer, client: Client) -> None:
    server.person["aud"] = "another site"
    assert sign_in(client).status_code == 401
    assert (signed_in_user(client), User.objects.count()) == (None, 0)


@pytest.mark.parametrize("state", ["", "forged"])
def test_a_state_that_was_not_given_out_is_refused(server: IdentityServer, client: Client, state: str) -> None:
    back = way_back(client)
    answer = client.get(back.partition("&state=")[0] + f"&state={state}")
    assert answer.status_code == 401
    assert (signed_in_user(client), User.objects.count()) == (None, 0)


def test_a_state_of_another_browser_is_refused(server: IdentityServer, client: Client) -> None:
    back = way_back(client)
    stranger = Client()
    assert stranger.get(back).status_code == 401
    assert (signed_in_user(stranger), User.objects.count()) == (None, 0)


def test_a_state_is_good_for_one_sign_in(server: IdentityServer, client: Client) -> None:
    back = way_back(client)
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 401


def test_who_refuses_over_there_is_not_signed_in_here(server: IdentityServer, client: Client) -> None:
    server.refuses = True
    page = client.get(way_back(client), follow=True)
    assert page.redirect_chain[-1][0] == "/de/accounts/3rdparty/login/cancelled/"
    assert (signed_in_user(client), User.objects.count()) == (None, 0)


@pytest.mark.parametrize("is_verified", [True, False])
def test_an_address_takes_over_no_account(server: IdentityServer, client: Client, is_verified: bool) -> None:
    owner = make_member("anna")
    server.person["email_verified"] = is_verified
    sign_in(client)
    assert signed_in_user(client) is None
    assert not SocialAccount.objects.exists()
    assert list(User.objects.all()) == [owner]
    assert [message.to for message in mail.outbox] == [["anna@example.org"]]


def test_an_address_the_server_did_not_check_must_be_confirmed(server: IdentityServer, client: Client) -> None:
    server.person["email_verified"] = False
    sign_in(client)
    assert signed_in_user(client) is None
    assert not EmailAddress.objects.get().verified
    assert [message.to for message in mail.outbox] == [["anna@example.org"]]


def test_a_member_connects_the_account_and_signs_in_through_it(server: IdentityServer) -> None:
    member = make_member("berta")
    answer = sign_in(signed_in(member), f"{LOGIN}?process=connect&next=/de/accounts/3rdparty/")
    assert answer["Location"] == "/de/accounts/3rdparty/"
    other = Client()
    sign_in(other)
    assert signed_in_user(other) == member.pk


def test_servers_are_offered_where_keys_are_set(server: IdentityServer, client: Client) -> None:
    page = soup(client.get("/de/accounts/login/?next=/de/roles/"))
    assert [link["href"] for link in page.select("a[href*=oidc]")] == [
        "/de/accounts/oidc/sso/login/?process=login&next=%2Fde%2Froles%2F"
    ]


def test_no_server_is_offered_without_keys(client: Client) -> None:
    page = client.get("/de/accounts/login/")
    assert page.status_code == 200
    assert soup(page).select("a[href*='login/?process']") == []
    assert client.get(LOGIN).status_code == 404
    assert client.get("/accounts/oidc/sso/login/callback/", follow=True).status_code == 404


@pytest.mark.parametrize("language", ["/de", "/en"])
def test_a_server_that_only_the_database_names_is_not_there(client: Client, language: str) -> None:
    """An address of its own network, or a server that vouches for any address, could be written there."""
    with identity_server() as running:
        running.person = dict(ANNA)
        for provider_id in ("sso", "other"):
            SocialApp.objects.create(
                provider="openid_connect",
                provider_id=provider_id,
                name="Inside",
                client_id=CLIENT_ID,
                secret=CLIENT_SECRET,
                settings={"server_url": running.address, "email_authentication": True, "verified_email": True},
            )
            for page in ("login", "login/callback"):
                address = f"{language}/accounts/oidc/{provider_id}/{page}/"
                assert client.get(address).status_code == 404
                assert client.post(address).status_code in {404, 405}
        SocialApp.objects.create(provider="github", name="Hub", client_id="x", secret="y")
        assert client.post(f"{language}/accounts/github/login/").status_code == 404
    assert not [
        form
        for form in soup(client.get(f"{language}/accounts/login/")).select("form[action*='/login/']")
        if "oidc" in str(form["action"]) or "github" in str(form["action"])
    ]


def test_a_row_of_the_database_changes_nothing_of_a_server_of_the_settings(
    server: IdentityServer, client: Client
) -> None:
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="sso",
        name="Inside",
        client_id=CLIENT_ID,
        secret="another",
        settings={"server_url": "http://127.0.0.1:9/"},
    )
    sign_in(client)
    assert User.objects.get().name == "Anna Ünal"


def test_an_account_of_a_server_that_is_gone_can_be_disconnected() -> None:
    anna = make_member("anna")
    account = SocialAccount.objects.create(user=anna, provider="other", uid="1")
    client = signed_in(anna)
    assert client.get("/de/accounts/3rdparty/").status_code == 200
    assert client.post("/de/accounts/3rdparty/", {"account": account.pk}).status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_name_that_is_an_address_is_not_shown(server: IdentityServer, client: Client) -> None:
    server.person["name"] = "anna@example.org"
    sign_in(client)
    user = User.objects.get()
    assert user.name == ""
    assert user.username.startswith("member-")


def test_user_names_are_free_and_hold_no_address() -> None:
    for name in ("anna-beck", "Anna-Beck-2"):
        make_user(name)
    assert find_free_username("Anna Beck") == "anna-beck-3"
    assert find_free_username("Jürgen Groß") == "juergen-gross"
    for name in ("", "!", "a@example.org"):
        assert find_free_username(name).startswith("member-")


def test_outside_account_of_a_stranger_opens_nothing_once_the_owner_has_entered(server: IdentityServer) -> None:
    server.person["email_verified"] = False
    stranger = Client()
    sign_in(stranger)
    assert SocialAccount.objects.get().user.email == "anna@example.org"
    victim = Client()
    victim.post(CODE, {"email": "anna@example.org"})
    victim.post(CONFIRM_SIGN_IN, {"code": code_in_mail()})
    assert signed_in_user(victim) == User.objects.get().pk
    assert not SocialAccount.objects.exists()
    for browser in (stranger, Client()):
        sign_in(browser)
        assert signed_in_user(browser) is None


def test_owner_enters_through_a_server_that_checked_the_address_and_the_stranger_s_password_is_gone(
    server: IdentityServer,
) -> None:
    sign_up(Client(), "anna@example.org", password1="a pass phrase of the attacker")
    victim = Client()
    sign_in(victim)
    account = User.objects.get()
    assert signed_in_user(victim) == account.pk
    assert not account.has_usable_password()
    assert SocialAccount.objects.get().uid == "42"
    assert EmailAddress.objects.get().verified
    assert [message.to for message in mail.outbox] == [["anna@example.org"]] * 3  # code, cleared, connected
    again = Client()
    sign_in(again)
    assert signed_in_user(again) == account.pk


def test_server_that_did_not_check_the_address_opens_no_account_of_another_sign_up(server: IdentityServer) -> None:
    sign_up(Client(), "anna@example.org")
    server.person["email_verified"] = False
    stranger = Client()
    sign_in(stranger)
    assert signed_in_user(stranger) is None
    assert not SocialAccount.objects.exists()
    assert User.objects.get().has_usable_password()


def test_own_sign_up_through_a_server_keeps_its_connection_when_its_code_is_typed(server: IdentityServer) -> None:
    server.person["email_verified"] = False
    client = Client()
    sign_in(client)
    client.post(CONFIRM, {"code": code_in_mail()})
    assert signed_in_user(client) == User.objects.get().pk
    assert SocialAccount.objects.exists()


def test_unconfirmed_address_beside_a_confirmed_one_is_dropped(server: IdentityServer, client: Client) -> None:
    """GitHub, for example, names all addresses of a person, also those it has not checked."""
    typed = EmailAddress(email="victim@example.org", verified=False, primary=False)
    with patch.object(OpenIDConnectProvider, "extract_email_addresses", autospec=True) as named:
        named.side_effect = lambda _self, _data: [
            EmailAddress(email="anna@example.org", verified=True, primary=True),
            typed,
        ]
        sign_in(client)
    assert signed_in_user(client) == User.objects.get().pk
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("anna@example.org", True)]
    stranger = Client()
    stranger.post(CODE, {"email": "victim@example.org"})
    assert mail.outbox[-1].subject == "Kein Konto mit dieser Adresse"


@pytest.mark.parametrize(
    ("sent", "name"),
    [("A\u0308nne\u00a0\u2003Beck", "Änne Beck"), ("An\u200bna \u202eBeck", "Anna Beck"), ("\u3164\u2800", "")],
)
def test_a_name_from_the_server_gets_its_normal_form(
    server: IdentityServer, client: Client, sent: str, name: str
) -> None:
    server.person["name"] = sent
    assert sign_in(client).status_code == 302
    assert User.objects.get().name == name
