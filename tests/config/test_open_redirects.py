"""`next` redirects within this site or not at all: every view that reads it is found, and tried with every trick."""

import logging
import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.accounts.members import PASS_PHRASE, make_member
from tests.accounts.visitors import CODE, CONFIRM, CONFIRM_SIGN_IN, code_in_mail, is_signed_in, sign_up
from tests.community.test_permissions import tried
from tests.config.test_every_url import TABLE, stage_of
from tests.config.url_stage import Stage, make_stage
from tests.config.url_table import Row
from tests.config.url_table_accounts import ADMIN

pytestmark = pytest.mark.django_db

OURS = "/en/somewhere-else/"
EVIL = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "/\t/evil.example",
    " //evil.example",
    "http://testserver@evil.example/",
    "javascript:alert(1)",
)
ENTRANCE = {f"/en/accounts/{page}/" for page in ("login", "login/code", "signup", "logout", "password/reset")}
READS_NEXT = {
    "anonymous": ENTRANCE,
    "administrator": ENTRANCE
    | {f"/en/accounts/{page}/" for page in ("login/code/confirm", "reauthenticate", "password/change")}
    | {f"/en/accounts/2fa/{page}/" for page in ("authenticate", "webauthn/login", "webauthn/reauthenticate")}
    | {f"/en/accounts/2fa/webauthn/keys/{{own_passkey}}/{action}/" for action in ("edit", "remove")}
    | {"/admin/login/", "/admin/logout/"},
}
PROVEN = [
    Row("accounts/login/", "", "302 302 302 302 302 302", {"login": "root@example.org", "password": PASS_PHRASE}),
    Row("accounts/reauthenticate/", "", "in 302 302 302 302 302", {"password": PASS_PHRASE}),
]
MODELS = tuple(f"/admin/{model}/" for model in ADMIN)
ROWS = [row for row in TABLE if not row.address.startswith(MODELS)]


def with_next(stage: Stage, method: str, row: Row, wanted: str) -> Any:
    """Ask with `next` both in the address and in the form."""
    mark = "&" if "?" in row.address else "?"
    return stage.ask(method, f"{row.address}{mark}next={quote(wanted, safe='')}", {**row.data, "next": wanted})


@pytest.mark.parametrize("role", READS_NEXT)
def test_every_view_that_reads_next_is_known(role: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")
    stage, found = stage_of(role), set()
    for row in ROWS:
        for method in ("get", "post"):
            if row.expected(method, role):
                with tried():
                    answer = with_next(stage, method, row, OURS)
                is_kept = answer.status_code == 401  # what was typed, to be sent again
                is_offered = f'value="{OURS}"' in answer.text and not is_kept
                if answer.headers.get("Location") == OURS or is_offered:
                    found.add(row.address)
    assert found == READS_NEXT[role]


def leaves(address: str) -> bool:
    r"""Return whether a browser would go to another site, or run a script: it drops ends of lines and reads \ as /."""
    read = re.sub(r"[\t\r\n]", "", address).strip().replace("\\", "/")
    read = re.sub(r"^(https?:)?/{2,}", r"\1//", read)
    found = urlsplit(urljoin("http://testserver/en/", read))
    return found.scheme not in {"http", "https"} or found.netloc != "testserver"


@pytest.mark.parametrize("address", EVIL)
def test_these_are_links_to_another_site(address: str) -> None:
    assert leaves(address)
    assert not leaves(OURS)
    assert not leaves("http://testserver/en/")


def ways_out(answer: Any) -> list[str]:
    """Return which targets of an answer are those that `next` asked for: of its Location, links and forms.

    A field with the next address is not one of them: it comes back to the view that reads it.
    """
    page = BeautifulSoup(answer.content, "html.parser")
    found = [answer.headers[name] for name in ("Location", "HX-Redirect") if name in answer.headers]
    found += [str(tag[name]) for name in ("href", "action", "formaction") for tag in page.select(f"[{name}]")]
    return [address for address in found if ("evil" in address or "alert(" in address) and leaves(address)]


@pytest.mark.parametrize("role", READS_NEXT)
def test_next_redirects_to_no_other_site(role: str) -> None:
    stage, wrong, redirecting = make_stage(role), [], set()
    for row in [*PROVEN, *(row for row in ROWS if row.address in READS_NEXT[role])]:
        for method in ("get", "post"):
            for wanted in (OURS, *EVIL) if row.expected(method, role) else ():
                with tried():
                    answer = with_next(stage, method, row, wanted)
                    wrong += [f"{method} {row.address}, {wanted!r}: {found}" for found in ways_out(answer)]
                if answer.headers.get("Location") == OURS:
                    redirecting.add(row.address)
    assert not wrong, "\n".join(wrong)
    assert "/en/accounts/login/" in redirecting  # a target on this site is followed


@pytest.mark.parametrize("wanted", EVIL)
def test_next_of_the_beginning_counts_for_nothing_at_the_end(wanted: str) -> None:
    by_code, new = Client(), Client()
    by_code.post(CODE, {"email": make_member("anna").email, "next": wanted})
    entered = by_code.post(CONFIRM_SIGN_IN, {"code": code_in_mail(), "next": wanted})
    sign_up(new, "berta@example.org", next=wanted)
    confirmed = new.post(CONFIRM, {"code": code_in_mail(), "next": wanted})
    assert (is_signed_in(by_code), is_signed_in(new)) == (True, True)
    assert [answer["Location"] for answer in (entered, confirmed)] == ["/de/me/", "/de/me/"]


PATHS = ["//evil.example", "//evil.example/en/skills", "/en//evil.example", "/\\evil.example/", "/en/\\evil.example"]


@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_begins_twice_redirects_to_no_other_site(path: str, client: Client) -> None:
    for method in ("get", "post"):
        answer = getattr(client, method)("/", PATH_INFO=path)
        assert ways_out(answer) == []


def test_what_htmx_says_of_its_page_redirects_to_no_other_site(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example//evil.example/"}
    answer = client.get("/en/me/", headers=headers)
    assert (answer.status_code, ways_out(answer)) == (401, [])
    person = make_member("anna")
    page = client.get(answer["HX-Redirect"])
    assert ways_out(page) == []
    data = {"login": person.email, "password": PASS_PHRASE}
    assert client.post(answer["HX-Redirect"], data)["Location"] == "/en/me/"
