"""A locked database: a request waits for five seconds in total, then gets 503, and for no other reason."""

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from allauth.core.internal import ratelimit
from django.conf import LazySettings
from django.core.cache import caches
from django.db import DataError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from accounts.models import User
from config.database import waits as database_waits
from config.database.waits import WaitLimitMiddleware
from tests.accounts.members import make_member, signed_in
from tests.accounts.visitors import RESET, SIGN_IN
from tests.factories import make_user
from tests.free_port import free_port
from tests.races import on_postgresql
from tests.web_process import WebServer, run, web_server, write_lock

MEMBER = """
import django; django.setup()
from allauth.account.models import EmailAddress
from accounts.models import User
user = User.objects.create_user("anna", email="anna@example.org", password="right-password-9")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
"""
LIMIT_SECONDS = 8.0  # five, and what the rest of a request takes on a busy machine


@pytest.fixture(scope="module")
def var(var: Path) -> Path:
    """Return the folder of a site with one member."""
    run(var, "-c", MEMBER)
    return var


def count(var: Path, table: str) -> int:
    with closing(sqlite3.connect(var / "stufenplan.sqlite3")) as database:
        return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def test_a_sign_in_while_an_import_holds_the_lock_waits_five_seconds_and_gets_a_503(var: Path) -> None:
    form = {"login": "anna@example.org", "password": "right-password-9"}
    with web_server(var) as server:
        with write_lock(var):
            start = time.monotonic()
            answer = server.post("/en/accounts/login/", form)
            took = time.monotonic() - start
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        assert "We will be back in a moment" in answer.text
        assert took < LIMIT_SECONDS
        assert count(var, "django_session") == 0
        # Nothing was counted, and nothing is left that would refuse the next attempt.
        assert server.post("/en/accounts/login/", form).status == 302


@pytest.mark.parametrize("path", ["/en/", "/en/skills/", "/healthz", "/en/accounts/login/", "/en/nothing/"])
def test_reading_goes_on_while_an_import_holds_the_lock(var: Path, server: WebServer, path: str) -> None:
    with write_lock(var):
        start = time.monotonic()
        assert server.get(path).status in {200, 404}
        assert time.monotonic() - start < 5.0


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/en/accounts/password/reset/", {"email": "anna@example.org"}),
        ("/en/accounts/login/code/", {"email": "anna@example.org"}),
    ],
)
def test_no_page_for_strangers_says_too_many_while_the_lock_is_held(
    var: Path, server: WebServer, path: str, form: dict[str, str]
) -> None:
    with write_lock(var):
        start = time.monotonic()
        answer = server.post(path, form)
        took = time.monotonic() - start
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert took < LIMIT_SECONDS


@contextmanager
def held_open(begin: Callable[[], object]) -> Iterator[None]:
    """Keep a transaction open on another connection, then roll it back; `begin` says what it did."""
    has_begun, may_end = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            begin()
            has_begun.set()
            may_end.wait(60)
            transaction.set_rollback(True)
        connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert has_begun.wait(60)
    try:
        yield
    finally:
        may_end.set()
        thread.join(60)


def lock_table(table: str) -> None:
    """Let nobody else read or write a table of PostgreSQL until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let requests wait for half a second; the test's connection is not used afterwards, since it keeps the limit."""
    monkeypatch.setattr("config.database.waits.WAIT_SECONDS", 0.5)
    connection.close()  # so that the limit is set again
    yield
    connection.close()


