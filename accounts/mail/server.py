"""Django's SMTP backend with a time limit for each whole answer of the server.

A socket's time-out starts again with every byte, so a server that sends a byte now and then could
block a worker for hours. And smtplib reports a time-out as a closed connection, which does not say
whether it is worth trying the next message; here it is a `TimeoutError`.
"""

import io
import smtplib
import socket
import time
from typing import Any, override

from django.core.mail.backends import smtp

QUIT_SECONDS = 2.0  # how long to wait for the answer to QUIT, after which nothing depends on it


class SmtpEmailBackend(smtp.EmailBackend):
    """Sends over SMTP; raises `TimeoutError` if an answer is not complete within `timeout` seconds."""

    @property
    @override
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return the class of connections, which Django's backend asks for here."""
        return _EncryptedConnection if self.use_ssl else _Connection


class _AnswerStream(io.RawIOBase):
    """The bytes that arrive on a socket before a deadline; raises `TimeoutError` after it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._deadline = 0.0

    def set_deadline(self, seconds: float) -> None:
        """Set the time limit of the next answer."""
        self._deadline = time.monotonic() + seconds

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any) -> int:
        seconds_left = self._deadline - time.monotonic()
        if seconds_left <= 0:
            raise TimeoutError
        usual_timeout = self._connection.gettimeout()
        # Each read may take no longer than what is left for the whole answer.
        self._connection.settimeout(seconds_left)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(usual_timeout)


class _Connection(smtplib.SMTP):
    """An SMTP connection that reads answers through `_AnswerStream`."""

    _answers: _AnswerStream
    _is_ending = False

    @override
    def getreply(self) -> tuple[int, bytes]:
        """Return code and text of the next answer; raises `TimeoutError` when it is late."""
        if self.file is None:
            assert self.sock is not None
            # smtplib reads answers from `self.file` and creates it here, too, when it is None.
            self._answers = _AnswerStream(self.sock)
            self.file = io.BufferedReader(self._answers)
        seconds = min(self.timeout, QUIT_SECONDS) if self._is_ending else self.timeout
        self._answers.set_deadline(seconds)
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):
                # smtplib replaces the time-out by an error of its own; the context still holds it.
                raise TimeoutError(f"the mail server gave no answer in {seconds:g} seconds") from error
            raise

    @override
    def send(self, s: Any) -> None:
        """Send bytes; raises `TimeoutError` when the server does not take them."""
        try:
            super().send(s)
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):
                raise TimeoutError(f"the mail server took nothing for {self.timeout:g} seconds") from error
            raise

    @override
    def quit(self) -> tuple[int, bytes]:
        self._is_ending = True
        return super().quit()


class _EncryptedConnection(_Connection, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""
