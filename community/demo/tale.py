"""The history of the demonstration, over three months. All actions go through the real rules."""

from itertools import chain

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from community.demo import order, suggested, talk
from community.demo.clock import Story, play_stories
from community.demo.people import DemoPeople
from community.models import Suggestion
from community.notifications import inbox

LAST_READ_DAYS_AGO = 9
"""How many days ago people have last read their notifications."""


def create_history(people: DemoPeople) -> None:
    """Create the whole history, once.

    1. Do nothing if there is any suggestion: the history exists already.
    2. Run all stories in the order of their days, in one transaction.
    3. Delete the queued tasks: people have been notified already.
    """
    if Suggestion.objects.exists():
        return
    with transaction.atomic():
        play_stories(
            chain(
                suggested.list_stories(people),
                talk.list_stories(people),
                order.list_stories(people),
                [_read_notifications(people)],
            )
        )
    DBTaskResult.objects.ready().delete()  # of events, of which play_stories has notified everyone


def _read_notifications(people: DemoPeople) -> Story:
    yield LAST_READ_DAYS_AGO
    for person in people.values():
        inbox.mark_all_read(person)
