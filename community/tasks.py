"""Work of the community that a worker does after the answer has gone out."""

from django.tasks import task

from community import notifications
from community.models import Event


@task
def tell(event_id: int) -> None:
    """Tell everybody of an event; one that is gone by now, with its skill, tells nobody."""
    event = Event.objects.filter(pk=event_id).first()
    if event is not None:
        notifications.tell(event)


@task
def carry_out_sweep(sweep_id: int) -> None:
    """Hide and take back everything of an account, or put it back."""
    from community.moderation import sweeping  # noqa: PLC0415 - it publishes, and publishing enqueues `tell`

    sweeping.carry_out(sweep_id)
