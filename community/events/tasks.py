"""Work of the community that a worker does after the answer has gone out."""

from django.tasks import task

from community.events import fanout
from community.models import Event


@task
def notify_of_event(event_id: int) -> None:
    """Tell everybody of an event; one that is gone by now, with its skill, tells nobody."""
    event = Event.objects.filter(pk=event_id).first()
    if event is not None:
        fanout.notify_of_event(event)
