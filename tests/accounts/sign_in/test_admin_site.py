"""Django admin is entered through the site's own sign-in, with a second factor where it is asked for."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from tests.accounts.members import PASS_PHRASE, make_member, signed_in, soup

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return make_member("anna", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("next_url", ["/admin/", "/admin/accounts/user/?q=a%26b"])
def test_sign_in_redirects_back_to_the_requested_admin_page(client: Client, anna: User, next_url: str) -> None:
    page = client.get(next_url, follow=True)
    address = urlsplit(page.redirect_chain[-1][0])
    assert address.path == "/de/accounts/login/"
    [then] = parse_qs(address.query)["next"]
    data = {"login": anna.email, "password": PASS_PHRASE, "next": then}
    answer = client.post("/de/accounts/login/", data, follow=True)
    assert answer.redirect_chain[-1][0] == next_url
    assert answer.status_code == 200


def test_there_is_no_second_sign_in_form(client: Client, anna: User) -> None:
    answer = client.post("/admin/login/", {"username": "anna", "password": PASS_PHRASE})
    assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, "/de/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_members_are_refused_instead_of_asked_again(anna: User) -> None:
    client = signed_in(make_member("berta"))
    for address in ("/admin/", "/admin/login/", "/admin/accounts/user/"):
        answer = client.get(address, follow=True)
        assert answer.status_code == 403
        assert len(answer.redirect_chain) <= 1


def test_sign_in_of_the_admin_redirects_to_no_other_site(client: Client, anna: User) -> None:
    address = "/admin/login/?next=https://evil.example/"
    assert parse_qs(urlsplit(client.get(address)["Location"]).query) == {"next": ["/admin/"]}
    assert signed_in(anna).get(address)["Location"] == "/admin/"


def test_without_the_setting_a_password_is_enough(anna: User) -> None:
    assert signed_in(anna).get("/admin/").status_code == 200


@pytest.fixture
def second_factor_asked(settings: LazySettings) -> None:
    settings.REQUIRE_STAFF_MFA = True


@pytest.mark.usefixtures("second_factor_asked")
def test_staff_without_a_second_factor_set_one_up_and_go_on(anna: User) -> None:
    client = signed_in(anna)
    next_url = "/admin/accounts/user/?q=a%26b"
    page = client.get(next_url, follow=True)
    assert page.redirect_chain == [("/de/accounts/2fa/", 302)]
    assert soup(page).find("a", href=next_url) is None
    TOTP.activate(anna, generate_totp_secret())
    assert soup(client.get("/de/accounts/2fa/")).find("a", href=next_url) is not None
    assert client.get(next_url).status_code == 200
    assert soup(client.get("/de/accounts/2fa/")).find("a", href=next_url) is None


@pytest.mark.usefixtures("second_factor_asked")
def test_no_admin_page_and_no_action_bypasses_the_second_factor(anna: User) -> None:
    client = signed_in(anna)
    for address in ("/admin/", "/admin/accounts/user/add/", "/admin/jsi18n/", "/admin/password_change/"):
        for answer in (client.get(address), client.post(address, {"username": "eve"})):
            assert (answer.status_code, answer["Location"]) == (302, "/de/accounts/2fa/")
    assert list(User.objects.all()) == [anna]


@pytest.mark.usefixtures("second_factor_asked")
def test_the_site_itself_asks_staff_for_nothing_more(anna: User) -> None:
    assert signed_in(anna).get("/de/me/").status_code == 200


@pytest.mark.usefixtures("second_factor_asked")
def test_who_removes_the_second_factor_must_set_up_a_new_one(anna: User) -> None:
    TOTP.activate(anna, generate_totp_secret())
    client = Client()
    client.force_login(anna)
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/admin/").status_code == 302
