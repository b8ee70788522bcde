"""Mail as files, for a machine without a mail server."""

from collections.abc import Sequence
from email.policy import default as default_policy
from pathlib import Path
from typing import Any, override

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

# The longest line that any mail may have (RFC 5322). With a smaller limit, links and umlauts would be encoded and
# could not be read and copied.
LINE_MAX_LENGTH = 998


class FileEmailBackend(BaseEmailBackend):
    """Writes each message to a file of its own, named by its date, which mail programs open.

    The same message sent twice gives one file. A file appears as a whole or not at all.
    """

    def __init__(self, *, file_path: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._folder = Path(file_path)

    @override
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message)
        return len(email_messages)

    def _write(self, message: EmailMessage) -> None:
        mime_message = message.message(policy=default_policy.clone(max_line_length=LINE_MAX_LENGTH))
        message_id = mime_message["Message-ID"].strip("<>").partition("@")[0]
        name = f"{mime_message['Date'].datetime:%Y%m%d-%H%M%S}-{message_id}"
        part_path = self._folder / f"{name}.part"
        part_path.write_bytes(mime_message.as_bytes())
        # Renaming is atomic: a reader never sees half a file.
        part_path.replace(self._folder / f"{name}.eml")
