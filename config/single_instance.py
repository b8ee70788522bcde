"""Run a command on VAR_DIR as the only one of its kind.

`python -m config.single_instance [--wait] NAME COMMAND…`: NAME is the kind. The process that becomes the command
holds the lock `NAME.lock` in VAR_DIR; processes that Python starts from there do not. The lock ends with that
process, however it ends, so no lock is ever left behind. Commands of different kinds run side by side. On a
file system without locks all commands do.
"""

import fcntl
import os
import sys
import time
from pathlib import Path

from config import environment, private_files

ROOT = Path(__file__).resolve().parent.parent
WAIT = "--wait"


def main(name: str, command: list[str], *, should_wait: bool = False) -> None:
    """Replace this process by the command, as soon as no other process of the kind `name` is running.

    Without `should_wait` the process ends with one line if another process has the lock. It also ends with one
    line if VAR_DIR cannot be used.
    """
    os.umask(private_files.PRIVATE_UMASK)
    folder = environment.prepare_private_folder("VAR_DIR", ROOT / "var")
    if not should_wait:  # a command that waits is part of another one, which has done this already
        private_files.make_private(folder, is_recursive=True)
    lock = _open_lock_file(folder / f"{name}.lock")
    _acquire_lock(lock, folder, should_wait=should_wait)
    # The content is only a hint for people: the process that holds the lock.
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    os.set_inheritable(lock, True)  # the lock belongs to the open file, which must stay open in the command
    os.execvp(command[0], command)  # noqa: S606 - scripts/run gives the command


def _open_lock_file(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        environment.refuse("VAR_DIR", f"cannot write {path}: {error.strerror}")


def _acquire_lock(lock: int, folder: Path, *, should_wait: bool) -> None:
    """Lock an open file; print one line if this has to wait, is refused or is not possible."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _read_holder(lock)
        if not should_wait:
            reason = f"another site of this kind runs on {folder} (process {holder}); only one of each kind may"
            environment.refuse("VAR_DIR", reason)
        sys.stderr.write(f"Waiting for process {holder}, which works on {folder}\n")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:  # a file system without locks: run anyway, as scripts/install does
        sys.stderr.write(f"Nothing keeps a second one away: {folder} cannot be locked ({error.strerror})\n")


def _read_holder(lock: int) -> str:
    """Return the id of the process that holds the lock, "unknown" if it has written none within half a second."""
    for _attempt in range(10):
        if holder := os.pread(lock, 20, 0).decode(errors="replace").strip():
            return holder
        time.sleep(0.05)  # it has just got the lock
    return "unknown"


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:2] if argument != WAIT] + sys.argv[2:]
    main(arguments[0], arguments[1:], should_wait=sys.argv[1] == WAIT)
