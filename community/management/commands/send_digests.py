from typing import Any

from django.core.management.base import BaseCommand

from accounts import mail
from community import digests


class Command(BaseCommand):
    help = "Makes the digests that are due and sends them, with all other mail that is due."

    def handle(self, **_options: Any) -> None:
        while digests.build_due():
            pass
        while mail.deliver_due():
            pass
