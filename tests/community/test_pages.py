"""Pages of signed-in people: their own page, their watches, their notices, and changes of these."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from community.models import Event, Kind, Notification, Reason, Watch
from community.models.watching import WatchTarget
from community.watching import watches
from skills.models import Group, Revision, Role, Skill
from tests.community.events.factories import change_cell, make_watchers, notify_everyone
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db

MOST_QUERIES = 10
PERSONAL_PAGES = ("/en/me/", "/en/me/watching/", "/en/notifications/")


@pytest.fixture
def skill() -> Skill:
    make_catalogue(roles=2)
    return Skill.objects.with_group().get()


@pytest.fixture
def user(skill: Skill) -> User:
    user = make_user("reader", name="Berta Ünal")
    watches.set_level(user, skill, Watch.Level.WATCH)
    return user


@pytest.fixture
def browser(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def notice(skill: Skill, user: User) -> Notification:
    change_cell(skill, author=make_user(name="Jana Weiß"))
    notify_everyone()
    return user.notifications.get()


def get_page(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def text_of(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def make_notices(user: User, skill: Skill, number: int, kind: Kind = Kind.CONTENT_CHANGED) -> None:
    revision = Revision.objects.filter(skill=skill)[0]
    now = timezone.now()
    events = Event.objects.bulk_create(
        Event(kind=kind, skill=skill, revision=revision, actor=revision.author, finished_at=now) for _ in range(number)
    )
    Notification.objects.bulk_create(
        Notification(user=user, kind=kind, event=event, skill=skill, reason=Reason.SKILL, reason_name=skill.name)
        for event in events
    )


@pytest.mark.parametrize("address", PERSONAL_PAGES)
def test_visitors_are_sent_to_sign_in_and_back(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.headers["Location"] == f"/en/accounts/login/?next={address}"


@pytest.mark.parametrize("address", PERSONAL_PAGES)
def test_a_sign_in_page_never_lands_inside_a_region(client: Client, address: str) -> None:
    response = client.get(address, headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (401, b"")
    assert response.headers["HX-Redirect"] == f"/en/accounts/login/?next={address}"


@pytest.mark.parametrize("address", PERSONAL_PAGES)
def test_nobody_keeps_a_copy_of_a_personal_page(browser: Client, address: str) -> None:
    response = browser.get(address)
    assert "no-store" in response.headers["Cache-Control"]
    assert b'name="robots" content="noindex"' in response.content


@pytest.mark.parametrize("address", PERSONAL_PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_empty_pages_say_how_to_begin(client: Client, skill: Skill, address: str, language: str) -> None:
    client.force_login(make_user())
    page = get_page(client, address.replace("/en/", f"/{language}/"))
    link = page.select_one(".empty-state a")
    assert link is not None
    assert link["href"] == f"/{language}/skills/"


def test_a_notice_says_what_where_by_whom_and_why(browser: Client, notice: Notification, skill: Skill) -> None:
    row = get_page(browser, "/en/notifications/").select_one("li.notice")
    assert row
    text = text_of(row)
    place = f"{skill.group.domain.name} › {skill.group.name}"
    for part in ("Content changed", skill.name, place, "by Jana Weiß", "because you watch this skill"):
        assert part in text
    assert "changes" not in text
    link = row.select_one("a")
    assert link
    assert link["href"] == f"/en/skills/{skill.slug}/history/2/"


@pytest.mark.parametrize("kind", ["role", "group", "domain"])
def test_a_notice_names_what_is_watched(browser: Client, user: User, skill: Skill, kind: str) -> None:
    role = Role.objects.order_by("name")[0]
    targets: dict[str, WatchTarget] = {"role": role, "group": skill.group, "domain": skill.group.domain}
    target = targets[kind]
    watches.set_level(user, skill, None)
    watches.set_level(user, target, Watch.Level.WATCH)
    change_cell(skill, role)
    notify_everyone()
    assert f"because you watch the {kind} {target.name}" in text_of(get_page(browser, "/en/notifications/"))


def test_a_merged_notice_says_how_many_changes_it_holds(browser: Client, notice: Notification, skill: Skill) -> None:
    change_cell(skill)
    notify_everyone()
    row = get_page(browser, "/de/notifications/").select_one("li.notice")
    assert row
    assert "2 Änderungen" in text_of(row)
    assert f"/de/skills/{skill.slug}/history/3/" in str(row)


def test_an_import_and_a_deleted_account_are_called_that(browser: Client, user: User, skill: Skill) -> None:
    author = make_user()
    change_cell(skill, author=author)
    notify_everyone()
    author.delete()
    assert "by a deleted account" in text_of(get_page(browser, "/en/notifications/"))
    Revision.objects.update(origin=Revision.Origin.IMPORT)
    assert "by an import" in text_of(get_page(browser, "/en/notifications/"))


def test_looking_at_a_notice_s_change_by_link_changes_nothing(browser: Client, notice: Notification) -> None:
    for address in ("/en/notifications/", f"/en/notifications/{notice.pk}/"):
        browser.get(address)
        browser.head(address)
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_notice_is_opened_and_read_by_its_button(browser: Client, notice: Notification, skill: Skill) -> None:
    response = browser.post(f"/en/notifications/{notice.pk}/", {"open": "1", "event": str(notice.event_id)})
    assert response.headers["Location"] == f"/en/skills/{skill.slug}/history/2/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_one_notice_is_marked_read_and_the_list_comes_back_as_it_was(browser: Client, notice: Notification) -> None:
    response = browser.post(f"/en/notifications/{notice.pk}/?unread=1", {"event": str(notice.event_id)})
    assert response.headers["Location"] == "/en/notifications/?unread=1"
    notice.refresh_from_db()
    first_read = notice.read_at
    assert first_read is not None
    browser.post(f"/en/notifications/{notice.pk}/")
    notice.refresh_from_db()
    assert notice.read_at == first_read


def test_a_notice_that_grew_meanwhile_stays_unread(browser: Client, notice: Notification, skill: Skill) -> None:
    seen = notice.event_id
    change_cell(skill)
    notify_everyone()
    browser.post(f"/en/notifications/{notice.pk}/", {"event": str(seen)})
    browser.post("/en/notifications/read/", {"event": str(seen)})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_notices_are_marked_read(browser: Client, user: User, skill: Skill) -> None:
    make_notices(user, skill, 30)
    other = make_watchers(skill, 1)[0]
    make_notices(other, skill, 1)
    newest = get_page(browser, "/en/notifications/").select_one("form[action*=read] input[name=event]")
    assert newest
    response = browser.post("/en/notifications/read/", {"event": newest["value"]})
    assert response.headers["Location"] == "/en/notifications/"
    assert not user.notifications.filter(read_at=None).exists()
    assert other.notifications.filter(read_at=None).exists()


def test_reading_answers_htmx_with_the_list_and_the_bell(browser: Client, notice: Notification) -> None:
    headers = {"HX-Request": "true"}
    response = browser.post("/en/notifications/read/", {"event": str(notice.event_id)}, headers=headers)
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("main") is None
    assert len(page.select("#notices li.notice")) == 1
    assert page.select(".is-unread, .bell-count") == []
    assert page.select_one("#bell[hx-swap-oob]") is not None


def test_the_notice_of_another_person_does_not_exist(client: Client, notice: Notification, user: User) -> None:
    client.force_login(make_user())
    for answer in (client.get(f"/en/notifications/{notice.pk}/"), client.post(f"/en/notifications/{notice.pk}/")):
        assert answer.status_code == 404
    client.post("/en/notifications/read/")
    assert user.notifications.get().read_at is None


@pytest.mark.parametrize("event", ["", "x", "-1", "9" * 40, "1.5"])
def test_a_form_with_nonsense_for_the_event_breaks_nothing(browser: Client, notice: Notification, event: str) -> None:
    assert browser.post(f"/en/notifications/{notice.pk}/", {"event": event}).status_code == 302
    assert browser.post("/en/notifications/read/", {"event": event}).status_code == 302


def test_unread_notices_come_first_and_are_marked(browser: Client, user: User, skill: Skill) -> None:
    make_notices(user, skill, 3)
    newest = user.notifications.order_by("-pk")[0]
    Notification.objects.filter(pk=newest.pk).update(read_at=timezone.now())
    rows = get_page(browser, "/en/notifications/").select("li.notice")
    assert ["is-unread" in row["class"] for row in rows] == [True, True, False]
    assert [row.select_one(".unread-mark") is not None for row in rows] == [True, True, False]


def test_notices_are_filtered_by_kind_and_to_the_unread(browser: Client, user: User, skill: Skill) -> None:
    make_notices(user, skill, 2)
    make_notices(user, skill, 3, Kind.COMMENT)
    user.notifications.filter(kind=Kind.COMMENT).update(read_at=timezone.now())
    counts = {
        query: len(get_page(browser, f"/en/notifications/?{query}").select("li.notice"))
        for query in ("", "kind=comment", "unread=1", "kind=comment&unread=1", "kind=content_changed", "kind=nonsense")
    }
    assert list(counts.values()) == [5, 3, 2, 0, 2, 5]
    options = get_page(browser, "/en/notifications/?kind=comment").select("#kind option")
    assert [option["value"] for option in options] == ["", "content_changed", "comment"]


def test_notices_have_numbered_pages(browser: Client, user: User, skill: Skill) -> None:
    make_notices(user, skill, 60)
    page = get_page(browser, "/en/notifications/?unread=1&page=3")
    assert len(page.select("li.notice")) == 10
    assert [link["href"] for link in page.select(".pagination a")] == ["?unread=1&page=1", "?unread=1&page=2"]
    for number in ("0", "x"):
        assert browser.get(f"/en/notifications/?page={number}").status_code == 404


def test_the_head_and_the_list_cost_the_same_with_ten_notices_or_ten_thousand(
    browser: Client, user: User, skill: Skill
) -> None:
    counts = []
    for number in (10, 9_990):
        make_notices(user, skill, number)
        for address in ("/en/notifications/", "/en/me/", f"/en/skills/{skill.slug}/"):
            browser.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
    assert max(counts) <= MOST_QUERIES, counts


def test_my_page_shows_the_latest_notices_and_watches(browser: Client, user: User, skill: Skill) -> None:
    make_notices(user, skill, 7)
    for role in Role.objects.all():
        watches.set_level(user, role, Watch.Level.MUTE)
    page = get_page(browser, "/en/me/")
    assert len(page.select("li.notice")) == 5
    assert len(page.select(".name-columns li")) == 3
    assert "Berta Ünal" in text_of(page)


def test_my_pages_cost_the_same_however_much_is_watched(browser: Client, user: User, skill: Skill) -> None:
    counts = []
    for size in (1, 4):
        make_catalogue(skills=size, roles=size, groups=size)
        for thing in (*Skill.objects.all(), *Role.objects.all(), *_groups(), skill.group.domain):
            watches.set_level(user, thing, Watch.Level.WATCH)
        for address in ("/en/me/", "/en/me/watching/"):
            with CaptureQueriesContext(connection) as queries:
                browser.get(address)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= MOST_QUERIES, counts


def _groups() -> list[Group]:
    return list(Group.objects.select_related("domain"))


def test_what_i_watch_is_listed_by_kind_and_name(browser: Client, user: User, skill: Skill) -> None:
    first, second = Role.objects.order_by("name")
    for target in (skill.group.domain, second, first, skill.group):
        watches.set_level(user, target, Watch.Level.MUTE)
    page = get_page(browser, "/en/me/watching/")
    assert [text_of(title) for title in page.select("h2")] == ["Skills", "Roles", "Groups", "Domains"]
    names = [text_of(name) for name in page.select(".watch-row .name")]
    assert names == [skill.name, first.name, second.name, skill.group.name, skill.group.domain.name]


@pytest.mark.parametrize(("level", "expected"), [("mute", "mute"), ("watch", "watch"), ("", None)])
def test_one_row_is_changed_by_its_button(browser: Client, user: User, skill: Skill, level: str, expected: str) -> None:
    watches.set_level(user, skill.group, Watch.Level.WATCH)
    row = user.watches.get(skill=skill)
    response = browser.post("/en/me/watching/?page=1", {"row": f"{row.pk}:{level}", "level": "mute", "chosen": ["1"]})
    assert response.headers["Location"] == "/en/me/watching/?page=1"
    assert watches.get_watch_level(user, skill) == expected
    assert watches.get_watch_level(user, skill.group) == Watch.Level.WATCH


@pytest.mark.parametrize(("level", "expected"), [("mute", ["mute", "mute"]), ("", [])])
def test_what_is_ticked_is_changed_at_once(
    browser: Client, user: User, skill: Skill, level: str, expected: list[str]
) -> None:
    watches.set_level(user, skill.group, Watch.Level.WATCH)
    chosen = [str(pk) for pk in user.watches.values_list("pk", flat=True)]
    page = browser.post("/en/me/watching/", {"row": "", "chosen": chosen, "level": level}, follow=True)
    assert list(user.watches.values_list("level", flat=True)) == expected
    assert b"Saved." in page.content


def test_with_nothing_ticked_nothing_changes_and_the_page_says_so(browser: Client, user: User, skill: Skill) -> None:
    page = browser.post("/en/me/watching/", {"row": "", "level": ""}, follow=True)
    assert b"Nothing was chosen" in page.content
    assert watches.get_watch_level(user, skill) == Watch.Level.WATCH


def test_nobody_changes_what_others_watch(browser: Client, user: User, skill: Skill) -> None:
    other = make_watchers(skill, 1)[0]
    browser.post("/en/me/watching/", {"row": f"{other.watches.get().pk}:"})
    browser.post("/en/me/watching/", {"chosen": [str(other.watches.get().pk)], "level": "mute"})
    assert watches.get_watch_level(other, skill) == Watch.Level.WATCH


@pytest.mark.parametrize("data", [{"row": "1:loud"}, {"chosen": ["1"], "level": "loud"}])
def test_a_level_there_is_not_is_refused(browser: Client, data: dict[str, str]) -> None:
    assert browser.post("/en/me/watching/", data).status_code == 400
