"""Any request, however malformed, gets a page or a clear refusal, never a server error."""

from urllib.parse import unquote_to_bytes

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from skills.browse.filters import FACETS, MAX_CHOSEN_VALUES
from skills.models import Group, Role, Skill
from tests.factories import make_catalogue

pytestmark = pytest.mark.django_db

ANSWERS = {200, 301, 302, 304, 400, 403, 404, 405}
PAGES = (
    *("", "admin/", "healthz", "robots.txt", "sitemap.xml", "de/", "en/skills/", "de/skills/{skill}/", "en/roles/"),
    *("de/roles/{role}/", "en/domains/", "de/domains/{domain}/", "en/domains/{domain}/{group}/", "de/frameworks/"),
    *("en/frameworks/hostile/", "de/skills/nothing/", "en/domains/{domain}/nothing/", "de-AT/", "DE/skills/", "/e.org"),
    *("feeds/all.atom", "feeds/roles/{role}.atom", "feeds/skills/nothing.atom", "en/people/nobody/", "de/me/settings/"),
)
NAMES = (*FACETS, "q", "sort", "page", "view", "tab", "only", "by", "lang", "%00", "")
# As they appear in a URL: bytes that are not text, special characters of SQL, HTML, paths and headers, invalid numbers.
VALUES = st.one_of(
    st.sampled_from(
        ["%00", "%FF", "%ED%A0%80", "%C0%AF", "%", "%zz", "%0d%0aX-A:b", "%2e%2e%2f", "a%2F%00", "'", "<b>"]
    ),
    st.sampled_from(["-1", "0", "1e9", "9" * 5000, "%D9%A3", "a" * 5000, "%F4%90%80%80", "%E2%80%A8", "\xff\xfe", "*"]),
    st.binary(max_size=12).map(lambda raw: "".join(f"%{byte:02x}" for byte in raw)),
)
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW")
HEADERS = (
    *("HX-Request", "HX-Target", "HX-Boosted", "HX-Current-URL", "HX-Target-URI-AutoEncoded", "If-None-Match", "Host"),
    *("HX-History-Restore-Request", "Accept-Encoding", "Accept-Language", "Cookie", "X-Forwarded-Host", "Range"),
)
HEADER_VALUES = st.one_of(
    st.sampled_from(
        ["true", "*", "", ",", 'W/"', "gzip;q=nan", "de;q=9e999", "x" * 9000, "http://[::1", "language=" + "x-" * 300]
    ),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=12),
)


@pytest.fixture
def places() -> dict[str, str]:
    framework = make_catalogue(slug="hostile")
    group = Group.objects.select_related("domain").get(domain__framework=framework)
    skill, role = Skill.objects.get(framework=framework), Role.objects.filter(framework=framework)[0]
    return {"skill": skill.slug, "role": role.slug, "domain": group.domain.slug, "group": group.slug}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(METHODS),
    page=st.sampled_from(PAGES),
    tail=st.one_of(st.just(""), VALUES),
    query=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=3),
    headers=st.dictionaries(st.sampled_from(HEADERS), HEADER_VALUES, max_size=2),
)
@example(method="GET", page="en/skills/", tail="", query=[("role", "%00")], headers={})
@example(method="GET", page="en/skills/", tail="", query=[("group", f"{i}") for i in range(2000)], headers={})
def test_no_request_causes_a_server_error(
    places: dict[str, str],
    method: str,
    page: str,
    tail: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
) -> None:
    path = "/" + page.format(**places) + unquote_to_bytes(tail).decode("latin-1")
    query_string = "&".join(f"{name}={value}" for name, value in query)
    response = Client().generic(method, "/", PATH_INFO=path, QUERY_STRING=query_string, headers=headers)
    assert response.status_code in ANSWERS


@pytest.mark.parametrize("facet", FACETS)
def test_filter_that_no_text_can_be_is_refused_with_a_message(client: Client, facet: str) -> None:
    response = client.get(f"/en/skills/?{facet}=a%00b")
    assert response.status_code == 400
    assert "contains a character that no text can contain" in response.text


def test_more_filters_than_allowed_are_refused_with_a_message(client: Client) -> None:
    most = "&".join(f"group=nothing/{number}" for number in range(MAX_CHOSEN_VALUES))
    assert client.get(f"/en/skills/?{most}").status_code == 200
    response = client.get(f"/en/skills/?{most}&role=one-more")
    assert response.status_code == 400
    assert "At most 100 filters can be chosen at once." in response.text


def test_session_cookie_that_no_text_can_be_is_refused(client: Client) -> None:
    response = client.get("/admin/", headers={"Cookie": 'sessionid="aaaaaaaaaaaa\\000"'})
    assert response.status_code in {302, 400}  # SQLite looks for it, PostgreSQL does not take it


def test_staff_filter_that_no_text_can_be_is_refused(admin_site: Client) -> None:
    assert admin_site.get("/admin/skills/skill/?slug=%00").status_code in {200, 400}
