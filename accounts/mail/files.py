"""Mail as files, for a machine without a mail server."""

from collections.abc import Sequence
from email.policy import default as default_policy
from pathlib import Path
from typing import Any, override

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

LINE_MAX_LENGTH = 998  # of any mail; below it nothing is encoded, so that links and umlauts can be read and copied


class FileEmailBackend(BaseEmailBackend):
    """Writes each message to a file of its own, named by its date, which mail programs open.

    The same message sent twice is one file. It appears whole or not at all.
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
        written = message.message(policy=default_policy.clone(max_line_length=LINE_MAX_LENGTH))
        identity = written["Message-ID"].strip("<>").partition("@")[0]
        name = f"{written['Date'].datetime:%Y%m%d-%H%M%S}-{identity}"
        part = self._folder / f"{name}.part"
        part.write_bytes(written.as_bytes())
        part.replace(self._folder / f"{name}.eml")
