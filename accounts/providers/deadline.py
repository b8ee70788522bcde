"""A limit for the whole time of a request to another server: handshake, head and body of the answer.

The time-outs of `requests` limit each wait for a byte, so that a server which sends a byte now and then blocks
a thread for as long as it likes. Here a timer ends the connection. The name look-up and the connection
come before: for each address of the name, the time-out of `requests` applies.
"""

import contextlib
import socket
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Self, override

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class Deadline:
    """A context that ends its connections after some seconds; then its exit raises `TimeoutError`."""

    def __init__(self, seconds: float) -> None:
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self._is_over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()
            # An answer that was cut off can look complete.
            if self._is_over:
                raise TimeoutError("the answer does not end in time") from error

    def watch(self, connection: socket.socket) -> None:
        """End this connection as well when the time is over; if it is over already, now.

        `connection` is a connected socket, before its TLS handshake.
        """
        with self._lock:
            # A duplicate of the socket, because TLS takes over the socket object itself before its handshake.
            self._sockets.append(connection.dup())
            if self._is_over:
                _shut_down(connection)

    def _end(self) -> None:
        """End all connections; runs in the timer's thread."""
        with self._lock:
            self._is_over = True
            for connection in self._sockets:
                _shut_down(connection)


def _shut_down(connection: socket.socket) -> None:
    """End a connection in both directions; waiting reads return at once. It may be closed already."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class DeadlineAdapter(HTTPAdapter):
    """Creates connections that the current `deadline` watches, directly or through a proxy."""

    deadline: Deadline | None = None

    @override
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Prepare direct connections."""
        super().init_poolmanager(*args, **options)
        self._watch_connections(self.poolmanager)

    @override
    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Return the manager of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **options)
        self._watch_connections(manager)
        return manager

    def _watch_connections(self, manager: PoolManager) -> None:
        """Make a manager of urllib3 create connections that the deadline watches."""
        adapter = self

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return adapter.attach_deadline(super()._new_conn())

        class Encrypted(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return adapter.attach_deadline(super()._new_conn())

            @override
            def connect(self) -> None:
                super().connect()
                # If the connection has already ended, `ssl` returns a socket without encryption instead of raising.
                encrypted: Any = self.sock
                if encrypted.version() is None:
                    self.close()
                    raise ConnectionAbortedError("the connection ended before it was encrypted")

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class EncryptedPool(HTTPSConnectionPool):
            ConnectionCls = Encrypted

        # urllib3 documents this attribute as the place for other pool classes.
        manager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}

    def attach_deadline(self, connection: socket.socket) -> socket.socket:
        """Let the deadline watch a new connection, and return the connection.

        Without a current deadline nothing watches it.
        """
        if self.deadline is not None:
            self.deadline.watch(connection)
        return connection
