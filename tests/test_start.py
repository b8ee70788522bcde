"""The site starts from nothing, starts again without changing anything, and ends with all it started."""

import contextlib
import errno
import fcntl
import hashlib
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from tests.free_port import free_port

ROOT = Path(__file__).resolve().parent.parent
SERVERS = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
PATIENCE_SECONDS = 60
JOURNALS = {".sqlite3-wal", ".sqlite3-shm"}

side_by_side = importlib.import_module("scripts.side_by_side")  # no package: it is run as a file

needs_environment = pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="needs the virtual environment")


@dataclass(frozen=True, eq=False)
class Site:
    """A site that was started: its first process, its address, and what it printed until it listened."""

    process: subprocess.Popen[str]
    address: str
    printed: str = ""

    def first_line(self) -> str:
        """Return the next line that the site prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def line_with(self, words: str) -> str:
        """Read on to the line that holds these words."""
        assert self.process.stdout is not None
        return next(line for line in self.process.stdout if words in line)

    def rest(self) -> str:
        """Return what the site prints until it ends."""
        assert self.process.stdout is not None
        return self.process.stdout.read()

    def part(self, words: str) -> psutil.Process:
        """Return the process whose command holds these words and that the site started itself, once it is there."""
        latest = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < latest:
            for child in psutil.Process(self.process.pid).children():
                with suppress(psutil.Error):  # a process that ends, or has not yet become its command
                    if words in " ".join(child.cmdline()):
                        return child
        raise AssertionError(f"no process with {words}")

    def end(self, number: signal.Signals) -> tuple[int, list[psutil.Process]]:
        """Tell the whole group to end, as a terminal does; return the exit code and what is still there."""
        started = psutil.Process(self.process.pid).children(recursive=True)
        os.killpg(self.process.pid, number)
        code = self.process.wait(PATIENCE_SECONDS)
        return code, psutil.wait_procs(started, timeout=PATIENCE_SECONDS)[1]


def only(**variables: str) -> dict[str, str]:
    """Return an environment that holds nothing of this test run but the virtual environment."""
    return {"PATH": os.environ["PATH"], "VENV": sys.prefix, **variables}


@contextlib.contextmanager
def starting(var: Path) -> Iterator[Site]:
    """Start the site as `make run` does, and see to it that it ends."""
    port = free_port()
    process = subprocess.Popen(
        [ROOT / "scripts" / "run"],
        env=only(VAR_DIR=str(var), PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield Site(process, f"http://127.0.0.1:{port}")
        finally:
            with contextlib.suppress(ProcessLookupError):  # what it started may still be there when it is not
                os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def running(var: Path) -> Iterator[Site]:
    """Start the site and wait until it listens."""
    with starting(var) as site:
        assert site.process.stdout is not None
        printed = []
        for line in site.process.stdout:
            printed.append(line)
            if "Listening at" in line:
                break
        yield replace(site, printed="".join(printed))


def wait_for_children(pid: int, number: int) -> list[psutil.Process]:
    """Return the children of a process when it has that many."""
    latest = time.monotonic() + PATIENCE_SECONDS
    while len(children := psutil.Process(pid).children()) < number:
        assert time.monotonic() < latest
    return children


def contents(folder: Path) -> dict[str, str]:
    """Return the checksum of every file; a database's own journal may come and go, a lock names its process."""
    passing = {".sqlite3-wal", ".sqlite3-shm", ".lock"}
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in passing)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def started_before(tmp_path: Path, site_with_content: Path) -> Path:
    """The files of a site that has nothing left to migrate, to collect or to load when it starts."""
    return Path(shutil.copytree(site_with_content, tmp_path / "var"))


