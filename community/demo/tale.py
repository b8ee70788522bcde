"""What happens in the demonstration, over three months. Done by the rules themselves."""

from itertools import chain

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from community.demo import order, suggested, talk
from community.demo.clock import Story, play
from community.demo.people import DemoPeople
from community.models import Suggestion
from community.notifications import inbox

READ_UP_TO = 9
"""Days ago that people have last read what they were told."""


def tell(people: DemoPeople) -> None:
    """Let everything happen once; where anything was suggested it has happened already."""
    if Suggestion.objects.exists():
        return
    with transaction.atomic():
        play(chain(suggested.stories(people), talk.stories(people), order.stories(people), [_read(people)]))
    DBTaskResult.objects.ready().delete()  # everybody has been told of everything


def _read(people: DemoPeople) -> Story:
    yield READ_UP_TO
    for person in people.values():
        inbox.mark_all_read(person)
