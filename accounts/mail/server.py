"""Django's SMTP backend with a limit on each whole answer of the server.

A socket's time-out starts again with every byte, so a server that sends one now and then could
hold a worker for hours. And smtplib reports a time-out as a connection that was closed, which
says nothing of whether it is worth trying the next message; here it is a `TimeoutError`.
"""

import io
import smtplib
import socket
import time
from typing import Any, override

from django.core.mail.backends import smtp

QUIT_SECONDS = 2.0  # how long an answer to "goodbye" is worth waiting for


class SmtpEmailBackend(smtp.EmailBackend):
    """Raises `TimeoutError` when an answer is not there in whole within `timeout` seconds."""

    @property
    @override
    def connection_class(self) -> type[smtplib.SMTP]:
        return _EncryptedConnection if self.use_ssl else _Connection


class _AnswerStream(io.RawIOBase):
    """What arrives on a socket, up to a moment; raises `TimeoutError` afterwards."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._deadline = 0.0

    def set_deadline(self, seconds: float) -> None:
        """Let the next answer take so long."""
        self._deadline = time.monotonic() + seconds

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        usual = self._connection.gettimeout()
        self._connection.settimeout(left)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(usual)


class _Connection(smtplib.SMTP):
    _answers: _AnswerStream
    _is_ending = False

    @override
    def getreply(self) -> tuple[int, bytes]:
        """Return code and text of the next answer; raises `TimeoutError` when it is late."""
        if self.file is None:
            assert self.sock is not None
            self._answers = _AnswerStream(self.sock)
            self.file = io.BufferedReader(self._answers)
        seconds = min(self.timeout, QUIT_SECONDS) if self._is_ending else self.timeout
        self._answers.set_deadline(seconds)
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):
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
    pass
