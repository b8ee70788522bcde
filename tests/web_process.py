"""The web server in a process of its own, as an operator starts it, on files of its own; spoken to over a socket."""

import contextlib
import fcntl
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from threading import Condition, Thread
from urllib.parse import urlencode

from tests.free_port import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60
PREPARE_SECONDS = 300  # once per run, and then hundreds of tests depend on it
DATABASE = "stufenplan.sqlite3"
START = """
import sys
from gunicorn.app.wsgiapp import run
sys.argv[1:] = ["--config", "python:config.gunicorn", "config.wsgi:application"]
run()
"""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str


@dataclass
class WebServer:
    """A running server: its port, its first process and what it has written to its log."""

    port: int
    process: subprocess.Popen[str]
    log: list[str] = field(default_factory=list)
    has_logged: Condition = field(default_factory=Condition)

    def connect(self, timeout: float = PATIENCE_SECONDS) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def send(self, request: bytes) -> Answer:
        """Send bytes as they are and read one answer."""
        with self.connect() as connection:
            with contextlib.suppress(ConnectionError):  # the server may answer and close before it has read all
                connection.sendall(request)
            return read_answer(connection)

    def logged_since(self, number: int, pattern: re.Pattern[str]) -> list[str]:
        """Return the lines of the log from a number on that match, all that were written until now."""
        mark = f"/mark-{number}-{len(self.log)}/"
        self.get(mark)  # the log says of it that it was not found, after everything else
        with self.has_logged:
            assert self.has_logged.wait_for(lambda: any(mark in line for line in self.log), PATIENCE_SECONDS)
            end = next(index for index, line in enumerate(self.log) if mark in line)
            return [line for line in self.log[number:end] if pattern.search(line)]

    def read(self, lines: Iterable[str]) -> None:
        """Keep the lines of the log as they come."""
        for line in lines:
            with self.has_logged:
                self.log.append(line)
                self.has_logged.notify_all()

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page; headers are named as in Python: `accept_language`."""
        return self.send(head("GET", path, **headers))

    def post(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        """Send a form as a browser does, with the token of its page; `path` is also the form's page."""
        page = self.get(path, **headers)
        cookies = "; ".join(cookie.partition(";")[0] for cookie in page.cookies)
        token = TOKEN.search(page.text)
        assert token is not None, page.text
        body = urlencode({**form, "csrfmiddlewaretoken": token[1]}).encode()
        kind = "application/x-www-form-urlencoded"
        sent = {"content_type": kind, "content_length": str(len(body)), "cookie": cookies}
        return self.send(head("POST", path, **{**headers, **sent}) + body)


def head(method: str, path: str, **headers: str) -> bytes:
    """Return the head of a request; a header named in `headers` replaces the usual one."""
    all_headers = {"host": "127.0.0.1", "accept_language": "en", "connection": "close", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in all_headers.items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def read_answer(connection: socket.socket) -> Answer:
    """Read one answer; raises `http.client.HTTPException` where there is none."""
    response = HTTPResponse(connection)
    response.begin()
    text = response.read().decode()
    return Answer(response.status, dict(response.getheaders()), response.headers.get_all("Set-Cookie") or [], text)


def environment(var: Path, **variables: str) -> dict[str, str]:
    """Return an environment that holds nothing of this test run."""
    return {"PATH": os.environ["PATH"], "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings", **variables}


def run(var: Path, *arguments: str, **variables: str) -> str:
    """Run Python to its end on the files of the site; return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(var, **variables),
        check=True,
        capture_output=True,
        text=True,
        timeout=PREPARE_SECONDS,
    )
    return done.stdout


def prepare(var: Path) -> None:
    """Make the database and the static files as `make run` does, without content."""
    run(var, "manage.py", "migrate", "--no-input", "--verbosity", "0")
    run(var, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")


def prepare_once(folder: Path, fill: Callable[[Path], None]) -> None:
    """Let the first worker that needs a folder fill it; the others wait and find it whole.

    No process of the site may be left when `fill` returns: SQLite is whole in its one file then, and can be copied.
    """
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            fill(unfinished)
            unfinished.rename(folder)


@contextlib.contextmanager
def web_server(var: Path, before: str = "", **variables: str) -> Iterator[WebServer]:
    """Let the server run on files that are prepared; `before` is Python that the server's process runs first."""
    port = free_port()
    settings = {"PORT": str(port), "WEB_CONCURRENCY": "1", **variables}
    process = subprocess.Popen(
        [sys.executable, "-c", before + START],
        cwd=ROOT,
        env=environment(var, **settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    server = WebServer(port, process)
    with process, process.stderr as lines:
        for line in lines:
            server.log.append(line)
            if "Booting worker" in line:
                break
        reader = Thread(target=server.read, args=[lines], daemon=True)
        reader.start()
        try:
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
            reader.join(PATIENCE_SECONDS)


@contextlib.contextmanager
def write_lock(var: Path) -> Iterator[None]:
    """Hold SQLite's one write lock, as a long import does."""
    with contextlib.closing(sqlite3.connect(var / DATABASE, isolation_level=None)) as importer:
        importer.execute("BEGIN IMMEDIATE")
        yield
        importer.execute("ROLLBACK")
