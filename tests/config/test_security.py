"""What every response says to the browser, and what a page asks of others: nothing."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from skills.models import Skill
from tests.accounts.members import make_member
from tests.accounts.visitors import sign_in
from tests.config.fresh_site import ask
from tests.factories import make_catalogue, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.failing_urls")]

POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)
PAGES = ("", "skills/", "skills/?q=does", "roles/", "domains/", "frameworks/", "nothing/")
RESPONSES = {
    "/": 302,
    "/en/": 200,
    "/de": 301,
    "/en/skills/?q=%00": 400,
    "/en/nothing/": 404,
    "/en/fails/forbidden/": 403,
    "/en/fails/fast/": 429,
    "/en/fails/broken/": 500,
    "/en/fails/database/": 503,
    "/admin/": 302,
    "/admin/login/": 302,
    "/de/accounts/login/": 200,
    "/healthz": 200,
    "/robots.txt": 200,
    "/sitemap.xml": 200,
    "/static/css/app.css": 200,
    "/static/nothing.css": 404,
}


@pytest.fixture
def reader(settings: Settings) -> Client:
    """Return a client that also gets static files, and error pages instead of exceptions."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("path", "status"), RESPONSES.items())
def test_every_response_carries_policy_and_security_headers(reader: Client, path: str, status: int) -> None:
    response = reader.get(path)
    response.getvalue()  # closes a static file
    assert response.status_code == status
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_unknown_host_gets_the_same_headers(reader: Client) -> None:
    response = reader.get("/en/", headers={"host": "elsewhere.example"})
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Frame-Options"] == "DENY"


def test_kept_page_and_its_confirmation_carry_them_too(reader: Client) -> None:
    reader.get("/en/")
    kept = reader.get("/en/")
    confirmed = reader.get("/en/", headers={"If-None-Match": kept.headers["ETag"]})
    assert confirmed.status_code == 304
    for response in (kept, confirmed):
        assert response.headers["Content-Security-Policy"] == POLICY
        assert response.headers["X-Frame-Options"] == "DENY"


def outside(client: Client, path: str) -> list[str]:
    """Return what a page would load from elsewhere, or write into itself against the policy."""
    page = BeautifulSoup(client.get(path).content, "html.parser")
    loading = [
        *(tag.get("src") for tag in page.select("script, img, iframe, source, video, audio, embed")),
        *(tag["href"] for tag in page.select("link[href]:not([rel=canonical], [rel=alternate])")),
        *(tag["href"] for tag in page.select("use[href], image[href]")),
        *(tag["action"] for tag in page.select("form[action]")),
    ]
    hosts = [urljoin("http://testserver", str(address or "")) for address in loading]
    found = [address for address in hosts if urlsplit(address).netloc != "testserver"]
    inline = [str(tag) for tag in page.select("style, [style], script:not([src]), [onclick], [onload], [onchange]")]
    return found + inline


def test_no_page_loads_anything_from_elsewhere_or_inline(reader: Client) -> None:
    make_catalogue(slug="own")
    skill = Skill.objects.get()
    role = skill.framework.roles.first()
    assert role is not None
    group = skill.group
    places = (f"skills/{skill.slug}/", f"skills/{skill.slug}/?view=grid", f"roles/{role.slug}/", "frameworks/own/")
    more = (f"domains/{group.domain.slug}/", f"domains/{group.domain.slug}/{group.slug}/", "fails/broken/")
    found = {path: outside(reader, f"/en/{path}") for path in (*PAGES, *places, *more)}
    assert found == {path: [] for path in found}


def test_administration_loads_nothing_from_elsewhere(reader: Client) -> None:
    assert outside(reader, "/de/accounts/login/") == []
    reader.force_login(make_user(is_staff=True, is_superuser=True))
    assert outside(reader, "/admin/") == []


def test_style_sheets_load_nothing_from_elsewhere(settings: Settings) -> None:
    sheets = [path.read_text() for path in (settings.BASE_DIR / "static").rglob("*.css")]
    assert sheets
    assert not [sheet for sheet in sheets if "url(http" in sheet or "url(//" in sheet or 'url("http' in sheet]


def test_site_at_an_https_address_insists_on_it(tmp_path: Path) -> None:
    environment = {
        "SITE_URL": "https://example.org",
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "TRUST_PROXY": "0",
    }
    plain, secure, login = ask(
        environment, ("/robots.txt", False), ("/robots.txt", True), ("/de/accounts/login/", True)
    )
    assert (plain.status, plain.headers["Location"]) == (301, "https://example.org/robots.txt")
    assert plain.headers["Content-Security-Policy"] == POLICY
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Sitemap: https://example.org/sitemap.xml" in secure.text
    assert "; Secure" in login.cookies["csrftoken"]


def test_site_at_an_http_address_promises_no_https(reader: Client) -> None:
    response = reader.get("/en/")
    assert "Strict-Transport-Security" not in response.headers


def test_session_cookie_is_for_this_site_and_not_for_scripts(reader: Client) -> None:
    sign_in(reader, make_member().email)
    cookie = reader.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_deployment_check_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check", fail_level="WARNING")
    assert "WARNING" not in capsys.readouterr().err
