"""The site as `make run` starts it, on a free port, with a database and files of its own."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 15
# What a developer's shell may hold and the benchmark's site must not.
FOREIGN_VARIABLES = frozenset(
    {"ALLOWED_HOSTS", "CACHE_URL", "DEBUG", "EMAIL_URL", "GUNICORN_CMD_ARGS", "HOST", "SECRET_KEY", "SITE_URL"}
    | {"ACCESS_LOG", "PAGE_CACHE_ENTRIES", "PAGE_CACHE_MEGABYTES", "WEB_CONCURRENCY", "WEB_THREADS"}
)


class SiteFailed(Exception):
    """The site did not start."""


@dataclass(frozen=True)
class RunningSite:
    """A running site: the port it listens on and its first process."""

    port: int
    process: psutil.Process

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes that answer."""
        return self.process.children()

    def get_cpu_seconds(self) -> float:
        """Return the processor time that all workers have used so far, in seconds."""
        times = [worker.cpu_times() for worker in self.workers]
        return sum(time.user + time.system for time in times)

    def get_memory(self) -> list[tuple[int, int]]:
        """Return each worker's memory in bytes: all of it, and what it shares with no other process."""
        return [(found.rss, found.uss) for found in (worker.memory_full_info() for worker in self.workers)]


def build_environment(folder: Path) -> dict[str, str]:
    """Return the variables of a site whose files all lie in a folder."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'benchmark.sqlite3'}",
    }


def prepare_site(variables: Mapping[str, str]) -> None:
    """Make database and static files as `make run` does; raises `subprocess.CalledProcessError`."""
    for command in (["migrate", "--no-input"], ["collectstatic", "--no-input"], ["load_content"]):
        _run_python(variables, "manage.py", *command, "--verbosity", "0", output=subprocess.DEVNULL)


@contextmanager
def provide_database(name: str) -> Iterator[dict[str, str]]:
    """Yield the variables of a site in a folder that goes again; its database is that of DATABASE_URL, if given."""
    with tempfile.TemporaryDirectory(prefix=f"stufenplan-{name}-") as folder:
        url = os.environ.get("DATABASE_URL", "")
        yield build_environment(Path(folder)) | ({"DATABASE_URL": url} if url else {})


def run_inside(variables: Mapping[str, str], *call: str, output: int | None = None) -> str:
    """Run a function of benchmarks/inside, where Django is set up: module, function and its arguments.

    Returns what it prints where `output` is `subprocess.PIPE`. Raises `subprocess.CalledProcessError`.
    """
    return _run_python(variables, "-m", "benchmarks.inside", *call, output=output)


def _run_python(variables: Mapping[str, str], *arguments: str, output: int | None) -> str:
    ran = subprocess.run(  # noqa: S603 - the commands are constants of the benchmarks
        [sys.executable, *arguments], cwd=ROOT, env=dict(variables), check=True, stdout=output, text=True
    )
    return ran.stdout or ""


@contextmanager
def run_site(variables: Mapping[str, str]) -> Iterator[RunningSite]:
    """Start the site, yield it when it answers, stop it; raises `SiteFailed`."""
    port = _find_free_port()
    log = Path(variables["VAR_DIR"]) / f"site-{port}.log"
    with log.open("wb") as output:
        # Workers live as long as the benchmark: their processor time is read before and after.
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config=python:config.gunicorn", "--max-requests=0", "config.wsgi"],
            cwd=ROOT,
            env={**variables, "PORT": str(port)},
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for_site(server, port, log)
        yield RunningSite(port, psutil.Process(server.pid))
    finally:
        server.terminate()
        try:
            server.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for_site(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = monotonic() + START_TIMEOUT_SECONDS
    while monotonic() < until:
        if server.poll() is not None:
            raise SiteFailed(f"the server ended while starting:\n{log.read_text(errors='replace')}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise SiteFailed(f"nothing answered within {START_TIMEOUT_SECONDS} s")
