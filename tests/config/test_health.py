"""/healthz tells whether database and migrations are in order."""

from pathlib import Path

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from config import health
from tests.config.fresh_site import ask

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "migrations", health.Migrations())


def test_site_in_order_is_healthy(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"database": "reached", "migrations": "applied"}


def test_missing_migration_is_named(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"database": "reached", "migrations": "not applied"}


def test_migration_applied_later_is_noticed(client: Client) -> None:
    row = MigrationRecorder.Migration.objects.get(app="sessions")
    row.delete()
    assert client.get("/healthz").status_code == 503
    row.save(force_insert=True)
    assert client.get("/healthz").status_code == 200


def test_healthy_site_is_asked_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.get("/healthz")
    with django_assert_num_queries(1):
        client.get("/healthz")


def test_answer_is_never_stored_and_sets_no_cookie(client: Client) -> None:
    response = client.get("/healthz")
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


def test_unknown_host_is_refused_here_too(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "elsewhere.example"}).status_code == 400


def test_unreachable_database_is_named_and_pages_say_come_back(tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": f"sqlite:///{tmp_path}/missing/database.sqlite3"}
    check, page = ask(nowhere, ("/healthz", False), ("/en/skills/", False))
    assert (check.status, check.text) == (503, '{"database": "not reached", "migrations": "unknown"}')
    assert (page.status, page.headers["Retry-After"]) == (503, "30")
    assert "We will be back in a moment" in page.text


def test_check_is_answered_without_https_where_pages_are_not(tmp_path: Path) -> None:
    environment = {"SITE_URL": "https://example.org", "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    check, page = ask(environment, ("/healthz", False), ("/en/", False))
    assert (check.status, check.text) == (503, '{"database": "reached", "migrations": "not applied"}')
    assert (page.status, page.headers["Location"]) == (301, "https://example.org/en/")
