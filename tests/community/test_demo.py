"""The small community of `make demo`: made by the rules, once, and only where nobody else can reach it."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.demo.people import PASSWORD, PEOPLE, make_people
from community.demo.tale import tell
from community.models import Event, Notification, State, Suggestion
from skills.models import Revision
from tests.community.suggestions.agreement import (
    assert_every_accepted_change_is_in_history_once as assert_in_history_once,
)
from tests.community.suggestions.agreement import assert_matrix_is_the_replay_of_its_revisions as assert_replay

pytestmark = pytest.mark.django_db
CONTENT = sorted((Path(settings.BASE_DIR) / "content").glob("*.json"))


@pytest.fixture
def community() -> dict[str, User]:
    call_command("load_content", *map(str, CONTENT), stdout=StringIO())
    people = make_people()
    tell(people)
    return people


def test_it_holds_every_state_over_three_months_by_the_rules_alone(community: dict[str, User]) -> None:
    states = set(Suggestion.objects.values_list("state", flat=True))
    assert states == set(State.values)
    published = Revision.objects.exclude(author=None).values_list("published_at", flat=True)
    assert timezone.now() - min(published) > timedelta(days=80)
    assert max(published) < timezone.now() - timedelta(days=5)
    for skill in {suggestion.skill for suggestion in Suggestion.objects.filter(state=State.ACCEPTED)}:
        assert_replay(skill)
    assert_in_history_once()
    assert not Event.objects.filter(finished_at__isnull=True).exists()
    assert Notification.objects.filter(user=community["mira"], read_at__isnull=True).exists()


def test_once_more_changes_nothing_and_everybody_signs_in_with_the_printed_password(community: dict[str, User]) -> None:
    before = list(Suggestion.objects.order_by("pk").values()), User.objects.count(), Revision.objects.count()
    tell(make_people())
    assert before == (list(Suggestion.objects.order_by("pk").values()), User.objects.count(), Revision.objects.count())
    assert set(community) == {person.user_name for person in PEOPLE}
    for person in PEOPLE:
        client = Client()
        client.post("/en/accounts/login/", {"login": person.address, "password": PASSWORD})
        assert client.get("/en/me/").status_code == 200, person.user_name


def test_it_refuses_another_database_than_its_own() -> None:
    with pytest.raises(CommandError, match=r"has its own database, demo\.sqlite3"):
        call_command("load_demo")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("host", "hosts", "site"),
    [("0.0.0.0", [], ""), ("127.0.0.1", ["skills.example"], ""), ("127.0.0.1", [], "https://skills.example")],
)
def test_it_refuses_anything_but_this_machine(
    monkeypatch: pytest.MonkeyPatch, host: str, hosts: list[str], site: str
) -> None:
    monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setitem(connection.settings_dict, "NAME", "/anywhere/demo.sqlite3")
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", hosts)
    monkeypatch.setattr(settings, "SITE_URL", site)
    monkeypatch.setenv("HOST", host)
    with pytest.raises(CommandError, match="for this machine alone"):
        call_command("load_demo")
    assert not User.objects.exists()
