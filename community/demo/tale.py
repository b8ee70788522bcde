"""What happens in the demonstration, over three months. Done by the rules themselves."""

from itertools import chain

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from community.demo import order, suggested, talk
from community.demo.clock import Story, play_stories
from community.demo.people import DemoPeople
from community.models import Suggestion
from community.notifications import inbox

LAST_READ_DAYS_AGO = 9
"""Days ago that people have last read what they were told."""


def build_history(people: DemoPeople) -> None:
    """Let everything happen once; where anything was suggested it has happened already."""
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
    DBTaskResult.objects.ready().delete()  # everybody has been told of everything


def _read_notifications(people: DemoPeople) -> Story:
    yield LAST_READ_DAYS_AGO
    for person in people.values():
        inbox.mark_all_read(person)
