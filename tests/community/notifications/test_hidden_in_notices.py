"""What a notice shows of what moderators hid: nothing, whether it is of one event or of several, in list and mail."""

import uuid
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts import membership
from accounts.mail import queue
from accounts.models import Delivery, User
from community import rules
from community.discussion import comments as discussion
from community.discussion.comments import Subject
from community.drafting import drafts
from community.models import Comment, Event, Kind, Notification, Suggestion, Sweep, Watch
from community.moderation import hiding, sweeping
from community.notifications import digests
from skills.models import Skill
from tests.community.events.factories import notify_everyone
from tests.community.notifications.factories import make_reader
from tests.community.suggestions.world import World, make_trusted
from tests.factories import make_user

pytestmark = pytest.mark.django_db

SECRET = "Buy-cheap-pills"
NAME = "Wanda Writer"
KINDS = [Kind.COMMENT, Kind.REPLY, Kind.MENTION, Kind.SUGGESTION, Kind.REVIEW_WAITING]
COMMENTS = KINDS[:3]


def hide(written: Any) -> None:
    hiding.hide(written, make_user(is_superuser=True), "Advertising.")


def hold(written: Any) -> None:
    type(written).objects.filter(pk=written.pk).update(held_at=timezone.now())


def sweep(written: Any) -> None:
    sweeping.start_sweep(written.author, make_user(is_superuser=True), "Advertising.")
    sweeping.carry_out(Sweep.objects.get().pk)


HAPPENS = [hide, hold, sweep]


def reader_of(world: World, kind: Kind) -> User:
    reader = make_reader("reader", name="Rita Reader", language="en")
    if kind == Kind.REVIEW_WAITING:
        reader.groups.set(world.reviewer.groups.all())
    elif kind in {Kind.COMMENT, Kind.SUGGESTION}:
        Watch.objects.create(user=reader, skill=world.skill)
    return reader


def notify_of_comments(world: World, kind: Kind, count: int, about: Suggestion | None, reader: User) -> Comment:
    """Post so many comments, of which the reader gets one notice of this kind; return the last of them."""
    writer, subject = make_trusted("writer", name=NAME), Subject(world.skill, about)
    thread = None
    if kind == Kind.REPLY:
        thread = discussion.post(reader, subject, "A question.", key=uuid.uuid4())
    if kind == Kind.MENTION:
        User.objects.filter(pk=reader.pk).update(is_public=True)
    text = f"{'@reader ' if kind == Kind.MENTION else ''}{SECRET}"
    made = [discussion.post(writer, subject, text, parent=thread, key=uuid.uuid4()) for _ in range(count)]
    notify_everyone()
    return made[-1]


def notify_of_suggestions(world: World, count: int) -> Suggestion:
    """Submit so many suggestions, which become one notice; return the last of them."""
    writer, made = make_trusted("writer", name=NAME), []
    for number in range(count):
        draft = drafts.start(writer, world.skill, [world.kneading(f"Kneads {number}.")], reason=SECRET)
        made.append(drafts.submit(draft, writer, confirmed=True))
    notify_everyone()
    return made[-1]


def only_notice(reader: User, kind: Kind, count: int) -> Notification:
    """Return the reader's one notice, which alone is due."""
    Notification.objects.exclude(user=reader, kind=kind).delete()
    notice = Notification.objects.get()
    assert notice.count == count
    return notice


def all_that_is_said(reader: User, notice: Notification) -> str:
    """Return the list of notices, the overview, and the digest as it leaves, each of them made now."""
    browser = Client()
    browser.force_login(reader)
    pages = [browser.get(address).text for address in ("/en/notifications/", "/en/me/")]
    digest = Delivery.objects.filter(kind=digests.DELIVERY_KIND).first()
    if digest is not None and not digests.rewrite_digest(digest):
        digest.delete()
        digest = None
    parts = [digest.subject, digest.text, digest.html] if digest else []
    link = browser.get(f"/en/notifications/{notice.pk}/")
    if link.status_code == 302:
        assert browser.get(link["Location"], follow=True).status_code == 200, link["Location"]
        parts.append(link["Location"])
    return "\n".join([*pages, *parts])