@on_postgresql
@pytest.mark.parametrize("table", ["cache", "accounts_user", "account_emailaddress"])
def test_a_locked_table_of_postgresql_is_a_503_whatever_waits_for_it(short_wait: None, table: str) -> None:
    member = make_member()
    client = Client(raise_request_exception=False)
    with held_open(lambda: lock_table(table)):
        answer = client.post(SIGN_IN, {"login": member.email, "password": "something"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert client.post(SIGN_IN, {"login": member.email, "password": "something"}).status_code == 422


@on_postgresql
def test_several_statements_share_one_limit_and_the_next_request_has_its_own(short_wait: None) -> None:
    make_user()
    waits: list[float] = []

    def view(request: HttpRequest) -> HttpResponse:
        for _attempt in range(4):
            start = time.monotonic()
            with pytest.raises(OperationalError):
                User.objects.count()
            waits.append(time.monotonic() - start)
        return HttpResponse()

    with held_open(lambda: lock_table("accounts_user")):
        for _request in range(2):
            WaitLimitMiddleware(view)(HttpRequest())
    assert [round(wait, 1) for wait in waits] == [0.5, 0.0, 0.0, 0.0] * 2


@on_postgresql
def test_a_slow_statement_is_ended_in_requests_only(short_wait: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.database.waits.STATEMENT_SECONDS", 0.5)

    def view(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")
        return HttpResponse()

    with pytest.raises(OperationalError):
        WaitLimitMiddleware(view)(HttpRequest())
    connection.close()
    assert read_limits() == ("0", "0")  # a worker's or a command's connection has no limit


@on_postgresql
def test_a_long_request_that_waits_for_nothing_is_not_cut_off(short_wait: None) -> None:
    """Ten statements work for twice the time that a request may wait for locks."""
    found: list[tuple[str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        for _statement in range(10):
            run_sql("SELECT pg_sleep(0.1)")
        found.append(read_limits())
        return HttpResponse()

    assert WaitLimitMiddleware(view)(HttpRequest()).status_code == 200
    # A lock that is held for a moment is still waited for, and the next request has its full time.
    assert found == [("30s", "250ms")]
    assert read_limits() == ("30s", "500ms")


@on_postgresql
def test_after_much_work_a_request_still_waits_for_a_lock_and_not_after_one_was_refused(short_wait: None) -> None:
    waits: list[float] = []

    def view(request: HttpRequest) -> HttpResponse:
        for _statement in range(6):
            run_sql("SELECT pg_sleep(0.1)")
        for _attempt in range(2):
            start = time.monotonic()
            with pytest.raises(OperationalError):
                User.objects.count()
            waits.append(time.monotonic() - start)
        return HttpResponse()

    with held_open(lambda: lock_table("accounts_user")):
        WaitLimitMiddleware(view)(HttpRequest())
    assert waits[0] > 0.2
    assert waits[1] < 0.2


@pytest.fixture
def limits_set(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the limits in seconds that are set from now on, each with its own round trip."""
    seen: list[float] = []
    set_limit = database_waits._set_limit

    def count(seconds: float) -> bool:
        seen.append(seconds)
        return set_limit(seconds)

    monkeypatch.setattr(database_waits, "_set_limit", count)
    return seen


def in_a_request(*steps: Callable[[], object]) -> None:
    """Take the steps within one request."""

    def view(request: HttpRequest) -> HttpResponse:
        for step in steps:
            step()
        return HttpResponse()

    WaitLimitMiddleware(view)(HttpRequest())


def run_sql(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def read_limits() -> tuple[str, str]:
    """Return the limits of the connection for a statement and for a lock, as PostgreSQL names them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        statement, lock = cursor.fetchone()
    return statement, lock


def read_users(number: int) -> Callable[[], None]:
    """Return a step of so many statements in one transaction."""

    @transaction.atomic
    def read() -> None:
        for _statement in range(number):
            User.objects.count()

    return read


@on_postgresql
def test_a_request_on_a_connection_in_use_sets_no_limit(short_wait: None, limits_set: list[float]) -> None:
    in_a_request(User.objects.count)
    assert limits_set == [0.5]
    in_a_request(User.objects.count, read_users(20), User.objects.count)
    assert limits_set == [0.5]


@on_postgresql
def test_a_transaction_on_a_new_connection_sets_its_limit_once(short_wait: None, limits_set: list[float]) -> None:
    in_a_request(read_users(20))
    assert limits_set == [0.5]
    # Whether the transaction was committed is not known, so the limit is set again, outside of one for good.
    in_a_request(User.objects.count, read_users(20), read_users(20))
    assert limits_set == [0.5, 0.5]


@on_postgresql
@pytest.mark.parametrize("is_rolled_back", [False, True])
def test_after_a_slow_statement_the_limit_is_set_once_and_once_at_the_end(
    short_wait: None, limits_set: list[float], is_rolled_back: bool
) -> None:
    @transaction.atomic
    def read_slowly() -> None:
        run_sql("SELECT pg_sleep(0.6)")
        for _statement in range(20):
            User.objects.count()
        transaction.set_rollback(is_rolled_back)

    in_a_request(User.objects.count, read_slowly)
    assert limits_set == [0.5, 0.25, 0.5]
    assert read_limits() == ("30s", "500ms")


@on_postgresql
def test_a_limit_that_a_rollback_took_away_is_set_again(short_wait: None) -> None:
    found: list[tuple[str, str]] = []

    def note() -> None:
        found.append(read_limits())

    def fail(slow: str = "SELECT 1") -> None:
        with contextlib.suppress(DataError), transaction.atomic():
            run_sql(slow)
            note()
            run_sql("SELECT 1 / 0")

    @transaction.atomic
    def fail_within() -> None:
        fail()
        note()
        fail("SELECT pg_sleep(0.6)")
        note()

    in_a_request(fail, note)  # on a new connection, in a whole transaction
    connection.close()
    in_a_request(fail_within, note)  # and in savepoints
    assert found == [*[("30s", "500ms")] * 4, *[("30s", "250ms")] * 3]
    assert read_limits() == ("30s", "500ms")


def test_a_connection_is_opened_within_five_seconds(var: Path, tmp_path: Path) -> None:
    shutil.copytree(var, tmp_path, dirs_exist_ok=True)
    with closing(sqlite3.connect(tmp_path / "stufenplan.sqlite3", isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")  # keeps readers away as well, as repairing a file does
        holder.execute("BEGIN IMMEDIATE")
        with web_server(tmp_path) as server:
            start = time.monotonic()
            answer = server.get("/en/skills/")
            took = time.monotonic() - start
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert took < LIMIT_SECONDS


@pytest.mark.django_db
def test_a_count_that_stays_locked_is_not_too_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = caches["default"]
    cache.clear()
    Client().post(RESET, {"email": "anna@example.org"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        keys = [key.removeprefix(":1:") for (key,) in cursor.fetchall()]
    assert keys
    for key in keys:
        cache.set(f"{key}:lock", True)
    monkeypatch.setattr(ratelimit, "CACHE_LOCK_WAIT_TIMEOUT", 0)
    answer = Client(raise_request_exception=False).post(RESET, {"email": "anna@example.org"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has the test above")
def test_the_cache_reports_that_the_database_takes_no_write() -> None:
    cache = caches["default"]
    assert cache.add("here", 1)
    assert not cache.add("here", 2)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1")
        try:
            with pytest.raises(OperationalError):
                cache.add("new", 1)
        finally:
            cursor.execute("PRAGMA query_only = 0")
    assert cache.get("new") is None


@on_postgresql
def test_the_cache_reports_a_key_that_another_process_holds(short_wait: None) -> None:
    cache = caches["default"]

    def view(request: HttpRequest) -> HttpResponse:
        cache.add("new", 1)
        return HttpResponse()

    with held_open(lambda: cache.add("new", 2)), pytest.raises(OperationalError):
        WaitLimitMiddleware(view)(HttpRequest())
    assert cache.get("new") is None


@pytest.mark.django_db
def test_a_page_is_shown_though_it_cannot_be_written_down_that_the_session_is_in_use(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(make_member())
    monkeypatch.setattr("accounts.sessions.sessions.SEEN_SECONDS", -1)
    caches["seen"].clear()

    def fail(execute: object, sql: str, *arguments: object) -> object:
        if sql.startswith("UPDATE") and "usersessions" in sql:
            raise OperationalError("database is locked")
        return execute(sql, *arguments)  # type: ignore[operator]

    with connection.execute_wrapper(fail):
        assert client.get("/de/me/").status_code == 200
    assert "database is locked" in caplog.text


@pytest.mark.django_db
def test_redis_out_of_reach_is_a_503_as_well(settings: LazySettings) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": nowhere},
    }
    answer = Client(raise_request_exception=False).post(SIGN_IN, {"login": "anna@example.org", "password": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
