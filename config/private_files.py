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
OTHERS_BITS = 0o077  # the bits for the group and for all other users


def make_private(folder: Path, *, is_recursive: bool) -> None:
    """Take the rights of others away from a folder and what lies in it; `is_deep` includes all folders below.

    What this user may not change or open is left as it is, and reported on standard error: one line for
    what others may read, and one for folders that this user may not open.
    """
    closed: list[str] = []
    readable = [
        path for path in _walk_paths(str(folder), closed, is_recursive=is_recursive) if not _make_path_private(path)
    ]
    if readable:
        sys.stderr.write(f"Others may read {_summarize_paths(readable)}, and this user may not change that.\n")
    if closed:
        sys.stderr.write(f"This user may not open {_summarize_paths(closed)}, so what lies there is left as it is.\n")


def is_shared(folder: Path) -> bool:
    """Whether a folder is one like /tmp, where all users may write and own their own files."""
    everybodys = stat.S_ISVTX | stat.S_IWOTH
    return folder.stat().st_mode & everybodys == everybodys or folder == Path(folder.anchor)


def _summarize_paths(paths: list[str]) -> str:
    return f"{paths[0]} and {len(paths) - 1} more" if len(paths) > 1 else paths[0]


def _walk_paths(folder: str, unreadable: list[str], *, is_recursive: bool) -> Iterator[str]:
    """Yield the folder and what lies in it; add a folder that cannot be read to `closed`."""
    yield folder
    try:
        with os.scandir(folder) as entries:
            found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries if not entry.is_symlink()]
    except FileNotFoundError:  # it has just gone
        return
    except OSError:
        unreadable.append(folder)
        return
    for path, is_folder in found:
        if is_recursive and is_folder:
            yield from _walk_paths(path, unreadable, is_recursive=True)
        else:
            yield path


def _make_path_private(path: str) -> bool:
    """Take the rights of others away; return whether they have none now. A file that has just gone has none."""
    try:
        mode = Path(path).stat().st_mode
        if mode & OTHERS_BITS:
            Path(path).chmod(stat.S_IMODE(mode) & ~OTHERS_BITS)
    except FileNotFoundError:
        return True
    except OSError:  # of another user, or on a volume that cannot be written
        return False
    return True