def assert_shown_then_hidden(
    reader: User, kind: Kind, count: int, written: Any, happens: Callable[[Any], None]
) -> None:
    """Look at list and mail before and after it happens; the mail was made before."""
    notice = only_notice(reader, kind, count)
    Notification.objects.update(mail_due_at=timezone.now())
    digests.queue_due_digests()
    is_quoted = kind in COMMENTS or count == 1
    before = all_that_is_said(reader, notice)
    assert ((SECRET in before) or not is_quoted, NAME in before) == (True, True)
    happens(written)
    after = all_that_is_said(reader, notice)
    assert (SECRET in after, NAME in after) == (False, False)
    assert f"/{'comments' if isinstance(written, Comment) else 'suggestions'}/{written.pk}/" not in after
    assert ("No notices yet." in after) == (count == 1)
    assert Delivery.objects.filter(kind=digests.DELIVERY_KIND).exists() == (count > 1)


@pytest.mark.parametrize("happens", HAPPENS)
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("kind", COMMENTS)
def test_a_hidden_comment(world: World, kind: Kind, count: int, happens: Callable[[Any], None]) -> None:
    reader = reader_of(world, kind)
    comment = notify_of_comments(world, kind, count, None, reader)
    assert_shown_then_hidden(reader, kind, count, comment, happens)


@pytest.mark.parametrize("happens", HAPPENS)
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("kind", COMMENTS)
def test_a_comment_on_a_suggestion_that_is_hidden(
    world: World, kind: Kind, count: int, happens: Callable[[Any], None]
) -> None:
    reader = reader_of(world, kind)
    about = world.suggested()
    notify_of_comments(world, kind, count, about, reader)
    assert_shown_then_hidden(reader, kind, count, about, happens)


@pytest.mark.parametrize("happens", HAPPENS)
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("kind", [Kind.SUGGESTION, Kind.REVIEW_WAITING])
def test_a_hidden_suggestion(world: World, kind: Kind, count: int, happens: Callable[[Any], None]) -> None:
    reader = reader_of(world, kind)
    suggestion = notify_of_suggestions(world, count)
    assert_shown_then_hidden(reader, kind, count, suggestion, happens)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("kind", COMMENTS)
def test_it_is_the_same_where_the_skill_has_retired_since(world: World, kind: Kind, count: int) -> None:
    reader = reader_of(world, kind)
    about = world.suggested()
    notify_of_comments(world, kind, count, about, reader)
    Skill.objects.filter(pk=world.skill.pk).update(status=Skill.Status.RETIRED)
    assert_shown_then_hidden(reader, kind, count, about, hide)


@pytest.mark.parametrize("count", [1, 2])
def test_the_author_of_a_hidden_suggestion_still_reads_comments_on_it(world: World, count: int) -> None:
    author = make_reader("author", language="en")
    about = world.suggested(author=author)
    notify_of_comments(world, Kind.COMMENT, count, about, author)
    notice = only_notice(author, Kind.COMMENT, count)
    hide(about)
    said = all_that_is_said(author, notice)
    assert (SECRET in said, NAME in said) == (True, True)


@pytest.mark.parametrize("kind", ["comment", "suggestion"])
def test_a_notice_of_moderation_has_no_link_to_what_its_reader_may_not_read(world: World, kind: str) -> None:
    """The author of a comment on a hidden suggestion is notified about the comment; the link goes to the skill."""
    reader, about = make_reader("reader", language="en"), world.suggested()
    comment = discussion.post(reader, Subject(world.skill, about), "A question.", key=uuid.uuid4())
    hide(comment)
    notify_everyone()
    notice = only_notice(reader, Kind.MODERATION, 1)
    assert f"/comments/{comment.pk}/" in all_that_is_said(reader, notice)
    if kind == "suggestion":
        hide(about)
        Notification.objects.exclude(pk=notice.pk).delete()
        said = all_that_is_said(reader, notice)
        assert f"/comments/{comment.pk}/" not in said
        assert "by moderators" in said


