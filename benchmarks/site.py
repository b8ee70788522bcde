"""The site as `make run` starts it, on a free port, with its own database and files."""

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
STOP_TIMEOUT_SECONDS = 15  # then the server is killed
# Variables that a developer's shell may set and that would change the measured site.
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
        """The processes that answer requests."""
        return self.process.children()

    def get_cpu_seconds(self) -> float:
        """Return the processor time that all workers have used so far, in seconds."""
        times = [worker.cpu_times() for worker in self.workers]
        return sum(time.user + time.system for time in times)

    def get_memory(self) -> list[tuple[int, int]]:
        """Return each worker's memory in bytes: all of it, and the part that it shares with no other process."""
        return [(memory.rss, memory.uss) for memory in (worker.memory_full_info() for worker in self.workers)]


def build_environment(folder: Path) -> dict[str, str]:
    """Return the environment of a site whose files and SQLite database are all in `folder`.

    Variables of the shell are passed on, except FOREIGN_VARIABLES.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'benchmark.sqlite3'}",
    }


def prepare_site(variables: Mapping[str, str]) -> None:
    """Create the database, the static files and the content, as `make run` does.

    `variables` is the environment of the site. Raises `subprocess.CalledProcessError`.
    """
    for command in (["migrate", "--no-input"], ["collectstatic", "--no-input"], ["load_content"]):
        _run_python(variables, "manage.py", *command, "--verbosity", "0", output=subprocess.DEVNULL)


@contextmanager
def provide_database(name: str) -> Iterator[dict[str, str]]:
    """Yield the environment of a site in a temporary folder, whose name contains `name`.

    Its database is that of DATABASE_URL if the variable is set, else SQLite in the folder.
    """
    with tempfile.TemporaryDirectory(prefix=f"stufenplan-{name}-") as folder:
        url = os.environ.get("DATABASE_URL", "")
        yield build_environment(Path(folder)) | ({"DATABASE_URL": url} if url else {})


def run_inside(variables: Mapping[str, str], *call: str, output: int | None = None) -> str:
    """Run a function of benchmarks/inside in a new process, where Django is set up.

    `call` is the name of the module, of the function, and its arguments. Returns what the function prints if
    `output` is `subprocess.PIPE`, else ''. Raises `subprocess.CalledProcessError`.
    """
    return _run_python(variables, "-m", "benchmarks.inside", *call, output=output)


def _run_python(variables: Mapping[str, str], *arguments: str, output: int | None) -> str:
    process = subprocess.run(  # noqa: S603 - the commands are constants of the benchmarks
        [sys.executable, *arguments], cwd=ROOT, env=dict(variables), check=True, stdout=output, text=True
    )
    return process.stdout or ""


@contextmanager
def run_site(variables: Mapping[str, str]) -> Iterator[RunningSite]:
    """Start the site, yield it as soon as it answers, stop it at the end.

    `variables` is the environment of the site; its log is in VAR_DIR. Raises `SiteFailed` if it does not start.
    """
    port = _find_free_port()
    log = Path(variables["VAR_DIR"]) / f"site-{port}.log"
    with log.open("wb") as output:
        # --max-requests=0: no worker is replaced, because the processor time of each is read before and after.
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
    """Return a port that is free now; another process could still take it before the site does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for_site(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = monotonic() + START_TIMEOUT_SECONDS
    while monotonic() < deadline:
        if server.poll() is not None:
            raise SiteFailed(f"the server ended while starting:\n{log.read_text(errors='replace')}")
        # The port accepts connections as soon as gunicorn has loaded the site (preload_app).
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise SiteFailed(f"nothing answered within {START_TIMEOUT_SECONDS} s")
