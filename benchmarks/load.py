"""A limited load from this machine: a few open connections, each of which sends one request after the other."""

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
TIMEOUT = 30  # seconds
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class PageFailed(Exception):
    """The response to a request is not the expected one."""


@dataclass(frozen=True, slots=True)
class PageResponse:
    """A response: its status, all its headers as bytes, its body as sent (maybe compressed)."""

    status: int
    header: bytes
    body: bytes

    @property
    def is_compressed(self) -> bool:
        """Whether the body is compressed."""
        return b"\r\ncontent-encoding: gzip" in self.header.lower()


class SiteConnection:
    """One open connection to the site. `http.client` would use as much of the processor as a cached page does."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._host = f"127.0.0.1:{port}"

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def get(self, path: str, *, accept_gzip: bool = True, cookie: str = "") -> PageResponse:
        """Send a GET and return the response.

        `cookie` is the value of the Cookie header. Raises `PageFailed` if the connection ends or the response has
        no Content-Length.
        """
        headers = [f"Accept-Encoding: {'gzip' if accept_gzip else 'identity'}"]
        headers += [f"Cookie: {cookie}"] if cookie else []
        return self._send_request(path, "GET", headers, b"")

    def post(self, path: str, fields: Mapping[str, str], *, cookie: str) -> PageResponse:
        """Send a form and return the response.

        `cookie` must hold the session and the same CSRF token as `fields`. Raises `PageFailed` as `get` does.
        """
        body = urlencode(fields).encode("ascii")
        headers = [f"Cookie: {cookie}", "Content-Type: application/x-www-form-urlencoded"]
        return self._send_request(path, "POST", [*headers, f"Content-Length: {len(body)}"], body)

    def _send_request(self, path: str, method: str, headers: Sequence[str], body: bytes) -> PageResponse:
        request = "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {self._host}", *headers, "", ""])
        self._socket.sendall(request.encode("ascii") + body)
        # Read to the end of the headers, then as many bytes as Content-Length says.
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._receive(path)
        header = bytes(data[:end])
        length = _CONTENT_LENGTH.search(header)
        if length is None:
            raise PageFailed(f"{path}: answered without a Content-Length")
        total = end + 4 + int(length[1])  # 4: the empty line after the headers
        while len(data) < total:
            data += self._receive(path)
        # "HTTP/1.1 200 OK": the status is at 9 to 12.
        return PageResponse(int(header[9:12]), header, bytes(data[end + 4 :]))

    def _receive(self, path: str) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise PageFailed(f"{path}: the connection was closed")
        return data


@contextmanager
def connect(port: int) -> Iterator[SiteConnection]:
    """Yield a connection to a port of this machine and close it at the end.

    The connection is for one thread.
    """
    connection = SiteConnection(port)
    try:
        yield connection
    finally:
        connection.close()


def fetch(port: int, path: str, status: int = 200, *, accept_gzip: bool = True, cookie: str = "") -> PageResponse:
    """Return the response to one GET on a new connection.

    Raises `PageFailed` if its status is not `status`.
    """
    with connect(port) as connection:
        response = connection.get(path, accept_gzip=accept_gzip, cookie=cookie)
    if response.status != status:
        raise PageFailed(f"{path}: answered {response.status}, not {status}")
    return response


@dataclass(slots=True)
class Sample:
    """Measurements of one page, added up over all rounds. Times are in seconds."""

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
        """Processor time in seconds that the processes of the server used for one request."""
        return self.cpu_seconds / len(self.times)

    def get_percentile(self, percent: int) -> float:
        """Return the time in seconds within which `percent` percent of the requests were answered.

        For example 50 for the median.
        """
        return quantiles(self.times, n=100, method="inclusive")[percent - 1]


def run_load(port: int, path: str, status: int, seconds: float, cookie: str = "") -> tuple[float, list[float]]:
    """Request a page for some seconds on CONNECTIONS connections.

    Return how long that took and the time of each request, in seconds. Each connection sends at least one request.
    Raises `PageFailed`.
    """
    start = perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        runs = [pool.submit(_fetch_repeatedly, port, path, status, start + seconds, cookie) for _ in range(CONNECTIONS)]
        times = [time for run in runs for time in run.result()]
    return perf_counter() - start, times


def _fetch_repeatedly(port: int, path: str, status: int, until: float, cookie: str) -> list[float]:
    times: list[float] = []
    with connect(port) as connection:
        while not times or perf_counter() < until:
            start = perf_counter()
            response = connection.get(path, cookie=cookie)
            times.append(perf_counter() - start)
            if response.status != status:
                raise PageFailed(f"{path}: answered {response.status}, not {status}")
    return times
