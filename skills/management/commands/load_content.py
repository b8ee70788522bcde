"""Load frameworks from files, see docs/data-format.md."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, override

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import DatabaseError

from skills.exchange import framework_file, loading
from skills.exchange.report import LoadReport
from skills.exchange.strict_json import FileFault, FileRefusedError

MAX_FAULTS = 20  # printed for one file


class Command(BaseCommand):
    """Load each file as a whole, or nothing of it if it has any fault; then the exit code is 1."""

    help = "Load or update frameworks from files in the exchange format (docs/data-format.md)."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="a .json file or a directory; default: content/")

    @no_translations
    @override
    def handle(self, *_args: Any, paths: Sequence[str], **_options: Any) -> None:
        """Load each file and print the result.

        A refused file does not stop the others. Raises `CommandError` at the end if any file was refused.
        """
        refused = 0
        slugs: dict[str, Path] = {}  # the file from which each framework was loaded
        for argument in paths or [str(settings.BASE_DIR / "content")]:
            for path in _find_files(Path(argument)):
                try:
                    self._print_report(path, _load(path, slugs))
                except FileRefusedError as error:
                    refused += 1
                    self._print_faults(path, error.faults)
        if refused:
            raise CommandError(f"{refused} refused; nothing of a refused file was loaded.")

    def _print_report(self, path: Path, report: LoadReport) -> None:
        self.stdout.write(f"{_format_path(path)}: {report.summary}")
        for item in report.kept:
            self.stdout.write(f"{_format_path(path)}: {item}: changed here and in the file, kept as it is here")
        for item in report.missing:
            self.stdout.write(f"{_format_path(path)}: {item}: no longer in the file, kept")

    def _print_faults(self, path: Path, faults: Sequence[FileFault]) -> None:
        for fault in faults[:MAX_FAULTS]:
            self.stderr.write(f"{_format_path(path)}: {fault}")
        if len(faults) > MAX_FAULTS:
            self.stderr.write(f"{_format_path(path)}: … and {len(faults) - MAX_FAULTS} more")


def _find_files(path: Path) -> Iterator[Path]:
    """Yield a file, or the .json files of a directory; a directory without any is yielded itself, to be refused."""
    if path.is_dir():
        yield from sorted(path.glob("*.json")) or [path]
    else:
        yield path


def _load(path: Path, slugs: dict[str, Path]) -> LoadReport:
    """Load one file; raises `FileRefusedError` with all its faults."""
    if path.is_dir():
        raise FileRefusedError([FileFault("", "holds no .json file")])
    content = framework_file.read_content(path)
    try:
        # Compared before the file is parsed and checked, which takes seconds for a large one.
        loaded_framework = loading.find_loaded_framework(content)
        if loaded_framework:
            _require_own_slug(loaded_framework.slug, path, slugs)
            return loading.report_unchanged(loaded_framework)
        file = framework_file.parse(content)
        _require_own_slug(file.framework.slug, path, slugs)
        return loading.load(file)
    except DatabaseError as error:
        raise FileRefusedError([FileFault("", f"the database refused: {' '.join(str(error).split())}")]) from error


def _require_own_slug(slug: str, path: Path, slugs: dict[str, Path]) -> None:
    """Raise `FileRefusedError` if another file of this run has the same framework: each has one file only."""
    if slugs.setdefault(slug, path) != path:
        raise FileRefusedError(
            [FileFault("framework.slug", f'"{slug}" is loaded from {_format_path(slugs[slug])} already')]
        )


def _format_path(path: Path) -> str:
    """Return a path as one line for any terminal, relative if the file is below the current directory."""
    here = Path.cwd()
    relative = path.relative_to(here) if path.is_relative_to(here) else path
    # A file name may hold line breaks and control characters.
    return "".join(char if char.isprintable() else "?" for char in str(relative))
