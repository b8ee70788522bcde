"""Hiding, warning and suspending, by who may do it to whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.membership import MODERATORS
from accounts.models import User
from community.drafting import drafts
from community.models import Act, Event, Notification, Watch
from community.notifications.texts import get_quote
from tests.community.moderation.test_reports import browser_of, decide, get_notified_actions, make_moderator
from tests.community.suggestions.world import World, make_reviewer
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def tomorrow() -> str:
    return str(timezone.localdate() + timedelta(days=1))


def press_button(client: Client, person: User, name: str, reason: str = "Because.", **fields: str) -> Any:
    return client.post(f"/en/moderation/people/{person.pk}/", {"intent": name, "reason": reason, **fields})


def make(role: str) -> User:
    if role == "moderator":
        return make_moderator()
    if role == "reviewer":
        return make_reviewer()
    return make_user(is_superuser=role == "administrator", is_staff=role == "staff")


ROLES = ("member", "staff", "reviewer", "moderator", "administrator")
MAY_WARN = {
    *(("moderator", role) for role in ("member", "reviewer")),
    *(("administrator", role) for role in ("member", "staff", "reviewer", "moderator")),
}
MAY_HIDE = {
    *(("moderator", role) for role in ("member", "reviewer", "moderator")),
    *(("administrator", role) for role in ROLES),
}
MAY_SWEEP = {("administrator", role) for role in ("member", "staff", "reviewer", "moderator")}
TABLE = {
    "warn": MAY_WARN,
    "suspend": MAY_WARN,
    "free": MAY_WARN,
    "hide": MAY_HIDE,
    "restore": MAY_HIDE,
    "sweep": MAY_SWEEP,
}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("to", ROLES)
def test_who_may_do_what_to_whom(name: str, who: str, to: str) -> None:
    person = make(to)
    if name == "free":
        User.objects.filter(pk=person.pk).update(suspended_until=timezone.now() + timedelta(days=1))
    if name == "restore":
        User.objects.filter(pk=person.pk).update(profile_hidden_at=timezone.now())
    answer = press_button(browser_of(make(who)), person, name, until=tomorrow())
    is_allowed = (who, to) in TABLE[name]
    assert (answer.status_code, Act.objects.count()) == ((302, 1) if is_allowed else (403, 0))


@pytest.mark.parametrize("name", TABLE)
def test_nobody_does_it_to_themselves(name: str) -> None:
    person = make_user(is_superuser=True)
    assert press_button(browser_of(person), person, name, until=tomorrow()).status_code == 403


def test_a_suspension_lasts_to_the_end_of_the_day_and_can_end_before() -> None:
    person, client = make_user(), browser_of(make_moderator())
    assert press_button(client, person, "suspend", "Advertising.", until=tomorrow()).status_code == 302
    person.refresh_from_db()
    assert person.suspended_until
    end = timezone.localtime(person.suspended_until)
    assert (end.date(), end.hour, end.minute) == (timezone.localdate() + timedelta(days=2), 0, 0)
    assert (person.is_suspended, person.suspension_reason) == (True, "Advertising.")
    assert "Advertising." in client.get("/en/moderation/?show=suspended").text
    assert press_button(client, person, "free").status_code == 302
    assert press_button(client, person, "free").status_code == 409
    person.refresh_from_db()
    assert not person.is_suspended
    assert get_notified_actions(person) == ["suspended", "freed"]


@pytest.mark.parametrize("until", ["", "yesterday", "2020-01-01", "9999-12-31", "2026-02-31", "2077-01-01"])
def test_a_suspension_needs_a_date_to_come_and_words(until: str) -> None:
    person, client = make_user(), browser_of(make_moderator())
    answer = press_button(client, person, "suspend", "My long words.", until=until)
    assert (answer.status_code, "My long words." in answer.text) == (422, True)
    assert press_button(client, person, "suspend", " ", until=tomorrow()).status_code == 422
    person.refresh_from_db()
    assert (person.suspended_until, Act.objects.count()) == (None, 0)


def test_a_warning_is_read_by_the_person_and_nobody_else() -> None:
    person = make_user()
    press_button(browser_of(make_moderator()), person, "warn", "Please stay on the subject.")
    assert get_notified_actions(person) == ["warned"]
    assert "Please stay on the subject." in browser_of(person).get("/en/notifications/").text
    assert list(Event.objects.values_list("recipient", flat=True)) == [person.pk]


def test_a_hidden_profile_is_not_there_and_its_name_nowhere(world: World) -> None:
    person, client = make_user("berta", name="Buy cheap watches"), browser_of(make_moderator())
    suggestion = world.suggested(author=person)
    press_button(client, person, "hide")
    assert Client().get("/en/people/berta/").status_code == 404
    for path in (f"/en/suggestions/{suggestion.pk}/", f"/en/skills/{world.skill.slug}/", "/en/suggestions/"):
        assert "Buy cheap" not in Client().get(path).text
    settings = {"name": "Buy more", "is_public": "on", "language": "en", "theme": "", "time_zone": ""}
    assert browser_of(person).post("/en/me/settings/", settings).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.hidden_name) == ("", "Buy cheap watches")
    press_button(client, person, "restore")
    assert "Buy cheap watches" in Client().get("/en/people/berta/").text


def test_a_hidden_suggestion_is_there_for_its_author_and_moderators_alone(world: World) -> None:
    suggestion, moderator = world.suggested(), browser_of(make_moderator())
    path = f"/en/suggestions/{suggestion.pk}/"
    lists = ("/en/suggestions/", f"/en/skills/{world.skill.slug}/suggestions/", f"/en/skills/{world.skill.slug}/")
    assert all(path in Client().get(each).text for each in lists)
    assert decide(moderator, "suggestion", suggestion.pk, "hide").status_code == 302
    assert not any(path in Client().get(each).text for each in lists)
    reviewer = browser_of(world.reviewer)
    assert f"/en/review/{suggestion.pk}/" not in reviewer.get("/en/review/").text
    assert reviewer.get(f"/en/review/{suggestion.pk}/").status_code == 404
    for client in (Client(), reviewer, browser_of(make_user())):
        assert client.get(path).status_code == 404
    assert browser_of(make_user()).post(f"{path}vote/", {"value": "1"}).status_code == 404
    for client in (browser_of(world.author), moderator):
        assert "Moderators have hidden this suggestion" in client.get(path).text
    assert decide(moderator, "suggestion", suggestion.pk, "hide").status_code == 409
    assert path in moderator.get("/en/moderation/?show=hidden").text
    assert decide(moderator, "suggestion", suggestion.pk, "restore").status_code == 302
    assert all(path in Client().get(each).text for each in lists)
    assert get_notified_actions(world.author) == ["hidden", "restored"]
    assert list(Act.objects.order_by("pk").values_list("kind", "target_id")) == [
        ("hidden", suggestion.pk),
        ("restored", suggestion.pk),
    ]


def test_words_of_a_hidden_suggestion_are_not_in_notices_of_it_any_more(world: World) -> None:
    watcher = make_user()
    Watch.objects.create(user=watcher, skill=world.skill)
    draft = drafts.start(world.author, world.skill, [world.kneading()], reason="Buy my watches.")
    suggestion = drafts.submit(draft, world.author, confirmed=True)
    assert get_notified_actions(watcher) == ["first"]
    notice = Notification.objects.get(user=watcher)
    assert get_quote(notice) == "Buy my watches."
    decide(browser_of(make_moderator()), "suggestion", suggestion.pk, "hide")
    assert get_quote(Notification.objects.get(pk=notice.pk)) == ""


def test_the_group_of_moderators_is_there_from_the_beginning() -> None:
    assert Group.objects.filter(name=MODERATORS).exists()
