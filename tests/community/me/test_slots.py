"""Who is signed in, in the head of every page."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.events.fanout import notify_of_unfinished_events
from community.me.slots import person
from community.models import Comment, Event, Kind, Watch
from community.notifications import inbox
from community.watching import watches
from skills.models import Skill
from tests.community.events.factories import change_cell
from tests.community.test_pages import make_notices
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def skill() -> Skill:
    make_catalogue()
    return Skill.objects.with_group().get()


def head_of(client: Client, address: str) -> Tag:
    head = BeautifulSoup(client.get(address).content, "html.parser").select_one(".head-tools")
    assert head
    return head


def menu_of(client: Client, address: str = "/en/") -> dict[str, str]:
    links = head_of(client, address).select(".person-body a")
    return {link.get_text(): str(link["href"]) for link in links}


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/en/", "%2Fen%2F"),
        ("/de/skills/?q=a%26b&page=1", "%2Fde%2Fskills%2F%3Fq%3Da%2526b%26page%3D1"),
        ("/en/there-is-none/", "%2Fen%2Fthere-is-none%2F"),
    ],
)
def test_a_visitor_is_sent_to_sign_in_and_back_to_this_page(client: Client, address: str, wanted: str) -> None:
    link = head_of(client, address).select_one(".sign-in")
    assert link
    assert link["href"] == f"{address[:3]}/accounts/login/?next={wanted}"
    assert head_of(client, address).select("form[method=post], .person") == []


def test_the_page_of_signing_in_passes_on_where_it_leads(rf: RequestFactory) -> None:
    for query, expected in (("?next=/en/skills/", "?next=%2Fen%2Fskills%2F"), ("", "")):
        html = person.render(rf.get(f"/de/accounts/login/{query}"))
        link = BeautifulSoup(html, "html.parser").a
        assert link
        assert link["href"] == f"/de/accounts/login/{expected}"


def test_a_member_has_a_menu(client: Client) -> None:
    client.force_login(make_user(name="Berta Ünal-Öz"))
    menu = menu_of(client)
    assert {"My page": "/en/me/", "What I watch": "/en/me/watching/", "Notices": "/en/notifications/"}.items() <= (
        menu.items()
    )
    assert "Administration" not in menu
    head = head_of(client, "/en/")
    initials, leave = head.select_one(".initials"), head.select_one("form[action='/en/accounts/logout/']")
    assert initials
    assert initials.get_text() == "BÜ"
    assert leave
    assert leave.select_one("input[name=csrfmiddlewaretoken]")
    assert head.select(".sign-in") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("e\u0301mile zola", "E\u0301Z"),
        ("\u0939\u093f\u0930\u0923 \u0915\u093e\u0932", "\u0939\u093f\u0915\u093e"),
        ("\U0001f1e9\U0001f1ea Berg", "\U0001f1e9\U0001f1eaB"),
        ("山田太郎", "山"),
    ],
)
def test_initials_are_whole_characters_in_any_script(client: Client, name: str, expected: str) -> None:
    client.force_login(make_user(name=name))
    initials = head_of(client, "/en/").select_one(".initials")
    assert initials
    assert initials.get_text() == expected


def test_the_account_button_is_named_by_the_initials_it_shows_and_by_its_owner(client: Client) -> None:
    client.force_login(make_user(name="Quentin Xaver"))  # "QX" is no part of it
    (button,) = head_of(client, "/en/").select("details.person summary")
    assert button.select("[aria-hidden]") == []
    assert "aria-label" not in button.attrs
    assert " ".join(button.get_text().split()) == "QX – Your account, Quentin Xaver"


def test_staff_find_the_administration(admin_site: Client) -> None:
    assert menu_of(admin_site)["Administration"] == "/admin/"


def test_a_name_is_shown_as_words_and_never_as_markup(client: Client) -> None:
    client.force_login(make_user(name="<b>Bo"))
    assert b"<b>Bo" not in client.get("/en/").content


def test_the_bell_counts_what_is_unread(client: Client, skill: Skill) -> None:
    user = make_user()
    watches.set_level(user, skill, Watch.Level.WATCH)
    client.force_login(user)
    bell = head_of(client, "/en/").select_one(".bell")
    assert bell
    assert " ".join(bell.get_text().split()) == "Notices"
    change_cell(skill)
    notify_of_unfinished_events()
    for language, words in (("en", "Notices, 1 unread"), ("de", "Mitteilungen, 1 ungelesene")):
        bell = head_of(client, f"/{language}/").select_one(".bell")
        assert bell
        assert words in " ".join(bell.get_text().split())
        assert bell["href"] == f"/{language}/notifications/"


def test_a_great_number_of_notices_is_not_spelt_out(client: Client, skill: Skill) -> None:
    user = make_user()
    make_notices(user, skill, 99)
    client.force_login(user)
    assert "Notices, 99 unread" in " ".join(head_of(client, "/en/").get_text().split())
    make_notices(user, skill, 21)
    for language, spoken in (("en", "Notices, 99+ unread"), ("de", "Mitteilungen, 99+ ungelesene")):
        head = head_of(client, f"/{language}/")
        assert [count.get_text() for count in head.select(".bell-count")] == ["99+"]
        assert spoken in " ".join(head.get_text().split())
        assert "(99+)" in head.get_text()
        assert "120" not in head.get_text()


def test_the_bell_reads_no_more_rows_however_many_are_unread(skill: Skill) -> None:
    user = make_user()
    make_notices(user, skill, 120, Kind.COMMENT)  # those of comments are the ones that may be hidden
    with CaptureQueriesContext(connection) as queries:
        assert inbox.count_unread(user) == 100
    assert ["LIMIT 100" in query["sql"] for query in queries.captured_queries] == [True]


def test_the_bell_leaves_out_what_is_hidden_before_it_stops_counting(skill: Skill) -> None:
    user, now = make_user(), timezone.now()
    make_notices(user, skill, 130, Kind.COMMENT)
    hidden = Comment.objects.create(skill=skill, author=make_user(), body="Advertising.", hidden_at=now)
    events = list(Event.objects.filter(kind=Kind.COMMENT).order_by("pk")[:70].values_list("pk", flat=True))
    Event.objects.filter(pk__in=events).update(comment=hidden)
    assert inbox.count_unread(user) == 60
    Event.objects.update(comment=hidden)
    assert (inbox.count_unread(user), inbox.list_notice_kinds(user)) == (0, [])


def test_the_kinds_to_choose_from_cost_the_same_however_many_notices_there_are(skill: Skill) -> None:
    user, counts = make_user(), []
    for number in (1, 50):
        for kind in (Kind.CONTENT_CHANGED, Kind.COMMENT):
            make_notices(user, skill, number, kind)
        with CaptureQueriesContext(connection) as queries:
            assert inbox.list_notice_kinds(user) == [Kind.CONTENT_CHANGED, Kind.COMMENT]
        counts.append(len(queries))
    assert counts == [2, 2]


def test_the_head_costs_one_query_of_its_own(client: Client, skill: Skill) -> None:
    client.force_login(make_user())
    client.get("/en/roles/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/en/roles/")
    tables = [query["sql"] for query in queries.captured_queries]
    assert len([sql for sql in tables if "community_" in sql]) == 1
    assert len(tables) <= 5, tables
