"""Everything the site writes is readable by its owner only: folders 700, files 600.

New files get these rights from the umask, which the settings set in every process that loads them. What an
earlier version, or a copy from elsewhere, left readable to others is repaired at the start (scripts/run).
Links are not followed: they may point to what is not the site's own.
"""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

PRIVATE_UMASK = 0o077
OTHERS = 0o077  # the bits for the group and for all other users


def make_private(folder: Path, *, is_deep: bool) -> None:
    """Take the rights of others away from a folder and what lies in it; `is_deep` includes all folders below.

    What this user may not change or open is left as it is, and reported on standard error: one line for
    what others may read, and one for folders that this user may not open.
    """
    closed: list[str] = []
    readable = [path for path in _paths(str(folder), closed, is_deep=is_deep) if not _is_private_now(path)]
    if readable:
        sys.stderr.write(f"Others may read {_first_of(readable)}, and this user may not change that.\n")
    if closed:
        sys.stderr.write(f"This user may not open {_first_of(closed)}, so what lies there is left as it is.\n")


def is_shared(folder: Path) -> bool:
    """Whether a folder is one like /tmp, where all users may write and own their own files."""
    everybodys = stat.S_ISVTX | stat.S_IWOTH
    return folder.stat().st_mode & everybodys == everybodys or folder == Path(folder.anchor)


def _first_of(paths: list[str]) -> str:
    return f"{paths[0]} and {len(paths) - 1} more" if len(paths) > 1 else paths[0]


def _paths(folder: str, closed: list[str], *, is_deep: bool) -> Iterator[str]:
    """Yield the folder and what lies in it; add a folder that cannot be read to `closed`."""
    yield folder
    try:
        with os.scandir(folder) as entries:
            found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries if not entry.is_symlink()]
    except FileNotFoundError:  # it has just gone
        return
    except OSError:
        closed.append(folder)
        return
    for path, is_folder in found:
        if is_deep and is_folder:
            yield from _paths(path, closed, is_deep=True)
        else:
            yield path


def _is_private_now(path: str) -> bool:
    """Take the rights of others away; return whether they have none now. A file that has just gone has none."""
    try:
        mode = Path(path).stat().st_mode
        if mode & OTHERS:
            Path(path).chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return True
    except OSError:  # of another user, or on a volume that cannot be written
        return False
    return True
