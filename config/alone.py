"""Run a command on VAR_DIR as the only one of its kind: `python -m config.alone NAME COMMAND…`

The lock `NAME.lock` in VAR_DIR is held by the process that becomes the command, and by no process that
Python starts from there. It ends with that process, however that ends, so no lock is ever left behind.
"""

import fcntl
import os
import sys
from pathlib import Path

from config import environment, private_files

ROOT = Path(__file__).resolve().parent.parent


def main(name: str, command: list[str]) -> None:
    """Become the command; ends with one line when another process has the lock, or VAR_DIR cannot be used."""
    folder = environment.folder("VAR_DIR", ROOT / "var")
    private_files.make_private(folder, is_deep=True)
    lock = _open(folder / f"{name}.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode(errors="replace").strip() or "unknown"
        environment.refuse("VAR_DIR", f"another site runs on {folder} (process {holder}); only one may")
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    os.set_inheritable(lock, True)
    os.execvp(command[0], command)  # noqa: S606 - what scripts/run says


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        environment.refuse("VAR_DIR", f"cannot write {path}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
