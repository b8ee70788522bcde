"""allauth's pages look like the site's and speak its languages, every one of them."""

import re
from pathlib import Path

import allauth
import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from django.template import engines
from django.test import Client
from django.utils import translation

from tests.accounts.members import make_member
from tests.accounts.visitors import CODE, CONFIRM, CONFIRM_SIGN_IN, RESET, SIGN_IN, SIGN_UP, sign_up

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "templates"
ALLAUTH = Path(allauth.__file__).parent
FOR_STRANGERS = [SIGN_UP, SIGN_IN, CODE, RESET, "/de/accounts/inactive/", "/de/accounts/password/reset/done/"]
FOR_MEMBERS = [
    "/de/accounts/password/change/",
    "/de/accounts/logout/",
    "/de/accounts/reauthenticate/",
]
NOT_OFFERED = {  # pages of parts that this site does not have
    "account/phone_change.html",
    "account/confirm_phone_verification_code.html",
    "account/base_manage_phone.html",
    "account/email.html",
    "account/email_change.html",
    "account/signup_by_passkey.html",
}
SHORTEST_COMPARED = 8  # "Code" and "Passkey" are the same word in both languages
DU = re.compile(r"\b(du|dein\w*|dir|dich|deine?)\b", re.IGNORECASE)


def page_of(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def english_without_german() -> set[str]:
    """Return what allauth says in English, as whole lines of text."""
    with (ALLAUTH / "locale" / "de" / "LC_MESSAGES" / "django.po").open("rb") as file:
        messages = [" ".join(str(message.id).split()) for message in read_po(file) if message.id]
    return {message for message in messages if len(message) > SHORTEST_COMPARED}


def assert_ours(page: BeautifulSoup) -> None:
    assert page.select_one("header.site-head .brand")
    (heading,) = page.select("h1")
    assert heading.get_text(strip=True) != ""
    assert page.select("script:not([src]):not([type='application/json']), style, [style]") == []
    assert [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")] == []
    for control in page.select("input:not([type=hidden]), textarea, select"):
        assert page.select_one(f"label[for='{control.get('id')}']"), control


@pytest.mark.parametrize("address", FOR_STRANGERS)
def test_pages_for_strangers_are_the_sites_own(client: Client, address: str) -> None:
    assert_ours(page_of(client, address))
    assert_ours(page_of(client, address.replace("/de/", "/en/")))


@pytest.mark.parametrize("address", FOR_MEMBERS)
def test_pages_for_members_are_the_sites_own(client: Client, address: str) -> None:
    client.force_login(make_member())
    assert_ours(page_of(client, address))
    assert_ours(page_of(client, address.replace("/de/", "/en/")))


@pytest.mark.parametrize("address", [CONFIRM, CONFIRM_SIGN_IN])
def test_pages_for_a_code_are_the_sites_own(client: Client, address: str) -> None:
    sign_up(client, "anna@example.org") if address == CONFIRM else client.post(CODE, {"email": "anna@example.org"})
    assert_ours(page_of(client, address))


@pytest.mark.parametrize("address", [*FOR_STRANGERS, *FOR_MEMBERS])
def test_no_line_of_a_german_page_is_english_or_familiar(client: Client, address: str) -> None:
    if address in FOR_MEMBERS:
        client.force_login(make_member())
    page = page_of(client, address)
    lines = {" ".join(text.split()) for text in page.stripped_strings}
    assert lines & english_without_german() == set()
    assert [line for line in lines if DU.search(line)] == []


def test_every_account_template_of_allauth_is_replaced_or_not_offered() -> None:
    shipped = {
        path.relative_to(ALLAUTH / "templates").as_posix() for path in (ALLAUTH / "templates" / "account").rglob("*")
    }
    ours = {path.relative_to(OURS).as_posix() for path in (OURS / "account").rglob("*")}
    pages = {name for name in shipped if name.endswith(".html") and "base_" not in name and "snippets" not in name}
    assert pages - ours - NOT_OFFERED == set()
    assert {name for name in shipped if name.startswith("account/email/") and name.endswith(".txt")} - ours == set()


@pytest.mark.parametrize("path", sorted((OURS / "account" / "email").glob("*.txt")), ids=lambda path: path.stem)
def test_mail_is_german_and_english(path: Path) -> None:
    template = engines["django"].get_template(path.relative_to(OURS).as_posix())
    texts = []
    for language in ("de", "en"):
        with translation.override(language):
            texts.append(template.render({"email": "anna@example.org", "code": "ABC-DEF"}))
    assert texts[0] != texts[1] or not texts[0].strip()
    assert not DU.search(texts[0])


@pytest.mark.parametrize("address", [SIGN_IN, SIGN_UP])
def test_errors_are_tied_to_their_fields(client: Client, address: str) -> None:
    page = BeautifulSoup(client.post(address, {"name": ""}).content, "html.parser")
    faulty = page.select("input[aria-invalid=true]")
    assert faulty != []
    for control in faulty:
        described = str(control["aria-describedby"]).split()
        assert any(page.find(id=name).get_text(strip=True) for name in described)  # type: ignore[union-attr]