@needs_environment
def test_the_site_starts_from_nothing_and_again_without_a_change(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        assert "01-stufenplan.json: skills: 1 created" in site.printed
        assert json.load(urlopen(f"{site.address}/healthz")) == {"database": "reached", "migrations": "applied"}
        page = urlopen(f"{site.address}/de/skills/experiment-tracking/").read().decode()
        assert "Experiment Tracking" in page
        assert site.end(signal.SIGINT) == (0, [])
    before = contents(tmp_path)
    with running(tmp_path) as site:
        assert site.printed.count("nothing changed") == 3
        assert urlopen(f"{site.address}/healthz").status == 200
        assert site.end(signal.SIGTERM) == (0, [])
    assert contents(tmp_path) == before


@needs_environment
def test_when_the_web_server_dies_the_whole_site_ends(started_before: Path) -> None:
    with running(started_before) as site:
        started = psutil.Process(site.process.pid).children(recursive=True)
        site.part("gunicorn").kill()
        assert site.process.wait(PATIENCE_SECONDS) == 1
        assert psutil.wait_procs(started, timeout=PATIENCE_SECONDS)[1] == []


@needs_environment
def test_when_the_worker_dies_it_is_started_again_and_the_web_server_goes_on(started_before: Path) -> None:
    with running(started_before) as site:
        server = site.part("gunicorn")
        for number, wait in ((signal.SIGKILL, 1), (signal.SIGTERM, 2)):
            worker = site.part("run_worker")
            worker.send_signal(number)
            assert f"starts again in {wait} s" in site.line_with("Ended with")
            assert urlopen(f"{site.address}/healthz").status == 200
            site.line_with("Started again")
            assert site.part("run_worker") != worker
        assert site.part("gunicorn") == server
        site.part("run_worker").kill()
        site.line_with("Ended with")  # while no worker runs the site ends as well as with one
        assert site.end(signal.SIGTERM) == (0, [])


class FakeProcess:
    """A process that ended with 1."""

    def poll(self) -> int:
        return 1


def test_the_wait_before_a_restart_doubles_up_to_a_minute_and_begins_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(side_by_side, "start_process", lambda _command: FakeProcess())
    command = side_by_side.RestartedCommand("work")
    now = time.monotonic()
    for lived in (*[0] * 8, side_by_side.STABLE_SECONDS, 0):
        now += lived
        command.check(now)
        now += side_by_side.LONGEST_WAIT
        command.check(now)
    printed = re.findall(r"again in (\d+) s", capsys.readouterr().err)
    assert printed == ["1", "2", "4", "8", "16", "32", "60", "60", "1", "2"]


def test_a_restart_is_not_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "start_process", lambda _command: FakeProcess())
    command = side_by_side.RestartedCommand("work")
    now = time.monotonic()
    command.check(now)
    command.check(now + 0.9)
    assert command.process is None
    command.check(now + 1)
    assert command.process is not None


