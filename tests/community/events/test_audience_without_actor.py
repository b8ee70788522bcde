"""Nobody is notified of their own action, in any way."""

import pytest

from accounts.models import User
from community.models import Kind, Notification, Watch
from community.review import deciding
from community.watching import watches
from skills.models import Significance
from tests.community.events.factories import make_watchers, notify_everyone
from tests.community.suggestions.world import World
from tests.factories import make_user

pytestmark = pytest.mark.django_db

MEDIUM = Significance.MEDIUM


def watch(world: World, *people: User) -> None:
    for person in people:
        watches.set_level(person, world.skill, Watch.Level.WATCH)


def find_notified_users(kind: Kind) -> set[User]:
    return {notice.user for notice in Notification.objects.filter(kind=kind)}


def test_the_reviewer_who_published_is_not_notified_of_the_change(world: World) -> None:
    [watcher] = make_watchers(world.skill, 1)
    watch(world, world.author, world.reviewer, world.other_reviewer)
    deciding.accept(world.suggested(), world.reviewer, significance=MEDIUM)
    notify_everyone()
    assert find_notified_users(Kind.CONTENT_CHANGED) == {watcher, world.other_reviewer}


def test_the_author_reads_the_decision_and_not_the_change(world: World) -> None:
    watch(world, world.author)
    deciding.accept(world.suggested(), world.reviewer, significance=MEDIUM)
    notify_everyone()
    assert [notice.kind for notice in world.author.notifications.all()] == [Kind.DECISION]


def test_a_typo_that_is_published_notifies_its_author_alone(world: World) -> None:
    watch(world, world.author, make_user())
    deciding.accept(world.suggested(), world.reviewer, significance=Significance.TYPO)
    notify_everyone()
    assert find_notified_users(Kind.CONTENT_CHANGED) == set()
    assert find_notified_users(Kind.DECISION) == {world.author}


def test_undoing_notifies_the_author_once_and_the_reviewer_not_at_all(world: World) -> None:
    [watcher] = make_watchers(world.skill, 1)
    watch(world, world.reviewer)
    suggestion = world.suggested()
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)
    notify_everyone()
    Notification.objects.all().delete()
    deciding.undo(suggestion, world.reviewer, "A slip.")
    notify_everyone()
    assert find_notified_users(Kind.CONTENT_CHANGED) == {watcher}
    assert find_notified_users(Kind.DECISION) == {world.author}
    assert world.author.notifications.count() == 1
