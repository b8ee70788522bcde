"""Lists that become shorter by what their reader does: the reader is shown the last page, never an error."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from accounts.models import User
from community.models import Comment, Event, Kind, Notification, Reason, Watch
from community.notifications import inbox
from community.watching.views import WATCHES_PAGE_SIZE
from skills.models import Group
from tests.community.moderation.test_reports import browser_of, make_moderator
from tests.community.suggestions.world import World
from tests.factories import make_catalogue, make_user

MODERATION = "/en/moderation/"


@pytest.fixture
def reader(world: World) -> User:
    return make_user("reader")


def make_notices(user: User, world: World, number: int) -> list[Notification]:
    events = Event.objects.bulk_create(
        Event(kind=Kind.CONTENT_CHANGED, skill=world.skill, finished_at=timezone.now()) for _ in range(number)
    )
    return Notification.objects.bulk_create(
        Notification(user=user, kind=event.kind, event=event, skill=world.skill, reason=Reason.SKILL)
        for event in events
    )


def get_number_of_items(html: bytes, selector: str) -> int:
    return len(BeautifulSoup(html, "html.parser").select(selector))


def test_the_only_unread_notice_of_the_last_page_is_read(reader: User, world: World) -> None:
    client, (notice, *_others) = browser_of(reader), make_notices(reader, world, inbox.PAGE_SIZE + 1)
    fields, query = {"event": str(notice.event_id)}, "?unread=1&page=2"
    page = client.post(f"/en/notifications/{notice.pk}/{query}", fields, follow=True)
    assert page.redirect_chain == [(f"/en/notifications/{query}", 302), ("/en/notifications/?unread=1", 302)]
    assert get_number_of_items(page.content, "li.notice") == inbox.PAGE_SIZE
    assert reader.notifications.filter(read_at=None).count() == inbox.PAGE_SIZE
    # A program that swaps only the list sends the same query, and gets the list at once.
    page = client.post(f"/en/notifications/{notice.pk}/{query}", fields, headers={"HX-Request": "true"})
    assert (page.status_code, get_number_of_items(page.content, "li.notice")) == (200, inbox.PAGE_SIZE)


def test_the_only_watch_of_the_last_page_is_ended(reader: User) -> None:
    make_catalogue(groups=WATCHES_PAGE_SIZE + 1)
    groups = Group.objects.order_by("-pk")[: WATCHES_PAGE_SIZE + 1]
    watches = Watch.objects.bulk_create(Watch(user=reader, group=group, level=Watch.Level.WATCH) for group in groups)
    page = browser_of(reader).post("/en/me/watching/?page=2", {"row": f"{watches[0].pk}:"}, follow=True)
    assert page.redirect_chain[1:] == [("/en/me/watching/", 302)]
    assert get_number_of_items(page.content, ".watch-row") == WATCHES_PAGE_SIZE == reader.watches.count()


@pytest.fixture
def last_held(world: World) -> Comment:
    """The only comment on page 2 of what waits for moderators."""
    held_at = timezone.now()
    comments = [
        Comment.objects.create(skill=world.skill, author=world.author, body=f"Held {number}.", held_at=held_at)
        for number in range(21)
    ]
    page = BeautifulSoup(browser_of(make_moderator()).get(f"{MODERATION}?page=2").content, "html.parser")
    (form,) = page.select("form[action^='/en/moderation/comment/']")
    (comment,) = (row for row in comments if f"/comment/{row.pk}/" in str(form["action"]))
    return comment


def test_the_only_item_of_the_last_moderation_page_is_released(last_held: Comment) -> None:
    page = browser_of(make_moderator()).post(
        f"{MODERATION}comment/{last_held.pk}/?page=2", {"intent": "release", "reason": "Fine."}, follow=True
    )
    assert page.redirect_chain == [(f"{MODERATION}?page=2", 302), (MODERATION, 302)]
    assert (page.status_code, Comment.objects.get(pk=last_held.pk).held_at) == (200, None)


def test_a_refused_form_of_a_list_that_is_shorter_now_keeps_what_is_typed(last_held: Comment) -> None:
    Comment.objects.exclude(pk=last_held.pk).update(held_at=None)
    reason = "Reason. " * 1_000
    page = browser_of(make_moderator()).post(
        f"{MODERATION}comment/{last_held.pk}/?page=2", {"intent": "hide", "reason": reason}
    )
    assert page.status_code == 422
    assert reason in page.text
    assert Comment.objects.get(pk=last_held.pk).hidden_at is None


LISTS = (
    "moderation/?show=hidden",
    "moderation/log/?",
    "notifications/?kind=comment",
    "me/watching/?",
    "me/suggestions/?",
)


@pytest.mark.parametrize("where", [*LISTS, "review/?filter=typos", "suggestions/?state=open", "changes/?origin=import"])
def test_every_list_redirects_from_a_page_past_its_end(world: World, where: str) -> None:
    client = browser_of(make_user(is_superuser=True))
    address = f"/en/{where}&page=".replace("?&", "?")
    beyond = client.get(f"{address}7")
    assert beyond.status_code == 302
    assert beyond["Location"] == address.removesuffix("page=").rstrip("?&")
    assert client.get(beyond["Location"]).status_code == 200
    assert [client.get(f"{address}{number}").status_code for number in ("0", "x")] == [404, 404]
