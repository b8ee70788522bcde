"""Run a server and, beside it, commands that are started again when they die.

`side_by_side.py 'SERVER ARGUMENT…' 'COMMAND ARGUMENT…'…` ends all when the server ends or when a signal
asks it to (SIGINT, SIGTERM, SIGHUP). It exits with 0 when it was asked to end and every process
ended well, else with 1, so that a service manager can start it again.

A command that dies or cannot be started does not take the server with it: it is started again after a
second, then after two, four and so on up to LONGEST_WAIT. One that has lived for LIVED_SECONDS begins with a
second again.
"""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from threading import Event

STOP_TIMEOUT_SECONDS = 30
POLL_SECONDS = 0.2
FIRST_WAIT, LONGEST_WAIT = 1, 60
STABLE_SECONDS = 120
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SUCCESS_CODES = {0, -signal.SIGTERM}

type Process = subprocess.Popen[bytes]


def start_process(command: str) -> Process:
    """Start a command in this process's own group, but deaf to Ctrl-C: it is ended once, from here."""
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.Popen(shlex.split(command))  # noqa: S603 - what scripts/run and scripts/dev say
    finally:
        signal.signal(signal.SIGINT, heard)


def end_processes(processes: Sequence[Process]) -> None:
    """Ask all to end, and kill those that have not after PATIENCE_SECONDS."""
    for process in processes:
        process.terminate()
    latest = time.monotonic() + STOP_TIMEOUT_SECONDS
    for process in processes:
        try:
            process.wait(max(0, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def get_restart_wait(restart_number: int) -> int:
    """Return the seconds to wait before the first, second, third … start in a row: 1, 2, 4 … LONGEST_WAIT."""
    return int(min(FIRST_WAIT * 2 ** (restart_number - 1), LONGEST_WAIT))


class RestartedCommand:
    """A command that is started again whenever it ends or could not be started."""

    def __init__(self, command: str) -> None:
        self.process: Process | None = None
        self._command = command
        self._started_at = self._restart_at = time.monotonic()
        self._restarts = 0
        self._start(self._started_at)

    def check(self, now: float) -> None:
        """Notice that the process has ended, or start it again when it is time for that."""
        if self.process is None:
            if now >= self._restart_at and self._start(now):
                sys.stderr.write(f"Started again: {self._command}\n")
            return
        code = self.process.poll()
        if code is not None:
            self.process = None
            self._plan_restart(now, f"Ended with {code}")

    def _start(self, now: float) -> bool:
        """Start the command; return whether that was possible. It may not be while the machine has no memory left."""
        self._started_at = now
        try:
            self.process = start_process(self._command)
        except OSError as error:
            self._plan_restart(now, f"Cannot be started ({error.strerror})")
            return False
        return True

    def _plan_restart(self, now: float, reason: str) -> None:
        self._restarts = 1 if now - self._started_at >= STABLE_SECONDS else self._restarts + 1
        wait = get_restart_wait(self._restarts)
        self._restart_at = now + wait
        sys.stderr.write(f"{reason}, starts again in {wait} s: {self._command}\n")


def main(server_command: str, commands: Sequence[str]) -> int:
    """Run the server and the commands; return the exit code."""
    asked = Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_arguments: asked.set())
    server = start_process(server_command)
    beside: list[RestartedCommand] = []
    running = [server]
    try:
        beside.extend(RestartedCommand(command) for command in commands)
        while not asked.wait(POLL_SECONDS) and server.poll() is None:
            for command in beside:
                command.check(time.monotonic())
        if not asked.is_set():
            sys.stderr.write(f"Ended with {server.returncode}, so all ends: {server_command}\n")
    finally:
        running.extend(command.process for command in beside if command.process is not None)
        end_processes(running)
    return 0 if asked.is_set() and all(process.returncode in SUCCESS_CODES for process in running) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
