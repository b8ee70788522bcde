"""Reporting, and what moderators make of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.membership import MODERATORS
from accounts.models import Delivery, User
from community.events import fanout
from community.models import Act, Comment, CountedWrite, Event, Fault, Notification, Report
from community.models.moderation import ReportOutcome
from community.moderation import reports
from community.moderation.refusals import AlreadyDecided
from community.notifications import digests
from tests.accounts.people import make_person
from tests.community.suggestions.world import World, make_reviewer, make_world
from tests.factories import make_user
from tests.races import at_once, kinds, on_postgresql

LIST = "/en/moderation/"


def make_moderator(name: str = "") -> User:
    person = make_user(name)
    person.groups.add(Group.objects.get_or_create(name=MODERATORS)[0])
    return person


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def moderator(db: None) -> Client:
    return browser_of(make_moderator("mo"))


def report(client: Client, kind: str, pk: int, fault: str = "spam", message: str = "") -> Any:
    return client.post(f"/en/report/{kind}/{pk}/", {"fault": fault, "message": message})


def decide(client: Client, kind: str, pk: int, action: str, reason: str = "Advertising.") -> Any:
    return client.post(f"/en/moderation/{kind}/{pk}/", {"intent": action, "reason": reason})


def get_notified_actions(person: User) -> list[str]:
    """Return the actions that a person is notified of once a worker has run."""
    fanout.notify_of_unfinished_events()
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("event__action", flat=True))


def said(world: World, author: User, **fields: Any) -> Comment:
    return Comment.objects.create(skill=world.skill, author=author, body="Buy my watches.", **fields)


def test_a_comment_is_reported_hidden_and_shown_again(world: World, moderator: Client) -> None:
    reporter, comment = make_user(), said(world, world.author)
    assert report(browser_of(reporter), "comment", comment.pk).status_code == 302
    page = moderator.get(LIST).text
    assert "Buy my watches." in page
    assert "1 comment" in page
    assert decide(moderator, "comment", comment.pk, "agree_and_hide").status_code == 302
    comment.refresh_from_db()
    assert comment.hidden_at
    assert (get_notified_actions(reporter), get_notified_actions(world.author)) == (["report_agreed"], ["hidden"])
    assert report(browser_of(make_user()), "comment", comment.pk).status_code == 404
    assert decide(moderator, "comment", comment.pk, "restore").status_code == 302
    comment.refresh_from_db()
    assert comment.hidden_at is None


def test_a_comment_on_a_hidden_suggestion_or_held_is_not_there_to_be_reported(world: World) -> None:
    suggestion = world.suggested()
    suggestion.hidden_at = timezone.now()
    suggestion.save(update_fields=["hidden_at"])
    on_hidden, held = (
        said(world, world.author, suggestion=suggestion),
        said(world, world.author, held_at=timezone.now()),
    )
    client = browser_of(make_user())
    assert [report(client, "comment", each.pk).status_code for each in (on_hidden, held)] == [404, 404]


def test_a_held_comment_waits_in_the_list_and_is_let_through(world: World, moderator: Client) -> None:
    comment = said(world, world.author, held_at=timezone.now())
    assert "held for review" in moderator.get(LIST).text
    assert decide(moderator, "comment", comment.pk, "release").status_code == 302
    comment.refresh_from_db()
    assert comment.held_at is None


def test_a_suggestion_is_reported_once_a_person(world: World) -> None:
    suggestion, person = world.suggested(), make_user()
    client = browser_of(person)
    assert client.get(f"/en/report/suggestion/{suggestion.pk}/").status_code == 200
    for fault in ("spam", "abuse"):
        assert report(client, "suggestion", suggestion.pk, fault).status_code == 302
    assert list(Report.objects.values_list("reporter", "fault")) == [(person.pk, "spam")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(reporter=person, suggestion=suggestion, fault="abuse")


def test_something_else_needs_words_and_what_was_typed_comes_back(world: World) -> None:
    suggestion, client = world.suggested(), browser_of(make_user())
    answer = report(client, "suggestion", suggestion.pk, "other", "  ")
    assert (answer.status_code, Report.objects.count()) == (422, 0)
    answer = report(client, "suggestion", suggestion.pk, "", "My words about it")
    assert (answer.status_code, "My words about it" in answer.text) == (422, True)
    assert report(client, "suggestion", suggestion.pk, "other", "Copied from a book").status_code == 302


def test_over_the_limit_the_words_come_back_with_the_time_to_wait(world: World) -> None:
    suggestion, person = world.suggested(), make_user()
    at = timezone.now() - timedelta(seconds=20)
    CountedWrite.objects.bulk_create(CountedWrite(user=person, kind="post", at=at) for _ in range(4))
    answer = report(browser_of(person), "suggestion", suggestion.pk, "other", "Words that took a while to find.")
    assert (answer.status_code, answer["Retry-After"], Report.objects.count()) == (429, "40", 0)
    assert 'value="Words that took a while to find."' in answer.text


def test_another_text_in_a_second_report_is_not_lost(world: World) -> None:
    suggestion, client = world.suggested(), browser_of(make_user())
    assert report(client, "suggestion", suggestion.pk, "abuse", "First.").status_code == 302
    assert report(client, "suggestion", suggestion.pk, "abuse", "First.").status_code == 302
    answer = report(client, "suggestion", suggestion.pk, "abuse", "Typed for long.")
    assert answer.status_code == 409
    assert "You have reported this already: “First.”" in answer.text
    assert "Typed for long." in answer.text
    assert [row.message for row in Report.objects.all()] == ["First."]


def test_strangers_sign_in_first_and_nobody_reports_their_own(world: World) -> None:
    suggestion = world.suggested()
    answer = report(Client(), "suggestion", suggestion.pk)
    assert answer["Location"].startswith("/en/accounts/login/")
    assert report(browser_of(world.author), "suggestion", suggestion.pk).status_code == 403
    assert report(browser_of(world.author), "person", world.author.pk).status_code == 403


def test_what_is_not_to_be_seen_is_not_there(world: World) -> None:
    suggestion, hidden = world.suggested(), make_user(is_public=False)
    client = browser_of(make_user())
    browser_of(make_moderator())
    decide(browser_of(make_moderator()), "suggestion", suggestion.pk, "hide")
    for kind, pk in (("suggestion", suggestion.pk), ("person", hidden.pk), ("person", 9**18), ("skill", 1)):
        assert report(client, kind, pk).status_code == 404


def test_profiles_have_a_way_to_report_them_but_not_ones_own(db: None) -> None:
    person = make_user("berta")
    assert f"/en/report/person/{person.pk}/" in Client().get("/en/people/berta/").text
    assert f"/en/report/person/{person.pk}/" not in browser_of(person).get("/en/people/berta/").text


def test_moderators_see_the_report_with_its_context(world: World, moderator: Client) -> None:
    suggestion = world.suggested()
    report(browser_of(make_user("rita")), "suggestion", suggestion.pk, "abuse", "Insults bakers.")
    assert "Moderation (1)" in moderator.get("/en/me/").text
    page = moderator.get(LIST).text
    for words in ("Clearer.", "Insults bakers.", "abuse", "rita", "1 suggestion", "accepted: 0"):
        assert words in page
    said(world, world.author, held_at=timezone.now())
    assert "Kommentar #" in moderator.get("/de/moderation/").text


@pytest.mark.parametrize(
    ("action", "outcome", "notified_action"),
    [
        ("agree_and_hide", "agreed", "report_agreed"),
        ("agreed", "agreed", "report_agreed"),
        ("disagreed", "disagreed", "report_disagreed"),
        ("ignored", "ignored", "report_ignored"),
    ],
)
def test_all_who_reported_it_hear_the_outcome(
    world: World, moderator: Client, action: str, outcome: str, notified_action: str
) -> None:
    suggestion, people = world.suggested(), [make_user() for _ in range(2)]
    for person in people:
        report(browser_of(person), "suggestion", suggestion.pk)
    assert decide(moderator, "suggestion", suggestion.pk, action, "Advertising.").status_code == 302
    assert set(Report.objects.values_list("outcome", "decided_by__username")) == {(outcome, "mo")}
    assert [get_notified_actions(person) for person in people] == [[notified_action]] * 2
    suggestion.refresh_from_db()
    assert (suggestion.hidden_at is not None) == (action == "agree_and_hide")
    assert ("hidden" in get_notified_actions(world.author)) == (action == "agree_and_hide")
    assert "Nothing waits here" in moderator.get(LIST).text
    assert Act.objects.filter(kind=outcome, reason="Advertising.", person_id=world.author.pk).count() == 1
    for person in people:
        page = browser_of(person).get("/en/notifications/")
        assert (page.status_code, "mo</" not in page.text) == (200, True)  # who decided is nobody's business
        assert ("by moderators" in page.text, "because you reported it" in page.text) == (True, True)


def test_who_comes_second_reads_who_decided(world: World, moderator: Client) -> None:
    suggestion = world.suggested()
    report(browser_of(make_user()), "suggestion", suggestion.pk)
    decide(moderator, "suggestion", suggestion.pk, "disagreed")
    answer = decide(browser_of(make_moderator()), "suggestion", suggestion.pk, "agreed")
    assert answer.status_code == 409
    assert "mo decided on" in answer.text
    assert Report.objects.get().outcome == ReportOutcome.DISAGREED


def test_nobody_decides_about_their_own(world: World) -> None:
    suggestion = world.suggested(author=make_moderator("ann"))
    report(browser_of(make_user()), "suggestion", suggestion.pk)
    client = browser_of(User.objects.get(username="ann"))
    assert "someone else decides" in client.get(LIST).text
    assert decide(client, "suggestion", suggestion.pk, "disagreed").status_code == 403
    assert decide(client, "suggestion", suggestion.pk, "hide").status_code == 403


@pytest.mark.parametrize("path", [LIST, f"{LIST}?show=hidden", f"{LIST}?show=suspended", f"{LIST}people/%d/"])
def test_moderators_alone_see_the_pages(world: World, path: str, moderator: Client) -> None:
    path = path % world.author.pk if "%" in path else path
    assert Client().get(path).status_code == 302
    for person in (make_user(), make_reviewer(), make_user(is_staff=True)):
        assert browser_of(person).get(path).status_code == 403
    assert moderator.get(path).status_code == 200
    assert browser_of(make_user(is_superuser=True)).get(path).status_code == 200


def test_list_costs_as_many_queries_for_one_as_for_many(
    world: World, moderator: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def grow(count: int) -> None:
        for _ in range(count):
            suggestion = world.suggested(author=make_user())
            Report.objects.create(reporter=make_user(), suggestion=suggestion, fault="spam")
            Report.objects.create(reporter=make_user(), suggestion=suggestion, fault="abuse")
            Report.objects.create(reporter=make_user(), person=make_user(), fault="spam")
            Report.objects.create(reporter=make_user(), comment=said(world, make_user()), fault="spam")

    for count in (1, 5):
        grow(count)
        with django_assert_num_queries(15):
            assert moderator.get(LIST).status_code == 200


def test_admin_decides_by_the_same_rules(world: World, admin_site: Client) -> None:
    suggestion, reporter = world.suggested(), make_user()
    report(browser_of(reporter), "suggestion", suggestion.pk)
    data = {"action": "agree_and_hide", "_selected_action": [Report.objects.get().pk]}
    for _ in range(2):
        page = admin_site.post("/admin/community/report/", data, follow=True)
    assert "anna" in page.text  # the second time it says who decided
    suggestion.refresh_from_db()
    assert suggestion.hidden_at
    assert get_notified_actions(reporter) == ["report_agreed"]
    assert admin_site.get("/admin/community/report/add/").status_code == 403
    assert f'href="{LIST}"' in admin_site.get("/admin/community/report/").text.replace("/de/", "/en/")


def test_mail_about_a_report_of_a_profile_names_no_skill(moderator: Client) -> None:
    reporter, person = make_person(), make_user()
    report(browser_of(reporter), "person", person.pk)
    decide(moderator, "person", person.pk, "agree_and_hide")
    assert get_notified_actions(reporter) == ["report_agreed"]
    Notification.objects.update(mail_due_at=timezone.now())
    digests.queue_due_digests()
    letter = Delivery.objects.get(user=reporter)
    assert "* Moderation (Ihrer Meldung wurde zugestimmt)" in letter.text
    assert letter.subject == "Neuigkeit: Moderation"


@on_postgresql
def test_of_two_moderators_at_once_one_decides() -> None:
    with transaction.atomic():
        world = make_world()
    suggestion, moderators = world.suggested(), [make_moderator() for _ in range(2)]
    reports.get_or_create_report(suggestion, make_user(), Fault.SPAM)
    decisions = [lambda each=each: reports.decide(suggestion, each, ReportOutcome.AGREED) for each in moderators]
    outcomes = at_once(*decisions)
    assert kinds(outcomes) == ["AlreadyDecided", "NoneType"]
    late = next(outcome for outcome in outcomes if isinstance(outcome, AlreadyDecided))
    assert late.report
    assert late.report.decided_by in moderators
    assert (Act.objects.count(), Event.objects.filter(kind="moderation").count()) == (1, 1)


@on_postgresql
def test_the_same_report_twice_at_once_is_one() -> None:
    person = make_user()
    with transaction.atomic():
        world = make_world()
    suggestion = world.suggested()
    outcomes = at_once(*[lambda: reports.get_or_create_report(suggestion, person, Fault.SPAM)[1]] * 4)
    assert sorted(map(bool, outcomes)) == [False, False, False, True]
    assert Report.objects.count() == 1
