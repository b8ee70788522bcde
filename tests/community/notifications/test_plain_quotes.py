"""Comments are Markdown and quoted as plain text, without marks; reasons and messages are quoted as typed."""

import uuid

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import Delivery, User
from community.discussion import comments
from community.discussion.comments import Subject
from community.drafting import drafts
from community.models import Comment, Decision, Event, Kind, Notification, Suggestion, Watch
from community.notifications import digests
from community.notifications.texts import QUOTE_LENGTH, get_quote
from skills.models import Revision
from tests.community.events.factories import notify_everyone
from tests.community.notifications.factories import make_reader
from tests.community.suggestions.world import World

pytestmark = pytest.mark.django_db

WRITTEN = "**Wichtig:** [siehe hier](https://a.example/x)\n\n- `a * b`\n- <b>zweitens</b>\n\n1) erstens"
LINES = ["Wichtig: siehe hier", "• a * b", "• <b>zweitens</b>", "1. erstens"]
LINE = " ".join(LINES)
TYPED = "2*3*4 is 24, use *args and _x_\n\n1) `first`"
TYPED_LINE = " ".join(TYPED.split())


def make_watcher(world: World) -> User:
    watcher = make_reader(language="en")
    Watch.objects.create(user=watcher, skill=world.skill, level=Watch.Level.WATCH)
    return watcher


def post(world: World, body: str = WRITTEN) -> tuple[User, Comment]:
    """Return a watcher who is notified of a new comment, and the comment."""
    watcher = make_watcher(world)
    comment = comments.post(world.author, Subject(world.skill), body, key=uuid.uuid4())
    notify_everyone()
    return watcher, comment


def suggest(world: World, reason: str = TYPED) -> Suggestion:
    draft = drafts.start(world.author, world.skill, [world.kneading()], reason=reason, source="")
    return drafts.submit(draft, world.author, confirmed=True)


def write_digests() -> list[Delivery]:
    Notification.objects.update(mail_due_at=timezone.now())
    with override_settings(BASE_URL="https://site.example"):
        digests.queue_due_digests()
    return list(Delivery.objects.all())


def get_page(client: Client, address: str, person: User | None = None) -> BeautifulSoup:
    if person:
        client.force_login(person)
    return BeautifulSoup(client.get(address, follow=True).content, "html.parser")


def test_a_notice_quotes_a_comment_without_marks(client: Client, world: World) -> None:
    watcher, _comment = post(world)
    [quote] = get_page(client, "/en/notifications/", watcher).select("li.notice p.text")
    assert list(quote.stripped_strings) == LINES


def test_both_parts_of_a_digest_quote_without_marks(world: World) -> None:
    post(world)
    [mail] = write_digests()
    lines = [line.rstrip() for line in mail.text.splitlines()]
    start = lines.index(f"  {LINES[0]}")
    assert lines[start : start + len(LINES)] == [f"  {line}" for line in LINES]
    assert "<br>".join(LINES).replace("<b>zweitens</b>", "&lt;b&gt;zweitens&lt;/b&gt;") in mail.html
    assert "**" not in mail.text + mail.html


def test_both_parts_of_a_digest_quote_a_reason_as_typed(world: World) -> None:
    make_watcher(world)
    suggest(world)
    notify_everyone()
    [mail] = write_digests()
    assert "  2*3*4 is 24, use *args and _x_\n\n  1) `first`\n" in mail.text
    assert "2*3*4 is 24, use *args and _x_<br><br>1) `first`" in mail.html


def test_messages_and_summaries_are_quoted_as_typed(world: World) -> None:
    watcher = make_watcher(world)
    revision = Revision(skill=world.skill, summary=TYPED)
    events = [
        Event(kind=Kind.MODERATION, message=TYPED),
        Event(kind=Kind.CONTENT_CHANGED, revision=revision),
        Event(kind=Kind.DECISION, suggestion=suggest(world), decision=Decision(message=TYPED)),
    ]
    assert [get_quote(Notification(user=watcher, kind=event.kind, event=event)) for event in events] == [TYPED] * 3


def test_a_long_quote_ends_with_a_word(client: Client, world: World) -> None:
    watcher, _comment = post(world, "*abc* " * 200)
    [quote] = get_page(client, "/en/notifications/", watcher).select("li.notice p.text")
    assert QUOTE_LENGTH - 5 < len(quote.get_text()) <= QUOTE_LENGTH
    assert quote.get_text().endswith("abc…")


def test_what_is_hidden_is_not_quoted(client: Client, world: World) -> None:
    watcher, comment = post(world)
    Comment.objects.filter(pk=comment.pk).update(hidden_at=timezone.now())
    assert "siehe hier" not in get_page(client, "/en/notifications/", watcher).get_text()
    assert not any("siehe hier" in mail.text + mail.html for mail in write_digests())


def test_titles_of_suggestions_are_as_typed_and_those_of_threads_have_no_marks(client: Client, world: World) -> None:
    suggestion = suggest(world)
    _watcher, comment = post(world)
    comments.resolve(comment, world.author, is_resolved=True)
    link = f"a[href$='/suggestions/{suggestion.pk}/']"
    titles = [
        get_page(client, f"/en/skills/{world.skill.slug}/suggestions/").select_one(link),
        get_page(client, f"/en/skills/{world.skill.slug}/comments/").select_one("details.thread summary bdi"),
        get_page(client, "/en/review/", world.reviewer).select_one(".review-title"),
    ]
    lines = [" ".join(title.get_text().split()) if title else "" for title in titles]
    assert [line.removesuffix("…") for line in lines] == [TYPED_LINE, LINE, TYPED_LINE]
