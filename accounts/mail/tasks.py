"""Tasks of mail, run by the worker so that no request waits for a mail server."""

from uuid import UUID

from django.tasks import task

from accounts.mail import sending


@task()
def send(pks: list[str]) -> None:
    """Send those of these deliveries that are still queued and due.

    `pks` holds ids as texts, because arguments of tasks are JSON. While the mail server is silent, the task sends
    nothing and the schedule does it later.
    """
    sending.send_unless_silent([UUID(pk) for pk in pks])
