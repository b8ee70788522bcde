"""The watch button on skill, group, domain and role, for members, and for visitors who sign in."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.auth import SESSION_KEY
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community.models import Watch
from community.models.watching import WatchTarget
from community.watching import watches
from skills.models import Role, Skill
from tests.community.events.factories import make_watchers
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db

KINDS = ("skill", "group", "domain", "role")
WATCH, MUTE = Watch.Level.WATCH, Watch.Level.MUTE


@pytest.fixture
def skill() -> Skill:
    make_catalogue()
    return Skill.objects.with_group().get()


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def browser(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def target_of(skill: Skill, kind: str) -> WatchTarget:
    role = Role.objects.order_by("name")[0]
    targets: dict[str, WatchTarget] = {"skill": skill, "group": skill.group, "domain": skill.group.domain, "role": role}
    return targets[kind]


def address_of(target: WatchTarget, language: str = "en") -> str:
    return f"/{language}{target.get_absolute_url()[3:]}"


def actions_of(client: Client, target: WatchTarget, language: str = "en") -> Tag:
    actions = BeautifulSoup(client.get(address_of(target, language)).content, "html.parser").select_one(".actions")
    assert actions
    return actions


def pressed(actions: Tag) -> list[str]:
    return [str(button["aria-pressed"]) for button in actions.select("button")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_visitor_sees_how_many_watch_and_a_link_to_watch(client: Client, skill: Skill, kind: str) -> None:
    target = target_of(skill, kind)
    link = actions_of(client, target).a
    assert link
    assert (link["href"], link.get_text().strip()) == (f"/en/watch/{kind}/{target.pk}/", "Watch0, 0 people watch this")
    make_watchers(target, 2)
    watches.set_level(make_user(), target, MUTE)
    assert "2 people watch this" in actions_of(client, target).get_text()
    assert "2 Personen beobachten dies" in actions_of(client, target, "de").get_text()


def test_the_kept_page_of_a_visitor_costs_one_query_more_for_the_count(
    client: Client, skill: Skill, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = skill.group.get_absolute_url()
    client.get(address)
    with django_assert_num_queries(2):
        client.get(address)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_visitor_wanted_to_watch_is_watched_after_signing_in(
    client: Client, skill: Skill, user: User, kind: str
) -> None:
    target = target_of(skill, kind)
    address = f"/en/watch/{kind}/{target.pk}/"
    response = client.get(address)
    assert response.headers["Location"] == f"/en/accounts/login/?next={address}"
    assert Watch.objects.count() == 0
    client.force_login(user)
    page = client.get(address, follow=True)
    assert page.redirect_chain == [(address_of(target), 302)]
    assert f"You now watch “{target.name}”." in page.content.decode()
    assert watches.get_watch_level(user, target) == WATCH


def test_what_a_visitor_wanted_to_watch_is_watched_once(client: Client, skill: Skill, user: User) -> None:
    address = f"/en/watch/skill/{skill.pk}/"
    client.get(address)
    client.force_login(user)
    client.get(address)
    watches.set_level(user, skill, None)
    assert client.get(address).status_code == 200
    assert watches.get_watch_level(user, skill) is None


def test_a_get_without_a_pending_watch_changes_nothing(browser: Client, skill: Skill, user: User) -> None:
    address = f"/en/watch/skill/{skill.pk}/"
    for method in (browser.get, browser.head):
        assert method(address).status_code == 200
    assert watches.get_watch_level(user, skill) is None
    form = BeautifulSoup(browser.get(address).content, "html.parser").select_one("main form")
    assert form
    assert (form["action"], form["method"]) == (address, "post")
    assert [button["value"] for button in form.select("button")] == ["watch"]


def test_a_pending_watch_of_one_thing_does_not_watch_another(client: Client, skill: Skill, user: User) -> None:
    client.get(f"/en/watch/skill/{skill.pk}/")
    client.force_login(user)
    client.get(f"/en/watch/group/{skill.group_id}/")
    assert user.watches.count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_button_watches_mutes_and_ends_both(browser: Client, skill: Skill, user: User, kind: str) -> None:
    target = target_of(skill, kind)
    for level, expected in (("watch", ["true", "false"]), ("mute", ["false", "true"]), ("", ["false", "false"])):
        response = browser.post(f"/en/watch/{kind}/{target.pk}/", {"level": level})
        assert response.headers["Location"] == address_of(target)
        assert watches.get_watch_level(user, target) == (level or None)
        assert pressed(actions_of(browser, target)) == expected


def test_a_pressed_button_takes_back_what_it_did(browser: Client, skill: Skill) -> None:
    for level in ("watch", "mute"):
        browser.post(f"/en/watch/skill/{skill.pk}/", {"level": level})
        [button] = actions_of(browser, skill).select("button[aria-pressed=true]")
        assert button["value"] == ""


def test_sent_twice_it_watches_once(browser: Client, skill: Skill, user: User) -> None:
    for _ in range(2):
        browser.post(f"/en/watch/skill/{skill.pk}/", {"level": "watch"})
    assert user.watches.count() == 1


def test_htmx_gets_the_buttons_again_and_a_sentence_to_be_read_aloud(browser: Client, skill: Skill) -> None:
    response = browser.post(f"/en/watch/skill/{skill.pk}/", {"level": "watch"}, headers={"HX-Request": "true"})
    part = BeautifulSoup(response.content, "html.parser")
    assert pressed(part) == ["true", "false"]
    assert part.select_one("main") is None
    announcement = part.select_one("#watch-said[hx-swap-oob]")
    assert announcement
    assert announcement.get_text() == f"You now watch “{skill.name}”."
    assert "1 person watches this" in part.get_text()
    assert b"You now watch" not in browser.get("/en/").content  # only once


def test_who_was_signed_out_meanwhile_is_sent_to_sign_in_and_watches_then(
    client: Client, skill: Skill, user: User
) -> None:
    address = f"/en/watch/skill/{skill.pk}/"
    response = client.post(address, {"level": "watch"}, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == f"/en/accounts/login/?next={address}"
    client.force_login(user)
    client.get(address)
    assert watches.get_watch_level(user, skill) == WATCH


def test_a_mute_of_a_signed_out_person_is_no_pending_watch(client: Client, skill: Skill, user: User) -> None:
    address = f"/en/watch/skill/{skill.pk}/"
    client.post(address, {"level": "mute"})
    assert SESSION_KEY not in client.session
    client.force_login(user)
    client.get(address)
    assert user.watches.count() == 0


@pytest.mark.parametrize("address", ["skill/0", "skill/999999", f"skill/{2**70}", "level/1", "user/1", "framework/1"])
@pytest.mark.parametrize("is_member", [True, False])
def test_what_is_not_there_is_not_watched(
    client: Client, skill: Skill, user: User, address: str, is_member: bool
) -> None:
    if is_member:
        client.force_login(user)
    for method in (client.get, client.post):
        assert method(f"/en/watch/{address}/", {"level": "watch"}).status_code == 404
    assert "watch-wish" not in client.session


def test_a_level_there_is_not_is_refused(browser: Client, skill: Skill) -> None:
    assert browser.post(f"/en/watch/skill/{skill.pk}/", {"level": "loud"}).status_code == 400
    assert Watch.objects.count() == 0


def test_a_form_from_elsewhere_is_refused(skill: Skill, user: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.post(f"/en/watch/skill/{skill.pk}/", {"level": "watch"}).status_code == 403
    assert Watch.objects.count() == 0


def test_the_button_on_a_kept_page_sends_a_token_that_holds(skill: Skill, user: User) -> None:
    Client().get(skill.get_absolute_url())  # kept, as a visitor sees it
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    token = actions_of(browser, skill).select_one("input[name=csrfmiddlewaretoken]")
    assert token
    data = {"level": "watch", "csrfmiddlewaretoken": str(token["value"])}
    assert browser.post(f"/en/watch/skill/{skill.pk}/", data).status_code == 302
    assert watches.get_watch_level(user, skill) == WATCH


def test_members_and_visitors_never_see_each_other_s_button(skill: Skill, user: User) -> None:
    member, visitor = Client(), Client()
    member.force_login(user)
    for _ in range(2):
        assert actions_of(member, skill).select("form") != []
        assert actions_of(visitor, skill).select("form") == []
