"""The site starts from nothing, starts again without changing anything, and ends with all it started."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from tests.free_port import free_port

ROOT = Path(__file__).resolve().parent.parent
SERVERS = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
PATIENCE_SECONDS = 60
JOURNALS = {".sqlite3-wal", ".sqlite3-shm"}

needs_environment = pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="needs the virtual environment")


@dataclass(frozen=True)
class Site:
    """A running site: its first process, its address, and what it printed until it listened."""

    process: subprocess.Popen[str]
    address: str
    printed: str

    def part(self, words: str) -> psutil.Process:
        """Return the process whose command holds these words and that the site started itself."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if words in " ".join(child.cmdline()))

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
def running(var: Path) -> Iterator[Site]:
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
    assert process.stdout is not None
    with process, process.stdout as lines:
        try:
            printed = []
            for line in lines:
                printed.append(line)
                if "Listening at" in line:
                    break
            yield Site(process, f"http://127.0.0.1:{port}", "".join(printed))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def contents(folder: Path) -> dict[str, str]:
    """Return the checksum of every file; a database's own journal may come and go."""
    files = (
        path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".sqlite3-wal", ".sqlite3-shm"}
    )
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


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
@pytest.mark.parametrize("part", ["gunicorn", "run_worker"])
def test_when_web_server_or_worker_dies_the_whole_site_ends(tmp_path: Path, part: str) -> None:
    with running(tmp_path) as site:
        started = psutil.Process(site.process.pid).children(recursive=True)
        site.part(part).kill()
        assert site.process.wait(PATIENCE_SECONDS) == 1
        assert psutil.wait_procs(started, timeout=PATIENCE_SECONDS)[1] == []


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
