"""Run a server and, beside it, commands that are started again when they end.

`side_by_side.py 'SERVER ARGUMENT…' 'COMMAND ARGUMENT…'…` ends all processes when the server ends or when it
receives a signal (SIGINT, SIGTERM, SIGHUP). It exits with 0 after such a signal if every process
ended without an error, else with 1, so that a service manager can start it again.

A command that ends or cannot be started does not affect the server: it is started again after one
second, then after two, four and so on up to LONGEST_WAIT. After a run of at least STABLE_SECONDS the wait is
one second again.
"""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from threading import Event

STOP_TIMEOUT_SECONDS = 30  # then a process is killed
POLL_SECONDS = 0.2
FIRST_WAIT, LONGEST_WAIT = 1, 60  # seconds before a command is started again
STABLE_SECONDS = 120
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SUCCESS_CODES = {0, -signal.SIGTERM}  # a negative code: ended by this signal, which end_processes sends

type Process = subprocess.Popen[bytes]


def start_process(command: str) -> Process:
    """Start a command in the process group of this process, but let it ignore Ctrl-C.

    A terminal sends Ctrl-C to the whole group; the command is ended once, by `end_processes`. Raises OSError if the
    command cannot be started.
    """
    # A child process inherits an ignored signal, so this process ignores it for a moment.
    previous_handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.Popen(shlex.split(command))  # noqa: S603 - scripts/run and scripts/dev give the commands
    finally:
        signal.signal(signal.SIGINT, previous_handler)


def end_processes(processes: Sequence[Process]) -> None:
    """Ask all processes to end, and kill those that are still running after STOP_TIMEOUT_SECONDS.

    The time is for all processes together.
    """
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    for process in processes:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def get_restart_wait(restart_number: int) -> int:
    """Return the seconds to wait before a command is started again: 1, 2, 4 … LONGEST_WAIT.

    `restart_number` is 1 for the first restart in a row.
    """
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
        """Notice that the process has ended, or start it again when its wait is over.

        `now` is the value of `time.monotonic()`. Called every POLL_SECONDS.
        """
        if self.process is None:
            if now >= self._restart_at and self._start(now):
                sys.stderr.write(f"Started again: {self._command}\n")
            return
        code = self.process.poll()
        if code is not None:
            self.process = None
            self._plan_restart(now, f"Ended with {code}")

    def _start(self, now: float) -> bool:
        """Start the command; return whether that was possible. It is not, for example, if no memory is left."""
        self._started_at = now
        try:
            self.process = start_process(self._command)
        except OSError as error:
            self._plan_restart(now, f"Cannot be started ({error.strerror})")
            return False
        return True

    def _plan_restart(self, now: float, reason: str) -> None:
        # A long run resets the count, see the module.
        self._restarts = 1 if now - self._started_at >= STABLE_SECONDS else self._restarts + 1
        wait = get_restart_wait(self._restarts)
        self._restart_at = now + wait
        sys.stderr.write(f"{reason}, starts again in {wait} s: {self._command}\n")


def main(server_command: str, commands: Sequence[str]) -> int:
    """Run the server and the commands; return the exit code.

    1. Start the server and the commands.
    2. Start commands again that end, until a signal arrives or the server ends.
    3. End all processes. Return 0 after a signal if all ended without an error, else 1.
    """
    should_stop = Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_arguments: should_stop.set())
    server = start_process(server_command)
    restarted: list[RestartedCommand] = []
    running = [server]
    try:
        restarted.extend(RestartedCommand(command) for command in commands)
        while not should_stop.wait(POLL_SECONDS) and server.poll() is None:
            for command in restarted:
                command.check(time.monotonic())
        if not should_stop.is_set():
            sys.stderr.write(f"Ended with {server.returncode}, so all ends: {server_command}\n")
    finally:
        running.extend(command.process for command in restarted if command.process is not None)
        end_processes(running)
    return 0 if should_stop.is_set() and all(process.returncode in SUCCESS_CODES for process in running) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
