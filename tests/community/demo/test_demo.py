"""The small community of `make demo`: made by the rules, once, and only where nobody else can reach it."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Max, Min
from django.test import Client
from django.utils import timezone

from accounts.membership import is_moderator
from accounts.models import User
from community.demo.clock import Story, play_stories, travel_back
from community.demo.people import PASSWORD, PEOPLE, DemoPeople, create_people
from community.demo.tale import create_history
from community.models import (
    Act,
    ActKind,
    ChangeOutcome,
    Comment,
    Event,
    Fault,
    Notification,
    Report,
    State,
    SuggestedChange,
    Suggestion,
    Verdict,
    WatchedWord,
)
from community.models.moderation import ReportOutcome
from community.suggestions.conflicts import filter_conflicting
from skills.models import Revision
from tests.community.suggestions.agreement import (
    assert_every_accepted_change_is_in_history_once as assert_in_history_once,
)
from tests.community.suggestions.agreement import assert_matrix_is_the_replay_of_its_revisions as assert_replay

pytestmark = pytest.mark.django_db
CONTENT = sorted((Path(settings.BASE_DIR) / "content").glob("*.json"))
KEPT = (User, Revision, Suggestion, Comment, Report, Act, Event, Notification, WatchedWord)


@pytest.fixture
def community() -> DemoPeople:
    call_command("load_content", *map(str, CONTENT), stdout=StringIO())
    people = create_people()
    create_history(people)
    return people


def it_holds_every_state_over_three_months_by_the_rules_alone(community: DemoPeople) -> None:
    assert set(Suggestion.objects.values_list("state", flat=True)) == set(State.values)
    published = Revision.objects.exclude(author=None).values_list("published_at", flat=True)
    assert timezone.now() - min(published) > timedelta(days=80)
    assert max(published) < timezone.now() - timedelta(days=5)
    for skill in {suggestion.skill for suggestion in Suggestion.objects.filter(state=State.ACCEPTED)}:
        assert_replay(skill)
    assert_in_history_once()
    assert not Event.objects.filter(finished_at__isnull=True).exists()
    assert Notification.objects.filter(user=community["mira"], read_at__isnull=True).exists()
    assert Notification.objects.filter(user=community["mira"], read_at__isnull=False).exists()


def open_suggestions_are_in_every_state_there_is(community: DemoPeople) -> None:
    waiting = Suggestion.objects.filter(state=State.OPEN)
    assert waiting.get(claimed_until__gt=timezone.now()).claimed_by == community["paul"]
    assert waiting.get(second_reader_asked=True).author == community["lea"]
    partly = waiting.get(decisions__verdict=Verdict.ACCEPT, decisions__is_closing=False)
    assert list(partly.changes.values_list("outcome", flat=True)) == [ChangeOutcome.APPLIED, ChangeOutcome.PENDING]
    pending = SuggestedChange.objects.filter(suggestion__in=waiting, outcome=ChangeOutcome.PENDING)
    assert {row.suggestion.author for row in filter_conflicting(pending)} == {community["mira"]}
    assert waiting.get(hidden_at__isnull=False).author == community["max"]


def people_talk_of_skills_cells_and_suggestions(community: DemoPeople) -> None:
    comments = Comment.objects.all()
    assert comments.filter(suggestion=None).values("skill").distinct().count() >= 3
    assert comments.exclude(suggestion=None).values("suggestion").distinct().count() >= 3
    assert comments.exclude(role="").exists()
    assert comments.filter(body__startswith="> ").exists()
    assert comments.get(resolved_at__isnull=False).resolved_by == community["sofia"]
    assert comments.get(edited_at__isnull=False).versions.count() == 1
    assert comments.get(deleted_at__isnull=False).answers.count() == 1
    assert max(comment.helpful.count() for comment in comments) >= 4
    assert Notification.objects.filter(user=community["mira"], kind="mention").exists()
    first, last = comments.aggregate(first=Min("created_at"), last=Max("created_at")).values()
    assert last - first > timedelta(days=60)


def moderators_have_something_before_them(community: DemoPeople) -> None:
    waiting = Report.objects.filter(outcome="")
    assert [(report.kind, report.fault) for report in waiting.order_by("made_at")] == [
        ("comment", Fault.SPAM),
        ("comment", Fault.SPAM),
        ("person", Fault.OTHER),
        ("suggestion", Fault.OTHER),
    ]
    held = Comment.objects.get(held_at__isnull=False, hidden_at__isnull=True)
    assert held.author == community["elif"]
    assert is_moderator(community["noor"])
    client = Client()
    client.force_login(community["noor"])
    assert [item.target.row for item in client.get("/de/moderation/").context["items"]] == [
        waiting.order_by("made_at")[0].comment,
        community["helpdesk"],
        waiting.get(suggestion__isnull=False).suggestion,
        held,
    ]


def moderators_have_been_at_work_for_weeks(community: DemoPeople) -> None:
    decided = Report.objects.exclude(outcome="")
    assert {report.outcome for report in decided} == set(ReportOutcome.values)
    notified = Notification.objects.filter(reason="reporter").values_list("user", flat=True)
    assert set(notified) == {report.reporter_id for report in decided}
    tombstone = Comment.objects.get(hidden_at__isnull=False, author=community["viktor"])
    assert tombstone.answers.filter(hidden_at__isnull=True).count() == 1
    suspended = User.objects.get(suspended_until__gt=timezone.now() + timedelta(weeks=3))
    assert suspended == community["max"]
    assert WatchedWord.objects.exists()


def the_log_has_its_times_from_the_beginning_and_in_their_order(community: DemoPeople) -> None:
    acts = list(Act.objects.order_by("pk"))
    not_shown = {ActKind.FREED, ActKind.SWEPT, ActKind.UNSWEPT, ActKind.ROLE_GRANTED, ActKind.ROLE_REMOVED}
    assert {act.kind for act in acts} == set(ActKind.values) - not_shown
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert acts[-1].at - acts[0].at > timedelta(weeks=8)
    assert {act.actor_id for act in acts} == {community["noor"].pk, community["ada"].pk, None}


CHECKS = (
    it_holds_every_state_over_three_months_by_the_rules_alone,
    open_suggestions_are_in_every_state_there_is,
    people_talk_of_skills_cells_and_suggestions,
    moderators_have_something_before_them,
    moderators_have_been_at_work_for_weeks,
    the_log_has_its_times_from_the_beginning_and_in_their_order,
)


def test_it_is_a_living_community(community: DemoPeople, subtests: pytest.Subtests) -> None:
    for check in CHECKS:  # loaded once, as all content takes its time
        with subtests.test(check.__name__):
            check(community)


def test_once_more_changes_nothing_and_everybody_signs_in_with_the_printed_password(community: DemoPeople) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in KEPT]
    create_history(create_people())
    assert before == [list(model.objects.order_by("pk").values()) for model in KEPT]
    assert set(community) == {person.user_name for person in PEOPLE}
    for person in PEOPLE:
        client = Client()
        client.post("/en/accounts/login/", {"login": person.email, "password": PASSWORD})
        assert client.get("/en/me/").status_code == 200, person.user_name


def test_stories_run_together_each_action_on_its_day() -> None:
    actions: list[tuple[str, int]] = []
    now = timezone.now()

    def story(name: str, *days: float) -> Story:
        for day in days:
            yield day
            actions.append((name, round((now - timezone.now()) / timedelta(days=1))))

    play_stories([story("a", 5.5, 2.5), story("b", 90.5, 3.5, 0)])
    assert [name for name, _days in actions] == ["b", "a", "b", "a", "b"]
    assert [days for _name, days in actions] == pytest.approx([90, 5, 3, 2, 0], abs=1)
    assert timezone.now() - now < timedelta(minutes=1)


def test_the_clock_goes_right_again_after_an_error() -> None:
    with pytest.raises(CommandError), travel_back(30):
        raise CommandError
    assert abs(timezone.now() - Event(kind="").happened_at) < timedelta(minutes=1)


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_it_refuses_another_database_than_its_own(monkeypatch: pytest.MonkeyPatch, vendor: str) -> None:
    monkeypatch.setattr(connection, "vendor", vendor)
    name = "/anywhere/stufenplan.sqlite3" if vendor == "sqlite" else "/anywhere/demo.sqlite3"
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    with pytest.raises(CommandError, match=r"has its own database, demo\.sqlite3"):
        call_command("load_demo")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("host", "hosts", "site"),
    [
        ("0.0.0.0", [], ""),
        ("192.0.2.7", [], ""),
        ("127.0.0.1", ["skills.example"], ""),
        ("127.0.0.1", [], "https://skills.example"),
    ],
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
