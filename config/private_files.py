"""Everything the site writes is readable by its owner only: folders 700, files 600.

New files get these permissions from the umask, which the settings set in every process that loads them. Files
that an earlier version, or a copy from elsewhere, left readable to others are repaired at the start (scripts/run).
Links are not followed: they may point to files that are not the site's own.
"""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

PRIVATE_UMASK = 0o077
OTHERS_BITS = 0o077  # the permission bits of the group and of all other users


def make_private(folder: Path, *, is_recursive: bool) -> None:
    """Remove all permissions of other users from a folder and its contents; `is_recursive` includes all subfolders.

    Files and folders that this user may not change or open are left unchanged and reported on standard error:
    one line for what others may read, and one for the folders that this user may not open.
    """
    closed: list[str] = []  # folders that this user may not open
    exposed = [  # to other users
        path for path in _walk_paths(str(folder), closed, is_recursive=is_recursive) if not _make_path_private(path)
    ]
    if exposed:
        sys.stderr.write(f"Others may read {_summarize_paths(exposed)}, and this user may not change that.\n")
    if closed:
        sys.stderr.write(f"This user may not open {_summarize_paths(closed)}, so what lies there is left as it is.\n")


def is_shared(folder: Path) -> bool:
    """Return whether a folder is shared by all users, like /tmp or the root folder.

    In such a folder every user may write and owns their own files, so its permissions must not be changed.
    """
    shared_bits = stat.S_ISVTX | stat.S_IWOTH  # sticky and writable by all, as in drwxrwxrwt
    return folder.stat().st_mode & shared_bits == shared_bits or folder == Path(folder.anchor)


def _summarize_paths(paths: list[str]) -> str:
    return f"{paths[0]} and {len(paths) - 1} more" if len(paths) > 1 else paths[0]


def _walk_paths(folder: str, closed: list[str], *, is_recursive: bool) -> Iterator[str]:
    """Yield the folder and the paths in it; add each folder that cannot be opened to `closed`."""
    yield folder
    try:
        with os.scandir(folder) as entries:
            paths = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries if not entry.is_symlink()]
    except FileNotFoundError:  # deleted in the meantime
        return
    except OSError:
        closed.append(folder)
        return
    for path, is_folder in paths:
        if is_recursive and is_folder:
            yield from _walk_paths(path, closed, is_recursive=True)
        else:
            yield path


def _make_path_private(path: str) -> bool:
    """Remove the permissions of others; return whether they have none now. A deleted file counts as private."""
    try:
        mode = Path(path).stat().st_mode
        if mode & OTHERS_BITS:
            Path(path).chmod(stat.S_IMODE(mode) & ~OTHERS_BITS)
    except FileNotFoundError:
        return True
    except OSError:  # owned by another user, or on a read-only volume
        return False
    return True
