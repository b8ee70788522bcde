"""Several actions on one comment at the same time: none is lost, none is done twice, nobody waits forever."""

import uuid
from functools import partial

import pytest

from accounts.models import User
from accounts.privacy import delete_account
from community.discussion import comments
from community.discussion.comments import Subject
from community.models import Comment, CommentVersion, CountedWrite, Event, Fault, Helpful, Report
from community.models.moderation import ReportOutcome
from community.moderation import reports
from community.posting.refusals import Gone, NotAllowed
from tests.community.moderation.test_reports import make_moderator
from tests.community.suggestions.world import World
from tests.factories import make_user
from tests.races import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL
OFTEN = pytest.mark.parametrize("time", range(5))


def say(world: World, author: User, body: str = "Kneads?", parent: Comment | None = None, key: str = "") -> Comment:
    key_of_form = uuid.UUID(key) if key else uuid.uuid4()
    return comments.post(author, Subject(world.skill), body, parent=parent, key=key_of_form)


@OFTEN
def test_the_same_form_sent_twice_at_once_is_one_comment(world: World, time: int) -> None:
    key = str(uuid.uuid4())
    said = at_once(*[partial(say, world, world.author, key=key)] * 4)
    assert {getattr(comment, "pk", comment) for comment in said} == {Comment.objects.get().pk}
    assert (Event.objects.count(), CountedWrite.objects.count()) == (1, 1)


@OFTEN
def test_of_editing_and_deleting_at_once_nothing_is_left_half_done(world: World, time: int) -> None:
    said = say(world, world.author)
    edited, deleted = at_once(
        partial(comments.edit, said, world.author, "Other."), partial(comments.delete, said, world.author)
    )
    assert isinstance(edited, Comment | Gone)
    assert deleted is False
    assert (Comment.objects.count(), CommentVersion.objects.count()) == (0, 0)


@OFTEN
def test_of_answering_and_deleting_at_once_no_answer_is_lost(world: World, time: int) -> None:
    said = say(world, world.author)
    answer, _is_left = at_once(
        partial(say, world, world.reviewer, "Softer.", said), partial(comments.delete, said, world.author)
    )
    left = set(Comment.objects.values_list("body", flat=True))
    if isinstance(answer, Comment):
        assert left == {"", "Softer."}
    else:
        assert isinstance(answer, Gone)
        assert left == set()


@OFTEN
def test_editing_at_once_keeps_every_earlier_version(world: World, time: int) -> None:
    said = say(world, world.author, "0")
    at_once(*[partial(comments.edit, said, world.author, words) for words in "123"])
    said.refresh_from_db()
    assert set(CommentVersion.objects.values_list("body", flat=True)) | {said.body} == set("0123")


@OFTEN
def test_helpful_at_once_counts_once(world: World, time: int) -> None:
    said = say(world, world.author)
    counts = at_once(*[partial(comments.mark_helpful, said, world.reviewer, is_helpful=True)] * 4)
    assert counts == [1] * 4
    assert Helpful.objects.count() == 1


@OFTEN
def test_leaving_while_answered_and_while_answering_never_ends_in_a_deadlock(world: World, time: int) -> None:
    mine, other = say(world, world.author), say(world, world.reviewer, f"@{world.author.username}?")
    left, answered, answering = at_once(
        partial(delete_account, world.author, keep_comments=False),
        partial(say, world, world.reviewer, "Why?", mine),
        partial(say, world, world.author, "Because.", other),
    )
    assert left is None
    assert isinstance(answered, Comment | Gone)
    assert isinstance(answering, Comment | NotAllowed)
    assert not User.objects.filter(pk=world.author.pk).exists()
    assert Comment.objects.get(pk=other.pk).body == "@–?"
    assert not Comment.objects.filter(body="Kneads?").exists()


@OFTEN
def test_leaving_while_ones_report_is_decided_never_ends_in_a_deadlock(world: World, time: int) -> None:
    said, reporter, moderator = say(world, world.author), make_user(), make_moderator()
    reports.get_or_create_report(said, reporter, Fault.SPAM)
    left, decided = at_once(
        partial(delete_account, reporter), partial(reports.decide, said, moderator, ReportOutcome.AGREED)
    )
    assert (left, decided) == (None, None)
    report = Report.objects.get()
    assert (report.reporter, report.outcome) == (None, "agreed")
