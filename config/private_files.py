"""Everything the site writes is readable by its owner only: folders 700, files 600.

New files are made so by the umask of every process that loads the settings. What an earlier version, or
a copy from elsewhere, left readable to others is repaired at the start (scripts/run). Links are not
followed: they may point to what is not the site's own.
"""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

PRIVATE_UMASK = 0o077
OTHERS = 0o077  # the bits for the group and for everybody else


def make_private(folder: Path, *, is_deep: bool) -> None:
    """Take the rights of others away from a folder and what lies in it; `is_deep` includes all folders below.

    What belongs to another user is left as it is, and reported in one line on standard error.
    """
    foreign = [path for path in _paths(folder, is_deep=is_deep) if not _is_private_now(path)]
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        sys.stderr.write(f"Others may read {foreign[0]}{more}, and this user may not change that.\n")


def is_shared(folder: Path) -> bool:
    """Whether a folder is one like /tmp, where everybody may write and owns their own files."""
    everybodys = stat.S_ISVTX | stat.S_IWOTH
    return folder.stat().st_mode & everybodys == everybodys or folder == Path(folder.anchor)


def _paths(folder: Path, *, is_deep: bool) -> Iterator[str]:
    yield str(folder)
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_deep and entry.is_dir(follow_symlinks=False):
                yield from _paths(Path(entry.path), is_deep=True)
            elif not entry.is_symlink():
                yield entry.path


def _is_private_now(path: str) -> bool:
    """Take the rights of others away; return whether they have none now. A file that has just gone has none."""
    try:
        mode = Path(path).stat().st_mode
        if mode & OTHERS:
            Path(path).chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    return True
