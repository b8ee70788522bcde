"""Mentions: who is notified is who is linked, in any case of the name, and never from code or quotations."""

import uuid

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import User
from accounts.privacy.erasure import delete_account
from accounts.sign_in import traps
from community.discussion import comments
from community.discussion.comments import Subject
from community.events import fanout, mentions
from community.models import Comment, Kind, Notification
from tests.community.suggestions.world import World
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def post(client: Client, world: World, body: str) -> Comment:
    """Post a comment through its form, and let everybody be notified of it."""
    client.force_login(world.author)
    form = {"key": str(uuid.uuid4()), "started": traps.sign_current_time(), "body": body, "intent": "post"}
    assert client.post(f"/en/skills/{world.skill.slug}/comments/", form).status_code == 302
    fanout.notify_of_unfinished_events()
    return Comment.objects.latest("pk")


def list_linked(client: Client, comment: Comment) -> set[str]:
    page = BeautifulSoup(client.get(f"/en/comments/{comment.pk}/", follow=True).content, "html.parser")
    return {str(link["href"]) for link in page.select(f"#comment-{comment.pk} .text a[href*='/people/']")}


def list_notified() -> set[str]:
    return {get_url(user) for user in User.objects.filter(notifications__kind=Kind.MENTION)}


def get_url(user: User) -> str:
    with override("en"):
        return user.public_url


@pytest.mark.parametrize(
    ("username", "body"),
    [
        ("anna", "@anna"),
        ("anna", "@ANNA, @Anna."),
        ("Anna.McBeck", "Ask **@anna.mcbeck**"),
        ("änne", "@ÄNNE"),
        ("ÄNNE", "@änne"),
        ("Ännchen-Öz", "@ännchen-öz"),
        ("Öäüß", "@öÄüß"),
        ("Ñandú-Ñoñó", "@ñandú-ñoñó"),
        ("éÉéÉ", "@éÉéÉ"),  # as typed only: SQLite knows no upper case of it
        ("İpek", "@İpek"),
        ("ıpek", "@ıpek"),
        ("ΓΙΏΡΓΟΣ", "@ΓΙΏΡΓΟΣ"),
        ("anna", "> Ask @bert.\n\nNo, @anna."),
        ("anna", "- [ ] @anna"),
        ("anna", "<div>\n@anna"),
    ],
)
def test_who_is_linked_is_notified_in_any_case_of_the_name(
    client: Client, world: World, username: str, body: str
) -> None:
    person = make_user(username)
    make_user("bert")
    comment = post(client, world, body)
    assert list_linked(client, comment) == list_notified() == {get_url(person)}


@pytest.mark.parametrize(
    "body",
    [
        "`@anna`",
        "So:\n```\n@anna\n```",
        "So:\n\n    @anna",
        "> @anna, see this.\n\nWhy?",
        "> - a\n>   > @anna",
        "[@anna](https://example.org)",
        "https://example.org/@anna",
        "mail@anna",
        "@anna_",
        "@annabel",
    ],
)
def test_who_is_not_linked_is_not_notified(client: Client, world: World, body: str) -> None:
    make_user("anna")
    comment = post(client, world, body)
    assert list_linked(client, comment) == list_notified() == set()


def test_a_quoted_answer_notifies_nobody_again(client: Client, world: World) -> None:
    person = make_user("anna")
    first = post(client, world, "Ask @anna.\u2028She knows.")
    Notification.objects.all().delete()
    client.force_login(world.reviewer)
    page = client.get(f"/en/skills/{world.skill.slug}/comments/?answer={first.pk}&quote=1").content
    quotation = BeautifulSoup(page, "html.parser").select_one("#body").get_text()  # type: ignore[union-attr]
    answer = post(client, world, f"{quotation}\n\nDone.")
    assert "@anna" in answer.body
    assert list_linked(client, answer) == list_notified() == set()
    assert not Notification.objects.filter(user=person).exists()


def test_preview_links_the_same_people(client: Client, world: World) -> None:
    make_user("änne")
    client.force_login(world.author)
    form = {"body": "@ÄNNE `@änne`\n\n> @änne", "intent": "preview"}
    page = client.post(f"/en/skills/{world.skill.slug}/comments/", form).content
    links = BeautifulSoup(page, "html.parser").select(".preview .text a")
    assert [link.get_text() for link in links] == ["@ÄNNE"]


def test_more_mentions_than_count_are_neither_linked_nor_notified(client: Client, world: World) -> None:
    for number in range(mentions.MAX_MENTIONS + 2):
        make_user(f"member{number}")
    comment = post(client, world, " ".join(f"@Member{number}" for number in range(mentions.MAX_MENTIONS + 2)))
    assert list_linked(client, comment) == list_notified()
    assert len(list_notified()) == mentions.MAX_MENTIONS


def test_of_names_that_differ_in_case_the_oldest_account_is_meant(client: Client, world: World) -> None:
    first, _second = make_user("Anna"), make_user("anna")
    comment = post(client, world, "@anna")
    assert list_linked(client, comment) == list_notified() == {get_url(first)}


def test_an_index_finds_the_names(world: World) -> None:
    """SQLite never scans the accounts; PostgreSQL scans as few as there are here, so it has nothing to show."""
    if connection.vendor != "sqlite":
        pytest.skip("its planner scans small tables")
    with CaptureQueriesContext(connection) as queries:
        mentions.find_mentioned_user_ids("@anna @änne")
    (query,) = queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
        assert "user_username_upper" in str(cursor.fetchall())


@pytest.mark.parametrize("written", ["@ÄNNE-x", "@änne-x"])
def test_deleting_an_account_removes_its_mentions_in_any_case(client: Client, world: World, written: str) -> None:
    person = make_user("Änne-x")
    mentioning = comments.post(world.author, Subject(world.skill), f"Ask {written}!", key=uuid.uuid4())
    other = comments.post(world.author, Subject(world.skill), "Ask @Änne-xy!", key=uuid.uuid4())
    delete_account(person, keep_comments=True)
    mentioning.refresh_from_db()
    other.refresh_from_db()
    assert (mentioning.body, other.body) == ("Ask @–!", "Ask @Änne-xy!")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("@anna\\_beck!", "@–!"),
        ("Ask &#64;anna_beck.", "Ask &#64;–."),
        ("&#x40;ANNA&#95;beck, &commat;anna&lowbar;bec&#107;", "&#x40;–, &commat;–"),
        ("\\@anna_beck", "\\@–"),
        ("_@anna_beck_ and __@anna_beck__", "_@–_ and __@–__"),
        ("`@anna_beck`\n\n> @anna_beck", "`@–`\n\n> @–"),
        ("@anna\\_beck-x @anna_beck&#46;x @anna_beck\\_x @anna_beck_", ""),
        ("@anna &#64;anna\\_bec anna\\_beck", ""),
    ],
)
def test_deleting_an_account_removes_its_mentions_however_they_are_written(
    world: World, body: str, expected: str
) -> None:
    person = make_user("anna_beck")
    comment = comments.post(world.author, Subject(world.skill), body, key=uuid.uuid4())
    delete_account(person, keep_comments=True)
    comment.refresh_from_db()
    assert comment.body == (expected or body)
