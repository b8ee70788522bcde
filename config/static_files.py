"""Join style sheets and scripts: many small files in static/, one request for the browser.

A file named in settings.JOINED_FILES is a list of imports. It is replaced by the text of the files
it imports, in their order. `collectstatic` collects the joined file instead of its parts; with DEBUG
and in tests the file is joined again on each request, so that a change is visible at once.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import override

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage

# One line of a list, in CSS or JavaScript: `@import "./base/page.css";` or `import "./menu.js";`
IMPORT = re.compile(r'^@?import "\./([\w/.-]+)";$', re.MULTILINE)


def list_parts(source: Path) -> list[Path]:
    """Return the files that the list `source` imports, in order.

    Raises ValueError for a list that imports nothing or a file twice, and FileNotFoundError for a missing file.
    """
    parts = [source.parent / name for name in IMPORT.findall(source.read_text(encoding="utf-8"))]
    if not parts or len(set(parts)) < len(parts):
        raise ValueError(f"{source}: a joined file is a list of imports, each once")
    for part in parts:
        if not part.is_file():
            raise FileNotFoundError(f"{source} imports {part}, which is not there")
    return parts


def join_parts(source: Path) -> str:
    """Return the text of the files that the list `source` imports, one below the other.

    Raises the errors of `list_parts`.
    """
    return "\n".join(part.read_text(encoding="utf-8") for part in list_parts(source))


def write_if_changed(target: Path, text: str) -> None:
    """Write `text` to a file, completely or not at all.

    A file that already has this text is not touched: its modification time is what browsers ask about.
    """
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # A rename is atomic: a request at the same moment gets the old or the new file, never half of one.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, delete=False) as file:
        file.write(text)
    Path(file.name).replace(target)


class JoiningFinder(FileSystemFinder):
    """Find the files of STATICFILES_DIRS, with the joined file instead of each list and without its parts."""

    @override
    def find_location(self, root: str, path: str, prefix: str | None = None) -> str | None:
        """Return the path of a file in one of the folders, None if there is none; a joined file is written first."""
        location = super().find_location(root, path, prefix)
        return self._write_joined_file(path, Path(location)) if location and path in settings.JOINED_FILES else location

    @override
    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield name and storage of each file to collect: joined files, and all others except the parts."""
        files = dict(super().list(ignore_patterns))
        for path in settings.JOINED_FILES:
            source = Path(files[path].path(path))  # files: name → storage that holds it
            self._write_joined_file(path, source)
            for part in list_parts(source):
                del files[part.relative_to(files[path].location).as_posix()]
            files[path] = FileSystemStorage(location=settings.JOINED_ROOT)
        yield from files.items()

    def _write_joined_file(self, path: str, source: Path) -> str:
        """Join the parts of `source`; return where the joined file is."""
        target = Path(settings.JOINED_ROOT) / path
        write_if_changed(target, join_parts(source))
        return str(target)
