"""Mail that is owed, and how it leaves: written down with its cause, sent by the worker."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class OwedMailBackend(BaseEmailBackend):
    """Writes each message down as a `Delivery` instead of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise NotImplementedError


def deliver_due() -> None:
    """Send what is owed and due."""
