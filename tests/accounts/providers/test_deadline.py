"""A server that sends a byte now and then holds a request no longer than the limit, wherever in its answer it is.

And nothing is sent over a connection that ended before it was encrypted.
"""

import contextlib
import gc
import socket
import sys
import time
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest
from urllib3.connection import HTTPSConnection
from urllib3.util.ssl_ import ssl_wrap_socket

from accounts.providers import answers
from accounts.providers.answers import ProviderFault, ProviderSession

SECONDS = 0.5
HEAD = b"HTTP/1.1 200 OK\r\n"
# What is sent at once, and what again and again.
SLOW = {
    "status": (b"HTTP/1.1 20", b"0"),
    "heads": (HEAD, b"X-Name: a\r\n"),
    "head": (HEAD + b"X-Name: ", b"a"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body with a length": (HEAD + b"Content-Length: 100000\r\n\r\n{", b" "),
    "body without a length": (HEAD + b"\r\n{}", b" "),  # cut off, it would be a whole JSON document
    "size of a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "trailers": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"X-Name: a\r\n"),
    "compressed": (HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\0", b"a"),
}


# Python 3.12 raises without closing a connection that was reset before it was wrapped; 3.13 closes it.
LEFT_OPEN = ["ignore:unclosed <ssl.SSLSocket:ResourceWarning"] if sys.version_info < (3, 13) else []
leaves_a_socket = pytest.mark.filterwarnings(*LEFT_OPEN)


class SlowServer:
    """Sends the beginning of an answer and then one piece every few hundredths of a second."""

    def __init__(self, first: bytes, again: bytes) -> None:
        self.answer = (first, again)
        self.ends = Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self) -> None:
        connection, _address = self.listener.accept()
        first, again = self.answer
        with connection, contextlib.suppress(OSError):
            connection.sendall(first)
            while not self.ends.wait(0.05):
                connection.sendall(again)


@contextlib.contextmanager
def slow_server(first: bytes, again: bytes) -> Iterator[int]:
    """Run a slow server for one connection; yield its port."""
    server = SlowServer(first, again)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    with server.listener:
        try:
            yield server.port
        finally:
            server.ends.set()
            thread.join()


def assert_ends_in_time(address: str) -> None:
    start = time.monotonic()
    with ProviderSession() as session, pytest.raises(ProviderFault, match="does not end in time"):
        session.get(address)
    assert time.monotonic() - start < 10 * SECONDS
    gc.collect()  # so that an open connection is reported here, not in a later test


@pytest.fixture(autouse=True)
def _is_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "ANSWER_SECONDS", SECONDS)


@pytest.mark.parametrize("part", SLOW)
def test_an_answer_that_comes_slowly_ends_in_time(part: str) -> None:
    with slow_server(*SLOW[part]) as port:
        assert_ends_in_time(f"http://127.0.0.1:{port}/")


@leaves_a_socket
def test_a_handshake_that_comes_slowly_ends_in_time() -> None:
    record = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"  # the beginning of a long ServerHello
    with slow_server(record, b"\x03") as port:
        assert_ends_in_time(f"https://127.0.0.1:{port}/")


@leaves_a_socket
def test_a_proxy_that_answers_slowly_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with slow_server(*SLOW["heads"]) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        assert_ends_in_time("https://identity.example/")


def test_nothing_is_sent_over_a_connection_that_ended_before_it_was_encrypted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[object] = []

    def wrap_ended(sock: socket.socket, **options: Any) -> Any:
        sock.close()
        return ssl_wrap_socket(socket.socket(), **options)

    monkeypatch.setattr("urllib3.connection.ssl_wrap_socket", wrap_ended)
    monkeypatch.setattr(HTTPSConnection, "request", lambda *args, **options: sent.append(args))
    with slow_server(b"", b"") as port, ProviderSession() as session, pytest.raises(ProviderFault) as caught:
        session.get(f"https://127.0.0.1:{port}/")
    assert sent == []
    assert "encrypted" in str(caught.value)
    del caught
    gc.collect()


def test_each_request_has_its_own_time() -> None:
    whole = HEAD + b"Content-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"
    with ProviderSession() as session:
        with slow_server(*SLOW["heads"]) as port, pytest.raises(ProviderFault):
            session.get(f"http://127.0.0.1:{port}/")
        with slow_server(whole, b"") as port:
            assert session.get(f"http://127.0.0.1:{port}/").json() == {}
