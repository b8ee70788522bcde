"""Accounts of the administration are moderated by superusers alone; what these people write is not protected."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.membership import MODERATORS
from accounts.models import User
from community import rules
from community.models import Act, Report, Sweep, SweptThing
from community.moderation import sweeping
from tests.community.moderation.test_people import press_button, tomorrow
from tests.community.moderation.test_reports import (
    browser_of,
    decide,
    get_notified_actions,
    make_moderator,
    report,
    said,
)
from tests.community.suggestions.world import World
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ACTS = ("hide", "restore", "warn", "suspend", "free", "sweep", "undo_sweep")
PROTECTED = {"superuser": {"is_superuser": True}, "staff": {"is_staff": True}}
LIST = "/en/moderation/"


@pytest.fixture(params=PROTECTED)
def protected(request: pytest.FixtureRequest, db: None) -> User:
    return make_user("vera", name="Vera", **PROTECTED[request.param])


@pytest.fixture
def moderator(db: None) -> Client:
    return browser_of(make_moderator("mo"))


def row(person: User) -> dict[str, Any]:
    return dict(User.objects.filter(pk=person.pk).values().get())


def buttons(client: Client, address: str) -> list[str]:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return [str(button["value"]) for button in page.select("main button[name=intent]")]


@pytest.mark.parametrize("act", ACTS)
def test_a_moderator_does_nothing_to_such_an_account(moderator: Client, protected: User, act: str) -> None:
    if act == "restore":
        User.objects.filter(pk=protected.pk).update(profile_hidden_at=timezone.now(), hidden_name="Vera", name="")
    if act == "undo_sweep":
        Sweep.objects.create(person=protected, state=Sweep.State.DONE, reason="x")
    before = row(protected)
    assert press_button(moderator, protected, act, until=tomorrow()).status_code == 403
    assert (row(protected), Act.objects.count()) == (before, 0)
    assert list(Sweep.objects.values_list("state", flat=True)) in ([], ["done"])


def test_a_moderator_who_is_staff_or_reviews_is_no_exception(protected: User) -> None:
    person = make_moderator()
    User.objects.filter(pk=person.pk).update(is_staff=True)
    person.user_permissions.set(Permission.objects.all())
    assert press_button(browser_of(person), protected, "hide").status_code == 403
    protected.refresh_from_db()
    assert protected.profile_hidden_at is None


@pytest.mark.parametrize("act", ["hide", "restore", "agree_and_hide", "agreed", "disagreed", "ignored"])
def test_reports_of_such_a_profile_wait_for_a_superuser(moderator: Client, protected: User, act: str) -> None:
    root = browser_of(make_user(is_superuser=True))
    assert report(browser_of(make_user()), "person", protected.pk).status_code == 302
    assert decide(moderator, "person", protected.pk, act).status_code == 403
    assert (Report.objects.get().outcome, Act.objects.count()) == ("", 0)
    protected.refresh_from_db()
    assert protected.profile_hidden_at is None
    assert decide(root, "person", protected.pk, "agreed").status_code == 302


@pytest.mark.parametrize("action", ["agree_and_hide", "agree", "disagree", "ignore"])
def test_reports_in_the_administration_are_decided_by_the_same_rule(protected: User, action: str) -> None:
    person = make_moderator()
    make_user(is_superuser=True)
    User.objects.filter(pk=person.pk).update(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="community"))
    waiting = Report.objects.create(person=protected, reporter=make_user(), fault="spam")
    chosen = {"action": action, "_selected_action": [str(waiting.pk)]}
    assert browser_of(person).post("/admin/community/report/", chosen, follow=True).status_code == 200
    waiting.refresh_from_db()
    protected.refresh_from_db()
    assert (waiting.outcome, protected.profile_hidden_at, Act.objects.count()) == ("", None, 0)


def test_the_buttons_are_not_shown_and_the_page_says_who_decides(moderator: Client, protected: User) -> None:
    report(browser_of(make_user()), "person", protected.pk)
    root = browser_of(make_user(is_superuser=True))
    for address in (f"/en/moderation/people/{protected.pk}/", LIST, f"/en/moderation/person/{protected.pk}/"):
        assert buttons(moderator, address) == []
        assert "Administrators decide about accounts of administrators and staff." in moderator.get(address).text
    assert "hide" in buttons(root, f"/en/moderation/people/{protected.pk}/")
    assert "agree_and_hide" in buttons(root, LIST)


def test_what_such_people_write_is_moderated_as_all_else(moderator: Client, protected: User, world: World) -> None:
    comment, suggestion = said(world, protected), world.suggested(author=protected)
    for kind, thing in (("comment", comment), ("suggestion", suggestion)):
        assert decide(moderator, kind, thing.pk, "hide").status_code == 302
        thing.refresh_from_db()
        assert thing.hidden_at


def test_a_superuser_hides_the_profile_of_another(protected: User) -> None:
    assert press_button(browser_of(make_user(is_superuser=True)), protected, "hide").status_code == 302
    protected.refresh_from_db()
    assert protected.profile_hidden_at


def test_an_account_that_became_an_administrators_is_swept_no_more(world: World) -> None:
    person, root = make_user(), make_user(is_superuser=True)
    comment = said(world, person)
    assert press_button(browser_of(root), person, "sweep").status_code == 302
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    sweeping.carry_out(Sweep.objects.get().pk)
    comment.refresh_from_db()
    person.refresh_from_db()
    assert (comment.hidden_at, person.profile_hidden_at) == (None, None)
    assert set(SweptThing.objects.values_list("result", flat=True)) == {"stays"}
    assert Sweep.objects.get().state == Sweep.State.DONE


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_sweep_of_who_is_no_superuser_any_more_is_not_carried_out(world: World, is_gone: bool) -> None:
    person, root = make_user(), make_user(is_superuser=True)
    comment = said(world, person)
    assert press_button(browser_of(root), person, "sweep").status_code == 302
    if is_gone:
        root.delete()  # what they ordered while they might goes on
    else:
        User.objects.filter(pk=root.pk).update(is_superuser=False)
    sweeping.carry_out(Sweep.objects.get().pk)
    comment.refresh_from_db()
    assert (comment.hidden_at is not None) is is_gone


def test_nobody_without_a_role_gets_anything_from_the_rule(protected: User) -> None:
    for person in (make_user(), make_user(is_staff=True)):
        assert not rules.may_moderate_account(person, protected)
        assert not rules.may_moderate_account(person, make_user())


@pytest.mark.parametrize("act", ["hide", "agree_and_hide", "agreed", "ignored"])
def test_without_another_administrator_moderators_only_disagree(moderator: Client, protected: User, act: str) -> None:
    make_user(is_superuser=True, is_active=False)
    reporter = make_user()
    report(browser_of(reporter), "person", protected.pk)
    assert buttons(moderator, LIST) == ["disagreed"]
    assert buttons(moderator, f"/en/moderation/people/{protected.pk}/") == []
    before = row(protected)
    assert decide(moderator, "person", protected.pk, act).status_code == 403
    assert Report.objects.get().outcome == ""
    assert decide(moderator, "person", protected.pk, "disagreed").status_code == 302
    assert (Report.objects.get().outcome, row(protected)) == ("disagreed", before)
    assert get_notified_actions(reporter) == ["report_disagreed"]


def test_nobody_closes_reports_of_their_own_profile(protected: User) -> None:
    protected.groups.add(Group.objects.get(name=MODERATORS))
    report(browser_of(make_user()), "person", protected.pk)
    client = browser_of(protected)
    for address in (LIST, f"/en/moderation/people/{protected.pk}/"):
        assert "It is about your own account: another person decides." in client.get(address).text
        assert buttons(client, address) == []
    answer = decide(client, "person", protected.pk, "disagreed")
    assert (answer.status_code, "It is about your own account" in answer.text) == (403, True)
    assert Report.objects.get().outcome == ""


def waiting_for(client: Client) -> str:
    links = BeautifulSoup(client.get("/en/me/").content, "html.parser").select(f"main a[href='{LIST}']")
    return str(links[0].get_text())


def test_what_one_may_not_decide_does_not_count(world: World) -> None:
    boss, mo = make_user("boss", is_superuser=True), make_moderator("mo")
    reporter = browser_of(make_user())
    report(reporter, "person", boss.pk)
    assert [waiting_for(browser_of(each)) for each in (boss, mo)] == ["Moderation", "Moderation (1)"]
    second = make_user("second", is_superuser=True)
    counts = [waiting_for(browser_of(each)) for each in (boss, mo, second)]
    assert counts == ["Moderation", "Moderation", "Moderation (1)"]
    said(world, mo, held_at=timezone.now())
    report(reporter, "comment", said(world, mo).pk)
    report(reporter, "suggestion", world.suggested(author=mo).pk)
    report(reporter, "person", mo.pk)
    assert [waiting_for(browser_of(each)) for each in (boss, mo)] == ["Moderation (4)", "Moderation"]
    Report.objects.create(reporter=make_user(), comment=said(world, world.author), fault="spam")
    assert [waiting_for(browser_of(each)) for each in (boss, mo)] == ["Moderation (5)", "Moderation (1)"]
