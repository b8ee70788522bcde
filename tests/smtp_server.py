"""A real mail server in this process, with the faults that a test chooses."""

import asyncio
import contextlib
import email
import email.policy
import socket
import socketserver
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.free_port import free_port

PATIENCE_SECONDS = 30
TAKEN = "250 OK"


@dataclass
class Mailbox:
    """What the server answers, and what it took.

    An answer "" breaks the connection off; None is held back until `answer_now`.
    """

    sender_answer: str = TAKEN
    recipient_answers: dict[str, str] = field(default_factory=dict)
    data_answer: str | None = TAKEN
    messages: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    connections: int = 0
    has_data: Event = field(default_factory=Event)

    @property
    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.messages]

    def wait_for_data(self) -> None:
        """Return as soon as a message has arrived whose answer is held back."""
        assert self.has_data.wait(PATIENCE_SECONDS)
        self.has_data.clear()

    def answer_now(self) -> None:
        """Answer at last what is held back, and everything after it at once."""
        loop, held = self._held
        self.data_answer = TAKEN
        loop.call_soon_threadsafe(held.set)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipient_answers.get(address, TAKEN)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.raw.append(envelope.content)
        if self.data_answer is None:
            self._held = asyncio.get_running_loop(), asyncio.Event()
            self.has_data.set()
            await self._held[1].wait()
            return TAKEN
        if not self.data_answer:
            transport: Any = server.transport
            transport.abort()
        return self.data_answer or TAKEN


@contextlib.contextmanager
def mail_server(mailbox: Mailbox, port: int = 0) -> Iterator[int]:
    """Let a server listen; yields its port."""
    port = port or free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE_SECONDS)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def by_smtp(port: int, timeout: float = 5) -> dict[str, Any]:
    """Return MAILERS that write mail down and send it to this port."""
    backend = "accounts.mail.server.SmtpEmailBackend"
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    return {
        "default": {"BACKEND": "accounts.mail.queue.QueueEmailBackend"},
        "transport": {"BACKEND": backend, "OPTIONS": options},
    }


@dataclass
class Fault:
    """A server that takes everything up to a command, and then `does` something else than answering it.

    The command "" is the greeting; "BODY" is the end of a message's text.
    """

    command: str
    does: str  # "silent", "closes" or "trickles"
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    _ends: Event = field(default_factory=Event)

    def serve(self, connection: socket.socket) -> None:
        """Speak with one client until it or the test ends."""
        self.connections += 1
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as lines:
            is_fine = self._answer(connection, "", b"220 here\r\n")
            while is_fine and (line := lines.readline()):
                command = line.split()[0].decode().upper()
                self.commands.append(command)
                is_fine = self._answer(connection, command, b"354 go on\r\n" if command == "DATA" else b"250 OK\r\n")
                if command == "DATA" and is_fine:
                    for line in lines:
                        if line == b".\r\n":
                            break
                    is_fine = self._answer(connection, "BODY", b"250 OK\r\n")

    def _answer(self, connection: socket.socket, command: str, answer: bytes) -> bool:
        """Answer, or have the fault; return whether the conversation goes on."""
        if command != self.command:
            connection.sendall(answer)
            return True
        if self.does == "trickles":
            while not self._ends.wait(0.05):
                connection.sendall(b"2")
        elif self.does == "silent":
            self._ends.wait(PATIENCE_SECONDS)
        return False

    def end(self) -> None:
        """Let all conversations end."""
        self._ends.set()


@contextlib.contextmanager
def faulty_server(fault: Fault) -> Iterator[int]:
    """Let a server with a fault listen; yields its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            fault.serve(self.request)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            fault.end()
            server.shutdown()
            thread.join()
