"""Every address of the site, asked by everybody: one table says who may read and send what, and leaves none out."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import translation

from accounts.models import User
from community.models import CountedWrite, DeclineReason, WatchedWord
from skills.models import FormerPath
from tests.accounts.people import fill_every_table, make_person
from tests.community.test_permissions import tried
from tests.config.url_stage import WHY, Stage, make_stage
from tests.config.url_table import (
    CATALOGUE,
    COMMENTS,
    MODERATION,
    OWN_PAGES,
    REVIEWING,
    ROLES,
    SUGGESTIONS,
)
from tests.config.url_table_accounts import ADMIN, ADMIN_PAGES, ENTRANCE, OTHER_SERVERS, OWN_ACCOUNT
from tests.factories import make_domain, make_group, make_role

pytestmark = pytest.mark.django_db

OURS = [*CATALOGUE, *SUGGESTIONS, *REVIEWING, *COMMENTS, *MODERATION, *OWN_PAGES]
TABLE = [
    *OURS,
    *(*ENTRANCE, *OWN_ACCOUNT, *OTHER_SERVERS, *ADMIN_PAGES),
]
# Redirects, is made already, is nobody's; a visitor's shortcuts are in a cookie.
IDLE = {"/", "/en/me/settings/export/", "/en/me/settings/delete/", "/en/shortcuts/"}
DONE = {"200", "301", "302"}
LEFT_OUT = (Session, UserSession, CountedWrite)  # who is refused may get a session, and is counted
UNCOUNTED = {"cache", *(model._meta.db_table for model in LEFT_OUT)}
WRITE = re.compile(r'\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM) "?(\w+)')
ENTRANCES = {"/en/accounts/login/": "in", "/de/accounts/login/": "in", "/admin/login/": "staff"}
ENTRANCES |= {f"/en/accounts/{page}/": "who" for page in ("reauthenticate", "2fa/reauthenticate")}


@pytest.fixture(autouse=True)
def _github(settings: LazySettings) -> None:
    """Let people sign in through one server."""
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "x", "secret": "y"}]}}


def routes(found: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Yield the route of every view of the site, as a match of it names it."""
    for each in get_resolver().url_patterns if found is None else found:
        route = before + (str(each.pattern).removeprefix("^") if before else str(each.pattern))
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        else:
            yield route


def stage_of(role: str) -> Stage:
    """Return a stage with a row in every table that the admin shows, named `skills_role`: one that nothing needs."""
    stage = make_stage(role)
    fill_every_table(make_person(), User.objects.get(username="someone"))
    WatchedWord.objects.create(text="casino")
    DeclineReason.objects.create(german="Unnötig", english="Needless")
    FormerPath.objects.create(path="skills/loaf", skill=stage.world.skill)
    make_role(stage.world.skill.framework, "Pilot")
    make_group(make_domain(stage.world.skill.framework))
    for model in ADMIN:
        found = apps.get_model(model.replace("/", "."))._default_manager.order_by("pk").last()
        assert found is not None, f"no row of {model} to try"
        stage.names[model.replace("/", "_")] = found.pk
    stage.names["latest"] = stage.world.skill.revisions.latest("number").number
    stage.names["accounts_user"] = stage.names["their_account"]
    stage.names["community_suggestedchange"] = stage.names["their_change"]
    return stage


def everything() -> dict[str, list[Any]]:
    """Return all rows of all tables but those of LEFT_OUT."""
    models = [model for model in apps.get_models() if model not in LEFT_OUT and model._meta.managed]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def seen(answer: Any) -> str:
    """Return what an answer is, in the words of the table."""
    if answer.status_code in {301, 302}:
        path = urlsplit(answer["Location"]).path
        return ENTRANCES.get(path, str(answer.status_code))
    error = (answer.context or {}).get("error")
    return "why" if answer.status_code == 403 and WHY in str(error) else str(answer.status_code)


@contextmanager
def writes() -> Iterator[set[str]]:
    """Collect the tables that something writes to, other than those of LEFT_OUT and the cache."""
    tables: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if (found := WRITE.match(sql)) and found[1] not in UNCOUNTED:
            tables.add(found[1])
        return execute(sql, *others)

    with connection.execute_wrapper(note):
        yield tables


def test_the_table_has_every_address_and_no_other() -> None:
    names = dict.fromkeys(re.findall(r"\{(\w+)\}", " ".join(row.address for row in TABLE)), "1")
    with translation.override("en"):
        met = {resolve(urlsplit(row.address.format(**names)).path).route for row in TABLE}
        assert met == set(routes())


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_what_the_table_says_and_who_is_refused_changes_nothing(
    role: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")  # each refusal is logged at length
    stage, wrong = stage_of(role), []
    before = everything()
    for row in TABLE:
        for method in ("get", "post"):
            if expected := row.expected(method, role):
                with tried(), writes() as written:
                    got = seen(stage.ask(method, row.address, row.data))
                    is_sent = method == "post" and got in DONE
                    is_changed = bool(written) and not is_sent and everything() != before
                is_idle = is_sent and got == "302" and not written and row in OURS and row.address not in IDLE
                if got != expected or is_changed or is_idle:
                    wrong.append(f"{method} {row.address} {dict(row.data)}: {got}, not {expected}, writes {written}")
    assert not wrong, "\n".join(wrong)
