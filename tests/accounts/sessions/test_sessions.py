"""The list of a user's sessions, and signing out elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.sessions import sessions
from tests.accounts.members import FIREFOX, let_time_pass, make_member, sign_in, soup

pytestmark = pytest.mark.django_db

ADDRESS = "/de/accounts/sessions/"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def anna() -> User:
    return make_member("anna")


def is_in(client: Client) -> bool:
    return client.get("/de/me/").status_code == 200


def listed(client: Client) -> list[str]:
    return [item.get_text(" ", strip=True) for item in soup(client.get(ADDRESS)).select(".owned-list > li")]


def session_of(client: Client) -> UserSession:
    session: UserSession = UserSession.objects.get(session_key=client.session.session_key)
    return session


def test_sessions_are_listed_with_device_and_address_the_present_one_first(anna: User) -> None:
    desktop, _ = sign_in(anna)
    phone, _ = sign_in(anna, browser=PHONE)
    sign_in(make_member("berta"))
    [first, second] = listed(desktop)
    assert first.startswith("Firefox · Linux")
    assert second.startswith("Safari · iPhone")
    assert "127.0.0.1" in second
    page = soup(desktop.get(ADDRESS))
    buttons = [button["value"] for button in page.select("button[name=session]")]
    assert buttons == [str(session_of(phone).pk)]


def test_one_signs_out_at_one_place_and_stays_at_the_others(anna: User) -> None:
    (here, _), (phone, _), (library, _) = (sign_in(anna) for _ in range(3))
    answer = here.post(ADDRESS, {"session": session_of(library).pk})
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert [is_in(client) for client in (here, phone, library)] == [True, True, False]
    assert len(listed(here)) == 2


def test_one_signs_out_everywhere_else(anna: User) -> None:
    (here, _), (phone, _), (library, _) = (sign_in(anna) for _ in range(3))
    here.post(ADDRESS)
    assert [is_in(client) for client in (here, phone, library)] == [True, False, False]
    assert [session.session_key for session in UserSession.objects.all()] == [here.session.session_key]
    assert Session.objects.filter(session_key=here.session.session_key).exists()


def test_nobody_signs_out_another_person(anna: User) -> None:
    here, _ = sign_in(anna)
    other, _ = sign_in(make_member("berta"))
    here.post(ADDRESS, {"session": session_of(other).pk})
    here.post(ADDRESS)
    assert is_in(other)


@pytest.mark.parametrize("chosen", ["x", "-1", "9" * 30, "999999"])
def test_a_session_that_is_not_there_ends_nothing(anna: User, chosen: str) -> None:
    (here, _), (phone, _) = sign_in(anna), sign_in(anna)
    assert here.post(ADDRESS, {"session": chosen}).status_code == 302
    assert [is_in(client) for client in (here, phone)] == [True, True]


def test_the_present_session_does_not_end_itself(anna: User) -> None:
    here, _ = sign_in(anna)
    here.post(ADDRESS, {"session": session_of(here).pk})
    assert is_in(here)


@pytest.mark.parametrize("how", ["expired", "gone", "password changed"])
def test_sessions_that_let_nobody_in_any_more_are_not_listed(anna: User, how: str) -> None:
    phone, _ = sign_in(anna)
    stored = Session.objects.filter(session_key=phone.session.session_key)
    if how == "expired":
        stored.update(expire_date=datetime(2000, 1, 1, tzinfo=UTC))
    elif how == "gone":
        stored.delete()
    else:
        anna.set_password("another pass phrase")
        anna.save(update_fields=["password"])
    assert UserSession.objects.count() == 1
    here = Client()
    here.force_login(anna)
    assert listed(here) == []


def test_anonymous_visitors_are_redirected_to_sign_in(client: Client) -> None:
    for answer in (client.get(ADDRESS), client.post(ADDRESS)):
        assert answer["Location"].startswith("/de/accounts/login/?next=")


def test_use_is_written_down_now_and_then_with_the_device(anna: User) -> None:
    here, _ = sign_in(anna)
    UserSession.objects.update(last_seen_at=datetime(2000, 1, 1, tzinfo=UTC))
    here.get("/de/me/")
    assert session_of(here).last_seen_at.year == 2000
    let_time_pass(here, sessions.SEEN_SECONDS + 1)
    here.get("/de/me/", headers={"user-agent": PHONE})
    seen = session_of(here)
    assert seen.last_seen_at.year > 2000
    assert seen.user_agent == PHONE
    UserSession.objects.update(last_seen_at=datetime(2000, 1, 1, tzinfo=UTC))
    here.get("/de/me/")
    assert session_of(here).last_seen_at.year == 2000
    key = here.session.session_key
    caches["seen"].set(key, caches["seen"].get(key) - timedelta(seconds=sessions.SEEN_SECONDS).total_seconds())
    here.get("/de/me/")
    assert session_of(here).last_seen_at.year > 2000


def test_the_list_costs_the_same_however_many_sessions(anna: User) -> None:
    here, _ = sign_in(anna)
    counts = []
    for _ in range(2):
        for _ in range(3):
            sign_in(anna)
        with CaptureQueriesContext(connection) as queries:
            rows = len(listed(here))
        counts.append((len(queries), rows))
    assert counts == [(counts[0][0], 4), (counts[0][0], 7)]


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox · Linux"),
        (PHONE, "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_devices_are_named_in_words_people_know(user_agent: str, device: str) -> None:
    assert sessions.describe_device(user_agent) == device
