"""Command that sends all mail that is due now: `manage.py send_digests`, for a site without a worker."""

from typing import Any, override

from django.core.management.base import BaseCommand

from accounts.mail import queue
from community.notifications import digests


class Command(BaseCommand):
    """Creates and sends digests in batches, until no more are due."""

    help = "Makes the digests that are due and sends them, with all other mail that is due."

    @override
    def handle(self, **_options: Any) -> None:
        while digests.queue_due_digests():
            pass
        while queue.deliver_due():
            pass
