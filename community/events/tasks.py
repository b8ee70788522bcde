"""Tasks of the community, which a worker runs after the response was sent."""

from django.tasks import task

from community.events import fanout
from community.models import Event


@task
def notify_of_event(event_id: int) -> None:
    """Notify everyone concerned of an event, given by its primary key.

    Does nothing if the event was deleted in the meantime, with its skill.
    """
    event = Event.objects.filter(pk=event_id).first()
    if event is not None:
        fanout.notify_of_skill_events(event)
