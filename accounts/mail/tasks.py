"""Work that a request does not wait for, done by the worker."""

from uuid import UUID

from django.tasks import task

from accounts.mail import sending


@task()
def send(pks: list[str]) -> None:
    """Send those of these deliveries that are still owed and due; while the server is silent the schedule does."""
    sending.send_unless_silent([UUID(pk) for pk in pks])
