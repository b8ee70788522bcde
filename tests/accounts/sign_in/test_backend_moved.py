"""Moving the module of a backend signs nobody out."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
migration = import_module("accounts.migrations.0006_move_entrance_backend")


def sign_in(user: User, backend: str) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session[BACKEND_SESSION_KEY] = backend
    session.save()
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/en/me/").status_code == 200


def test_who_was_signed_in_before_the_backend_moved_still_is(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    member, other = sign_in(staff, migration.OLD), sign_in(staff, "django.contrib.auth.backends.ModelBackend")
    assert (is_signed_in(member), is_signed_in(other)) == (False, True)
    member = sign_in(staff, migration.OLD)
    monkeypatch.setattr(migration, "BATCH_SIZE", 1)
    visitor = SessionStore()
    visitor["seen"] = "yes"
    visitor.save()
    migration.move(apps, None)
    assert is_signed_in(member)
    assert is_signed_in(other)
    assert SessionStore(visitor.session_key)["seen"] == "yes"
    migration.move_back(apps, None)
    backends = {session.get_decoded().get(BACKEND_SESSION_KEY) for session in Session.objects.all()}
    assert backends == {migration.OLD, "django.contrib.auth.backends.ModelBackend", None}
    assert {session.get_decoded().get(SESSION_KEY) for session in Session.objects.all()} == {str(staff.pk), None}