def every_case(world: World) -> list[tuple[Suggestion | Comment, User]]:
    """Return suggestions and comments in all states, each with everybody whose rights differ."""
    author, writer, other = make_user("author"), make_user("writer"), make_user("other")
    now = timezone.now()
    abouts: list[Suggestion] = []
    for hidden_at, held_at, submitted_at in product([None, now], [None, now], [None, now]):
        state = "open" if submitted_at else "draft"
        made = {"hidden_at": hidden_at, "held_at": held_at, "submitted_at": submitted_at, "state": state}
        abouts += [
            Suggestion.objects.create(skill=world.skill, author=person, reason="x", **made) for person in (author, None)
        ]
    comments: list[Comment] = []
    for about, hidden_at, held_at in product([None, *abouts], [None, now], [None, now]):
        said: dict[str, Any] = {
            "skill": world.skill,
            "suggestion": about,
            "hidden_at": hidden_at,
            "held_at": held_at,
            "body": "x",
        }
        comments += [Comment.objects.create(author=person, **said) for person in (writer, None)]
    everybody = [author, writer, other, make_user("root", is_superuser=True)]
    return list(product([*abouts, *comments], everybody))


def test_queries_and_pages_answer_alike_who_may_read_what(world: World) -> None:
    """`rules.build_unreadable_condition` and `rules.may_read` agree, and so does the page of a comment."""
    for written, reader in every_case(world):
        about = written if isinstance(written, Suggestion) else written.suggestion
        comment = written if isinstance(written, Comment) else None
        fields = {"suggestion": about, "comment": comment, "skill": world.skill, "kind": Kind.CONTENT_CHANGED}
        event = Event.objects.create(**fields)
        notice = Notification.objects.create(user=reader, event=event, skill=world.skill, kind=event.kind)
        found = Notification.objects.filter(pk=notice.pk)
        paths = ["event__suggestion", "event__comment"]
        is_unreadable = any(found.filter(rules.build_unreadable_condition(path, F("user"))).exists() for path in paths)
        assert rules.may_read(reader.pk, written) is not is_unreadable, (written.__dict__, reader)
        moderates = membership.is_moderator(reader)
        assert rules.may_see(reader, written) is rules.may_read(reader.pk, written, as_moderator=moderates)


@pytest.mark.parametrize("is_deleted", [False, True])
def test_the_page_of_a_comment_asks_the_same_rule(world: World, is_deleted: bool) -> None:
    body, deleted_at = ("", timezone.now()) if is_deleted else ("x", None)
    comment = Comment.objects.create(skill=world.skill, author=world.author, body=body, deleted_at=deleted_at)
    states: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [302, 302, 302, 302]),
        ({"hidden_at": timezone.now()}, [404, 404, 302, 302]),
    ]
    readers = [None, make_user("other"), world.author, make_user("root", is_superuser=True)]
    for fields, answers in states:
        if fields:
            Comment.objects.filter(pk=comment.pk).update(**fields)
        for reader, answer in zip(readers, answers, strict=True):
            browser = Client()
            if reader is not None:
                browser.force_login(reader)
            status = browser.get(f"/en/comments/{comment.pk}/").status_code
            assert status == (404 if is_deleted else answer), (reader, fields)


def test_mail_that_has_nothing_left_to_say_is_withdrawn_also_of_comments_on_what_was_hidden(world: World) -> None:
    reader, about = reader_of(world, Kind.COMMENT), world.suggested()
    notify_of_comments(world, Kind.COMMENT, 1, about, reader)
    only_notice(reader, Kind.COMMENT, 1)
    Notification.objects.update(mail_due_at=timezone.now())
    digests.queue_due_digests()
    hide(about)
    queue.deliver_due()
    assert not Delivery.objects.filter(kind=digests.DELIVERY_KIND, user=reader).exists()
