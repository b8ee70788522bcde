"""A bakery of its own beside the shipped content, gone again afterwards: this database is not emptied."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import User
from community.events import fanout
from community.models import Comment, Decision, Event, Report, Suggestion, Watch
from skills.models import CatalogueVersion, Skill
from tests.accounts.members import PASS_PHRASE
from tests.browser.reader import Reader
from tests.community.suggestions.world import JUNIOR, World, make_world
from tests.factories import make_user


@dataclass
class Stage:
    """The bakery, with a user who watches it."""

    world: World
    watcher: User
    blocker: DjangoDbBlocker

    @property
    def profile(self) -> str:
        return f"/de/skills/{self.world.skill.slug}/"

    def text(self) -> str | None:
        with self.blocker.unblock():
            return self.world.text(JUNIOR)

    def state(self) -> str:
        with self.blocker.unblock():
            return Suggestion.objects.get(skill=self.world.skill).state

    def suggested(self) -> Suggestion:
        with self.blocker.unblock():
            return self.world.suggested()

    def notify_watchers(self) -> None:
        with self.blocker.unblock():
            fanout.notify_of_unfinished_events()

    def ask[T](self, question: Callable[[], T]) -> T:
        """Return what the database answers."""
        with self.blocker.unblock():
            return question()


@contextmanager
def staged(blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Set a stage, and clear it."""
    with blocker.unblock():
        before = set(User.objects.values_list("pk", flat=True))
        world, watcher = make_world(), make_user()
        Watch.objects.create(user=watcher, skill=world.skill)
        CatalogueVersion.objects.advance()
    yield Stage(world, watcher, blocker)
    with blocker.unblock():
        Decision.objects.filter(suggestion__skill=world.skill).delete()
        Report.objects.exclude(reporter__in=before).delete()
        Comment.objects.filter(skill=world.skill).delete()
        Suggestion.objects.filter(skill=world.skill).delete()
        Event.objects.filter(skill=world.skill).delete()
        world.skill.delete()
        Skill.objects.filter(group__domain__framework=world.skill.framework).delete()
        world.skill.framework.delete()
        User.objects.exclude(pk__in=before).delete()
        CatalogueVersion.objects.advance()


def enter(reader: Reader, person: User, blocker: DjangoDbBlocker, *, has_proven: bool = False) -> Reader:
    """Give a reader the session of a person, who may just have proved who they are."""
    client = Client()
    with blocker.unblock():
        client.force_login(person, settings.AUTHENTICATION_BACKENDS[0])
        if has_proven:
            client.post("/de/accounts/reauthenticate/", {"password": PASS_PHRASE})
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    reader.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": reader.site}])
    return reader
