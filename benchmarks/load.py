"""A bounded load from this machine: a few connections, kept open, each asking as soon as it was answered."""

import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter
from urllib.parse import urlencode

CONNECTIONS = 4
TIMEOUT = 30
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class PageFailed(Exception):
    """A page was not answered as it should be."""


@dataclass(frozen=True, slots=True)
class PageResponse:
    """What came back: its status, its header in one piece, its body as sent."""

    status: int
    header: bytes
    body: bytes

    @property
    def is_compressed(self) -> bool:
        """Whether the body is compressed."""
        return b"\r\ncontent-encoding: gzip" in self.header.lower()


class SiteConnection:
    """One kept-open connection to the site. `http.client` would cost the machine as much as a kept page does."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._host = f"127.0.0.1:{port}"

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def get(self, path: str, *, accept_gzip: bool = True, cookie: str = "") -> PageResponse:
        """Return the answer to a GET; raises `PageFailed` when the connection ends or has no length to read."""
        headers = [f"Accept-Encoding: {'gzip' if accept_gzip else 'identity'}"]
        headers += [f"Cookie: {cookie}"] if cookie else []
        return self._send_request(path, "GET", headers, b"")

    def post(self, path: str, fields: Mapping[str, str], *, cookie: str) -> PageResponse:
        """Return the answer to a form, sent by somebody whose cookies hold the form's token; raises `PageFailed`."""
        body = urlencode(fields).encode("ascii")
        headers = [f"Cookie: {cookie}", "Content-Type: application/x-www-form-urlencoded"]
        return self._send_request(path, "POST", [*headers, f"Content-Length: {len(body)}"], body)

    def _send_request(self, path: str, method: str, headers: Sequence[str], body: bytes) -> PageResponse:
        request = "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {self._host}", *headers, "", ""])
        self._socket.sendall(request.encode("ascii") + body)
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._receive(path)
        header = bytes(data[:end])
        length = _CONTENT_LENGTH.search(header)
        if length is None:
            raise PageFailed(f"{path}: answered without a Content-Length")
        whole = end + 4 + int(length[1])
        while len(data) < whole:
            data += self._receive(path)
        return PageResponse(int(header[9:12]), header, bytes(data[end + 4 :]))

    def _receive(self, path: str) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise PageFailed(f"{path}: the connection was closed")
        return data


@contextmanager
def connect(port: int) -> Iterator[SiteConnection]:
    """Yield a connection and end it."""
    connection = SiteConnection(port)
    try:
        yield connection
    finally:
        connection.close()


def fetch(port: int, path: str, status: int = 200, *, accept_gzip: bool = True, cookie: str = "") -> PageResponse:
    """Return the answer to one GET; raises `PageFailed` for another status."""
    with connect(port) as connection:
        answer = connection.get(path, accept_gzip=accept_gzip, cookie=cookie)
    if answer.status != status:
        raise PageFailed(f"{path}: answered {answer.status}, not {status}")
    return answer


@dataclass(slots=True)
class Sample:
    """What some rounds of load on one page showed. Times in seconds."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    bytes_sent: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.times) / self.seconds

    @property
    def cpu_per_request(self) -> float:
        """Processor time of the server's processes for one request."""
        return self.cpu_seconds / len(self.times)

    def get_percentile(self, percent: int) -> float:
        """Return the time within which so many percent of the requests were answered."""
        return quantiles(self.times, n=100, method="inclusive")[percent - 1]


def run_load(port: int, path: str, status: int, seconds: float, cookie: str = "") -> tuple[float, list[float]]:
    """Ask for a page for some seconds; returns how long it took and the time of each request. Raises `PageFailed`."""
    begin = perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        runs = [pool.submit(_fetch_repeatedly, port, path, status, begin + seconds, cookie) for _ in range(CONNECTIONS)]
        times = [time for run in runs for time in run.result()]
    return perf_counter() - begin, times


def _fetch_repeatedly(port: int, path: str, status: int, until: float, cookie: str) -> list[float]:
    times: list[float] = []
    with connect(port) as connection:
        while not times or perf_counter() < until:
            begin = perf_counter()
            answer = connection.get(path, cookie=cookie)
            times.append(perf_counter() - begin)
            if answer.status != status:
                raise PageFailed(f"{path}: answered {answer.status}, not {status}")
    return times
