"""The site as `make run` starts it, on a free port, with a database and files of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil

ROOT = Path(__file__).resolve().parent.parent
# Workers live as long as the benchmark: their processor time is read before and after.
GUNICORN = [
    *(sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"),
    *("--max-requests", "0", "config.wsgi:application"),
]
START_SECONDS = 60
STOP_SECONDS = 15
# What a developer's shell may hold and the benchmark's site must not.
FOREIGN_VARIABLES = frozenset(
    {"ALLOWED_HOSTS", "CACHE_URL", "DEBUG", "EMAIL_URL", "GUNICORN_CMD_ARGS", "HOST", "SECRET_KEY", "SITE_URL"}
    | {"ACCESS_LOG", "PAGE_CACHE_ENTRIES", "PAGE_CACHE_MEGABYTES", "WEB_CONCURRENCY", "WEB_THREADS"}
)


class SiteFailed(Exception):
    """The site did not start."""


@dataclass(frozen=True)
class Site:
    """A running site: the port it listens on and its first process."""

    port: int
    process: psutil.Process

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes that answer."""
        return self.process.children()

    def cpu(self) -> float:
        """Return the processor time that all workers have used so far, in seconds."""
        times = [worker.cpu_times() for worker in self.workers]
        return sum(time.user + time.system for time in times)

    def memory(self) -> list[tuple[int, int]]:
        """Return each worker's memory in bytes: all of it, and what it shares with no other process."""
        return [(found.rss, found.uss) for found in (worker.memory_full_info() for worker in self.workers)]


def environment_in(folder: Path) -> dict[str, str]:
    """Return the variables of a site whose files all lie in a folder."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'benchmark.sqlite3'}",
    }


def prepare(variables: Mapping[str, str]) -> None:
    """Make database and static files as `make run` does; raises `subprocess.CalledProcessError`."""
    for command in (["migrate", "--no-input"], ["collectstatic", "--no-input"], ["load_content"]):
        subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT,
            env=dict(variables),
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def running(variables: Mapping[str, str]) -> Iterator[Site]:
    """Start the site, yield it when it answers, stop it; raises `SiteFailed`."""
    port = _free_port()
    log = Path(variables["VAR_DIR"]) / f"site-{port}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603 - our own command
            GUNICORN, cwd=ROOT, env={**variables, "PORT": str(port)}, stdout=output, stderr=output
        )
    try:
        _await(server, port, log)
        yield Site(port, psutil.Process(server.pid))
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = monotonic() + START_SECONDS
    while monotonic() < until:
        if server.poll() is not None:
            raise SiteFailed(f"the server ended while starting:\n{log.read_text(errors='replace')}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise SiteFailed(f"nothing answered within {START_SECONDS} s")
