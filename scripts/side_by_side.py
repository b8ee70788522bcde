"""Run commands side by side until one of them ends; then end the others.

`side_by_side.py 'COMMAND ARGUMENT…' 'COMMAND ARGUMENT…'` exits with 0 when it was told to end
(SIGINT, SIGTERM, SIGHUP) and every command ended well, else with another code, so that
whoever started it can start it again.
"""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from threading import Event

PATIENCE_SECONDS = 30
LOOK_SECONDS = 0.2
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ENDED_WELL = {0, -signal.SIGTERM}

type Process = subprocess.Popen[bytes]


def start(command: str) -> Process:
    """Start a command in this process's own group, but deaf to Ctrl-C: it is told to end once, from here."""
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.Popen(shlex.split(command))  # noqa: S603 - what scripts/run and scripts/dev say
    finally:
        signal.signal(signal.SIGINT, heard)


def end(processes: Sequence[Process]) -> None:
    """Tell all to end, and kill those that have not after PATIENCE_SECONDS."""
    for process in processes:
        process.terminate()
    latest = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        try:
            process.wait(max(0, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main(commands: Sequence[str]) -> int:
    """Run the commands; return the exit code."""
    told = Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_arguments: told.set())
    running: dict[str, Process] = {}
    try:
        for command in commands:
            running[command] = start(command)
        while not told.wait(LOOK_SECONDS) and all(process.poll() is None for process in running.values()):
            pass
        ended = {} if told.is_set() else {command: running[command].poll() for command in running}
    finally:
        end(list(running.values()))
    for command, code in ended.items():
        if code is not None:
            sys.stderr.write(f"Ended with {code}, so all ends: {command}\n")
    is_well = told.is_set() and all(process.returncode in ENDED_WELL for process in running.values())
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
