"""Two at once, with two real connections: people are still notified once."""

import uuid
from functools import partial

import pytest

from community.drafting import filing
from community.drafting.filing import FormContent
from community.events import fanout
from community.models import Event, EventAction, Kind, Notification
from community.review import deciding
from skills.models import Significance
from tests.community.events.factories import make_watchers
from tests.community.suggestions.world import World
from tests.races import ON_POSTGRESQL, at_once, kinds

pytestmark = ON_POSTGRESQL


@pytest.mark.parametrize("_attempt", range(5))
def test_of_two_reviewers_at_once_the_author_is_notified_once(_attempt: int, world: World) -> None:
    suggestion = world.suggested()
    reviewers = (world.reviewer, world.other_reviewer)
    accept = partial(deciding.accept, suggestion, significance=Significance.MEDIUM)
    assert kinds(at_once(*(partial(accept, reviewer) for reviewer in reviewers))) == ["Decision", "TooLate"]
    at_once(fanout.notify_of_unfinished_events, fanout.notify_of_unfinished_events)
    notice = world.author.notifications.get()
    assert (notice.kind, notice.count, notice.tally) == (Kind.DECISION, 1, {EventAction.ACCEPTED: 1})


@pytest.mark.parametrize("_attempt", range(5))
def test_the_same_form_sent_twice_at_once_notifies_watchers_and_reviewers_once(_attempt: int, world: World) -> None:
    make_watchers(world.skill, 3)
    draft = FormContent(uuid.uuid4(), [world.kneading()], "Clearer.")
    submit = partial(filing.submit_form, world.author, world.skill, draft, confirmed=True)
    at_once(submit, submit)
    assert Event.objects.count() == 1
    at_once(fanout.notify_of_unfinished_events, fanout.notify_of_unfinished_events)
    assert Notification.objects.filter(count=1, kind=Kind.SUGGESTION).count() == 3
    assert Notification.objects.filter(count=1, kind=Kind.REVIEW_WAITING).count() == 2
    assert Notification.objects.count() == 5


@pytest.mark.parametrize("_attempt", range(3))
def test_decisions_notified_by_two_workers_at_once_are_all_counted(_attempt: int, world: World) -> None:
    for _ in range(4):
        deciding.decline(world.suggested(), world.reviewer, world.spam)
    at_once(*[fanout.notify_of_unfinished_events] * 3)
    notice = world.author.notifications.get()
    assert (notice.count, notice.tally) == (4, {EventAction.DECLINED: 4})


def test_submitting_two_suggestions_at_once_watches_once(world: World) -> None:
    at_once(*(partial(world.suggested, world.kneading(text)) for text in ("Kneads rye.", "Kneads wheat.")))
    assert world.author.watches.get().by_taking_part
