"""Nothing is mailed that was hidden between the event and the moment at which the message leaves."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.mail import queue
from accounts.membership import MODERATORS
from accounts.models import Delivery, User
from accounts.privacy import erasure
from community.discussion import comments
from community.discussion.comments import Subject
from community.drafting import drafts
from community.events import recording
from community.models import Comment, Event, Notification, Suggestion, Sweep, Watch
from community.moderation import hiding, sweeping
from community.notifications import digests
from community.review import deciding
from skills.models import Significance
from skills.revisions import unpublished
from tests.community.events.factories import change_summary, notify_everyone
from tests.community.notifications.factories import make_reader
from tests.community.suggestions.world import World, make_trusted
from tests.factories import make_skill, make_user
from tests.smtp_server import Mailbox, by_smtp, mail_server

pytestmark = pytest.mark.django_db

SECRET = "Buy-cheap-pills"
OTHER = "Something-harmless"


@dataclass
class Post:
    """A comment or a suggestion about which a reader is notified, with its writer."""

    world: World
    writer: User
    reader: User
    moderator: User
    made: Any

    def is_about(self) -> Any:
        return type(self.made).objects.get(pk=self.made.pk)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with (
        mail_server(box) as port,
        override_settings(MAILERS=by_smtp(port), BASE_URL="https://site.example"),
    ):
        yield box


def posted(world: World, kind: str) -> Post:
    reader = make_reader("reader", language="en")
    Watch.objects.create(user=reader, skill=world.skill)
    moderator = make_user(is_superuser=True)
    moderator.groups.add(Group.objects.get_or_create(name=MODERATORS)[0])
    writer = make_trusted("writer", name=f"{SECRET} Ltd" if kind == "name" else "")
    made: Any
    if kind == "suggestion":
        draft = drafts.start(writer, world.skill, [world.kneading()], reason=SECRET)
        made = drafts.submit(draft, writer, confirmed=True)
    else:
        words = OTHER if kind == "name" else SECRET
        made = comments.post(writer, Subject(world.skill), words, key=uuid.uuid4())
    notify_everyone()
    return Post(world, writer, reader, moderator, made)


def make_due() -> None:
    Notification.objects.filter(mail=None).update(mail_due_at=timezone.now())


def put_forward(time: timedelta) -> None:
    for delivery in Delivery.objects.filter(state="owed"):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - time, leased_until=None)


def text_of(message: EmailMessage) -> str:
    parts = [str(part.get_content()) for part in message.iter_parts()]
    return "\n".join([str(message["Subject"]), *parts])


def hide(post: Post) -> None:
    hiding.hide(post.is_about(), post.moderator, "Advertising.")


def hold(post: Post) -> None:
    type(post.made).objects.filter(pk=post.made.pk).update(held_at=timezone.now())


def sweep(post: Post) -> None:
    sweeping.start_sweep(post.writer, post.moderator, "Advertising.")
    sweeping.carry_out(Sweep.objects.get().pk)


def delete(post: Post) -> None:
    comments.delete(post.is_about(), post.writer)


def delete_with_answer(post: Post) -> None:
    comments.post(post.reader, Subject(post.world.skill), "Why?", parent=post.is_about(), key=uuid.uuid4())
    comments.delete(post.is_about(), post.writer)


def leave(post: Post) -> None:
    erasure.delete_account(post.writer, keep_comments=False)


def hide_profile(post: Post) -> None:
    hiding.hide(post.writer, post.moderator, "Advertising.")


GOES = [
    ("comment", hide), ("comment", hold), ("comment", sweep), ("comment", delete), ("comment", delete_with_answer),
    ("comment", leave), ("suggestion", hide), ("suggestion", hold), ("suggestion", sweep), ("name", hide_profile),
    ("name", sweep), ("name", leave),
]  # fmt: skip
AS_WORDS = [f"{kind}-{happens.__name__}" for kind, happens in GOES]


def another_comment(post: Post) -> None:
    """Post something that is still in the mail when the first is hidden: on another skill, so it is another notice."""
    skill = make_skill(post.world.skill.group, "Rye bread")
    Watch.objects.create(user=post.reader, skill=skill)
    comments.post(make_trusted(), Subject(skill), OTHER, key=uuid.uuid4())
    notify_everyone()


@pytest.mark.parametrize(("kind", "happens"), GOES, ids=AS_WORDS)
def test_before_the_message_is_written(
    world: World, mailbox: Mailbox, kind: str, happens: Callable[[Post], None]
) -> None:
    post = posted(world, kind)
    another_comment(post)
    happens(post)
    assert_only_the_rest_is_mailed(mailbox, of=post)


def written(world: World, kind: str) -> Post:
    """Return what was posted, with another comment, after the message of both was written."""
    post = posted(world, kind)
    another_comment(post)
    make_due()
    digests.queue_due_digests()
    return post


@pytest.mark.parametrize(("kind", "happens"), GOES, ids=AS_WORDS)
def test_while_the_message_waits_for_the_mail_server(
    world: World, mailbox: Mailbox, kind: str, happens: Callable[[Post], None]
) -> None:
    """Greylisting: the server says "later" for days."""
    post = written(world, kind)
    mailbox.recipient_answers["reader@example.org"] = "451 4.7.1 greylisted"
    queue.deliver_due()
    assert SECRET in Delivery.objects.get(user=post.reader).text
    assert mailbox.messages == []
    happens(post)
    mailbox.recipient_answers.clear()
    put_forward(timedelta(days=2))
    assert_only_the_rest_is_mailed(mailbox, of=post)


@pytest.mark.parametrize(("kind", "happens"), GOES, ids=AS_WORDS)
def test_while_the_worker_connects_to_send_it(
    world: World,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    happens: Callable[[Post], None],
) -> None:
    post = written(world, kind)
    connect = EmailBackend.open
    done: list[Callable[[Post], None]] = []

    def open_slowly(backend: EmailBackend) -> Any:
        opened = connect(backend)
        if not done:
            done.append(happens)
            happens(post)
        return opened

    monkeypatch.setattr(EmailBackend, "open", open_slowly)
    queue.deliver_due()
    assert done == [happens]
    assert_only_the_rest_is_mailed(mailbox, of=post)


def assert_only_the_rest_is_mailed(mailbox: Mailbox, *, of: Post) -> None:
    """Once the worker has sent what is due, the rest has arrived; of what is gone nothing has, nor is in the row."""
    make_due()
    digests.queue_due_digests()
    queue.deliver_due()
    texts = [text_of(message) for message in mailbox.messages if message["To"] == "reader@example.org"]
    assert any(OTHER in text and "Rye bread" in text for text in texts)
    assert not any(SECRET in text for text in texts)
    for delivery in Delivery.objects.filter(user=of.reader):
        assert (delivery.state, SECRET in delivery.subject + delivery.text + delivery.html) == ("sent", False)


@pytest.mark.parametrize(("kind", "happens"), GOES[:9], ids=AS_WORDS[:9])
def test_a_message_with_nothing_left_to_say_is_withdrawn(
    world: World, mailbox: Mailbox, kind: str, happens: Callable[[Post], None]
) -> None:
    post = posted(world, kind)
    make_due()
    digests.queue_due_digests()
    to_reader = Delivery.objects.filter(user=post.reader)
    assert to_reader.count() == 1
    happens(post)
    queue.deliver_due()
    assert "reader@example.org" not in mailbox.recipients
    assert not to_reader.exists()


def test_one_message_withdrawn_keeps_no_other_from_leaving(world: World, mailbox: Mailbox) -> None:
    post = posted(world, "comment")
    make_due()
    digests.queue_due_digests()
    hide(post)
    for name in ("anna", "berta"):
        queue.queue_messages([queue.OutgoingEmail("Code", "Text", "skills@site.example", [f"{name}@example.org"])])
    queue.deliver_due()
    assert sorted(mailbox.recipients) == ["anna@example.org", "berta@example.org"]


def test_what_is_shown_again_before_it_leaves_is_mailed(world: World, mailbox: Mailbox) -> None:
    post = posted(world, "comment")
    make_due()
    digests.queue_due_digests()
    hide(post)
    hiding.restore(post.is_about(), post.moderator, "A mistake.")
    queue.deliver_due()
    assert SECRET in text_of(mailbox.messages[0])


def test_a_refused_mail_is_written_again_when_an_administrator_tries_again(world: World, mailbox: Mailbox) -> None:
    post = posted(world, "comment")
    make_due()
    digests.queue_due_digests()
    mailbox.data_answer = "554 5.6.0 no"
    queue.deliver_due()
    assert Delivery.objects.get(user=post.reader).state == "refused"
    mailbox.messages.clear()
    hide(post)
    mailbox.data_answer = "250 OK"
    queue.try_again(Delivery.objects.filter(user=post.reader))
    queue.deliver_due()
    assert mailbox.messages == []


def test_who_is_switched_off_or_has_read_it_gets_no_mail_of_it(world: World, mailbox: Mailbox) -> None:
    post = posted(world, "comment")
    make_due()
    digests.queue_due_digests()
    User.objects.filter(pk=post.reader.pk).update(is_active=False)
    queue.deliver_due()
    assert mailbox.messages == []
    assert not Delivery.objects.filter(user=post.reader).exists()


def test_the_text_of_an_edited_comment_leaves(world: World, mailbox: Mailbox) -> None:
    post = posted(world, "comment")
    make_due()
    digests.queue_due_digests()
    comments.edit(post.is_about(), post.writer, OTHER)
    queue.deliver_due()
    assert (SECRET in text_of(mailbox.messages[0]), OTHER in text_of(mailbox.messages[0])) == (False, True)


def test_the_reason_of_a_hidden_suggestion_does_not_leave_as_the_summary_of_its_revision(
    world: World, mailbox: Mailbox
) -> None:
    post = posted(world, "suggestion")
    deciding.accept(post.made, world.reviewer, significance=Significance.MAJOR)
    Event.objects.filter(revision__isnull=True).delete()
    notify_everyone()
    make_due()
    digests.queue_due_digests()
    assert SECRET in Delivery.objects.get(user=post.reader).text
    hide(post)
    queue.deliver_due()
    [text] = [text_of(message) for message in mailbox.messages if message["To"] == "reader@example.org"]
    assert ("Content changed" in text, SECRET in text) == (True, False)


def test_what_a_swept_account_wrote_of_its_own_revision_does_not_leave(world: World, mailbox: Mailbox) -> None:
    post = posted(world, "name")
    revision = change_summary(world.skill, author=post.writer)
    type(revision).objects.filter(pk=revision.pk).update(summary=SECRET)
    Event.objects.filter(revision__isnull=True).delete()
    notify_everyone()
    make_due()
    digests.queue_due_digests()
    assert SECRET in Delivery.objects.get(user=post.reader).text
    sweeping.start_sweep(
        post.writer, post.moderator, "Advertising."
    )  # its summary, and its writer's name a moment later
    hide_profile(post)
    queue.deliver_due()
    [text] = [text_of(message) for message in mailbox.messages if message["To"] == "reader@example.org"]
    assert ("Content changed" in text, SECRET in text) == (True, False)


def suggest_new_skill(world: World, post: Post) -> Suggestion:
    """Return a suggestion of a new skill about which the reader, a reviewer, was notified."""
    skill = unpublished.build_suggested_skill(world.skill.framework, world.skill.group)
    unpublished.save_name_and_group(skill, world.skill.group, SECRET)
    made = Suggestion.objects.create(
        skill=skill, author=post.writer, reason=OTHER, state="open", submitted_at=timezone.now()
    )
    post.reader.groups.set(world.reviewer.groups.all())
    recording.record_pending_suggestion(made)
    notify_everyone()
    return made


@pytest.mark.parametrize("is_answered", [False, True])
def test_the_name_of_a_hidden_new_skill_is_neither_mailed_nor_listed(
    client: Client, world: World, mailbox: Mailbox, is_answered: bool
) -> None:
    post = posted(world, "name")
    made = suggest_new_skill(world, post)
    if is_answered:  # a burst is one notice
        Notification.objects.filter(event__suggestion=made).update(count=2)
    client.force_login(post.reader)
    assert SECRET in client.get("/en/notifications/").text
    make_due()
    digests.queue_due_digests()
    hiding.hide(made, post.moderator, "Advertising.")
    hide_profile(post)
    queue.deliver_due()
    texts = [text_of(message) for message in mailbox.messages if message["To"] == "reader@example.org"]
    assert texts
    assert not any(SECRET in text for text in texts)
    assert SECRET not in client.get("/en/notifications/").text
    assert SECRET not in client.get("/en/me/").text


def unread(reader: User) -> str:
    browser = Client()
    browser.force_login(reader)
    page = browser.get("/en/notifications/").text
    assert SECRET not in page
    return page


@pytest.mark.parametrize("kind", ["comment", "suggestion"])
def test_the_list_of_notices_leaves_out_what_is_hidden_until_it_is_shown_again(world: World, kind: str) -> None:
    post = posted(world, kind)
    browser = Client()
    browser.force_login(post.reader)
    [notice] = Notification.objects.filter(user=post.reader)
    address = f"/en/notifications/{notice.pk}/"
    hide(post)
    assert "No notices yet." in unread(post.reader)
    assert browser.get(address).status_code == 404
    assert browser.get("/en/me/").context["notices"] == []
    hiding.restore(post.is_about(), post.moderator, "A mistake.")
    assert browser.get(address).status_code == 302
    assert Notification.objects.filter(user=post.reader, read_at=None).count() == 1


def test_an_author_still_hears_of_comments_on_their_own_hidden_suggestion(world: World) -> None:
    post = posted(world, "suggestion")
    comments.post(post.moderator, Subject(world.skill, post.made), OTHER, key=uuid.uuid4())
    notify_everyone()
    hide(post)
    notify_everyone()
    browser = Client()
    browser.force_login(post.writer)
    assert OTHER in browser.get("/en/notifications/").text


def test_a_burst_whose_latest_comment_is_hidden_stays_without_its_words(world: World) -> None:
    post = posted(world, "comment")
    Notification.objects.filter(user=post.reader).update(count=3)
    hide(post)
    page = unread(post.reader)
    assert "3 comments" in page
    browser = Client()
    browser.force_login(post.reader)
    [notice] = Notification.objects.filter(user=post.reader)
    assert browser.get(f"/en/notifications/{notice.pk}/", follow=True).status_code == 200


def test_writing_again_costs_the_same_however_many_notices_there_are(world: World, mailbox: Mailbox) -> None:
    post, counts = posted(world, "comment"), []
    for number in (0, 12):
        for _ in range(number):
            another = comments.post(make_trusted(), Subject(world.skill), OTHER, key=uuid.uuid4())
            event = Event.objects.get(comment=another)
            Notification.objects.create(
                user=post.reader, skill=world.skill, event=event, kind="comment", reason="skill", count=1
            )
        Event.objects.update(finished_at=timezone.now())
        make_due()
        digests.queue_due_digests()
        with CaptureQueriesContext(connection) as queries:
            queue.deliver_due()
        counts.append(len(queries))
    assert counts == [counts[0], counts[0]]
    assert counts[0] <= 12
    assert Comment.objects.count() == 13
    assert len(mailbox.messages) == 2