def test_a_command_that_cannot_be_started_is_tried_again_and_the_server_goes_on(tmp_path: Path) -> None:
    """A missing program is one reason of several: too little memory, too many processes."""
    work, away = tmp_path / "work", tmp_path / "away"
    work.write_text("#!/bin/sh\nread line <go\n")
    work.chmod(0o755)
    os.mkfifo(tmp_path / "go")
    with subprocess.Popen(
        [sys.executable, ROOT / "scripts" / "side_by_side.py", "sleep 600", str(work)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        [server] = [child for child in wait_for_children(process.pid, 2) if "sleep" in child.cmdline()]
        with (tmp_path / "go").open("w") as go:  # opens once the command has been read and waits for its line
            work.rename(away)
            go.write("end\n")
        ended, *missing = [process.stderr.readline() for _line in range(3)]
        assert ended == f"Ended with 0, starts again in 1 s: {work}\n"
        assert missing == [
            f"Cannot be started (No such file or directory), starts again in {wait} s: {work}\n" for wait in (2, 4)
        ]
        assert server.is_running()
        away.rename(work)
        assert process.stderr.readline() == f"Started again: {work}\n"
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        assert psutil.wait_procs([server], timeout=PATIENCE_SECONDS)[1] == []


def test_a_command_that_cannot_be_started_at_first_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_command: list[str]) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    command = side_by_side.RestartedCommand("work")
    assert command.process is None
    command.check(time.monotonic() + 2)
    printed = re.findall(r"unavailable\), starts again in (\d+) s", capsys.readouterr().err)
    assert printed == ["1", "2"]


@needs_environment
def test_of_two_sites_started_at_once_on_a_new_folder_one_serves_and_the_other_says_why_not(tmp_path: Path) -> None:
    var = tmp_path / "new"
    with starting(var) as one, starting(var) as other:
        sites = [one, other]
        read = {site: site.first_line() for site in sites}
        [refused] = [site for site in sites if "another site of this kind runs" in read[site]]
        [serving] = [site for site in sites if site is not refused]
        assert read[refused] == (
            f"Stufenplan cannot start: VAR_DIR: another site of this kind runs on {var} "
            f"(process {serving.process.pid}); only one of each kind may\n"
        )
        assert refused.rest() == ""
        assert refused.process.wait(PATIENCE_SECONDS) == 1
        serving.line_with("Listening at")
        assert urlopen(f"{serving.address}/healthz").status == 200
        assert serving.end(signal.SIGTERM) == (0, [])
    with running(var) as again:  # the lock went with its process
        assert urlopen(f"{again.address}/healthz").status == 200
        assert again.end(signal.SIGKILL)[0] == -signal.SIGKILL
    with running(var) as again:
        assert again.end(signal.SIGTERM) == (0, [])


@needs_environment
def test_static_files_are_collected_by_one_site_at_a_time(started_before: Path) -> None:
    """The other kind of site, here the test, holds the lock and has collected them when it lets go."""
    var, manifest = started_before, started_before / "static" / "staticfiles.json"
    shutil.rmtree(manifest.parent)
    with (var / "static.lock").open("w") as lock, starting(var) as site:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert site.first_line() == f"Waiting for process unknown, which works on {var}\n"
        manifest.write_text('{"paths": {}, "version": "1.1", "hash": ""}')
        fcntl.flock(lock, fcntl.LOCK_UN)
        site.line_with("Listening at")
        assert list(manifest.parent.iterdir()) == [manifest]
        assert site.end(signal.SIGTERM) == (0, [])


def test_two_kinds_of_commands_run_on_one_folder_and_two_of_one_kind_do_not(tmp_path: Path) -> None:
    def start(kind: str) -> str:
        arguments = [sys.executable, "-m", "config.single_instance", kind, "echo", "started"]
        environment = only(VAR_DIR=str(tmp_path))
        done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    with (tmp_path / "load_content.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another site of this kind runs" in start("load_content")
        assert start("load_demo") == "started\n"


def test_a_file_system_without_locks_is_no_reason_not_to_start(tmp_path: Path) -> None:
    code = """
import errno, fcntl, os
def refuse(*_arguments):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
fcntl.flock = refuse
from config import single_instance
single_instance.main("test", ["echo", "started"])
"""
    environment = only(VAR_DIR=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "started\n"
    assert done.stderr == f"Nothing keeps a second one away: {tmp_path} cannot be locked (No locks available)\n"


def test_two_installations_are_done_one_after_the_other(tmp_path: Path) -> None:
    """The second waits for the lock that the first holds; here a test holds it, so that nothing is installed."""
    script = ROOT / "scripts" / "install"
    (tmp_path / "letter.txt").write_text("dear")
    with script.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen(
            [script, "requirements.txt"],
            env=only(VENV=str(tmp_path)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as waiting:
            assert waiting.stdout is not None
            assert waiting.stdout.readline() == "Waiting for another installation to end\n"
            assert waiting.poll() is None
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert waiting.wait(PATIENCE_SECONDS) == 1  # it goes on, and finds that the folder is no environment


def test_a_folder_that_is_no_virtual_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    refused = subprocess.run(
        [ROOT / "scripts" / "install", "requirements.txt"],
        env=only(VENV=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert (
        refused.stderr == f"{tmp_path} is there already and is not a virtual environment; move it away or set VENV.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_python_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken, working = tmp_path / "python3", tmp_path / "python3.13"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    working.symlink_to(sys.executable)
    found = subprocess.run(
        [ROOT / "scripts" / "find-python"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHON": str(broken), "PYENV_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0
    assert found.stdout.strip() == str(working)


@pytest.mark.skipif(not SERVERS, reason="needs PostgreSQL's programs")
def test_a_command_gets_a_postgresql_that_is_gone_afterwards() -> None:
    command = 'echo "$DATABASE_URL"; exit 7'
    ended = subprocess.run(
        [ROOT / "scripts" / "with-postgres", "sh", "-c", command], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 7
    start, _, folder = ended.stdout.strip().partition("?host=")
    assert start == "postgresql://stufenplan@/stufenplan"
    assert not Path(folder).exists()
