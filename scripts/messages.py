"""Maintain the translations: read messages from the code, update django.po, compile django.mo.

The program gettext is not needed. `python scripts/messages.py` updates the catalogues; with `--check` it changes
nothing. Both print what is wrong with a catalogue, and exit with 1 if anything is.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "en")
SOURCE_LANGUAGE = "en"
PYTHON_FOLDERS = ("config", "skills", "accounts", "community")
# Functions that mark a message, as Babel describes them: which arguments are the message, "c" is the context.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# The placeholder of a message is, for example, "%(count)s" or "{name}".
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")

# Instead of the time of compilation, so that equal messages give equal bytes.
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)

type Key = tuple[str | None, str]  # context and message (its singular)
type Text = str | Sequence[str]  # a message, or its singular and plural


def get_catalogue_path(language: str) -> Path:
    """Return the path of the django.po of a language.

    The compiled django.mo is beside it.
    """
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def find_messages() -> Catalog:
    """Return a catalogue of all messages of the code and the templates."""
    catalogue = Catalog(charset="utf-8")
    for path, source in list_sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
            catalogue.add(message, locations=[(path, 0)], context=context, flags=get_flags(message))
    return catalogue


def list_sources() -> Iterator[tuple[str, str]]:
    """Yield every file that may hold messages: its path below the repository, its text as Python source."""
    for folder in PYTHON_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # templatize() keeps the messages as calls of gettext and blanks out everything else. The indentation
            # of a template means nothing in Python, and would be a syntax error.
            yield path.relative_to(ROOT).as_posix(), "\n".join(line.strip() for line in source.splitlines())


def get_flags(message: Text) -> set[str]:
    """Return the flags of a message for django.po.

    A message with a placeholder such as `%(count)s` is "python-format", which tools for translators check.
    """
    text = message if isinstance(message, str) else message[0]
    return {"python-format"} if re.search(r"%\(\w+\)[sd]", text) else set()


def get_key(message: Message) -> Key:
    """Return what identifies a message in a catalogue.

    Two messages with the same singular and context are the same message.
    """
    return (message.context, message.id if isinstance(message.id, str) else message.id[0])


def read_catalogue(language: str) -> Catalog:
    """Return the catalogue of a language from its django.po.

    Returns an empty catalogue if there is no file.
    """
    path = get_catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update_catalogue(language: str, code_messages: Catalog) -> Catalog:
    """Return the catalogue of a language with exactly the messages of the code, sorted.

    Existing translations are kept; a new message has none, except in the source language, where the message
    is its own translation.
    """
    existing = {get_key(message): message for message in read_catalogue(language) if message.id}
    catalogue = Catalog(locale=language, project="Stufenplan", version="1", charset="utf-8", fuzzy=False)
    catalogue.header_comment = f"# Stufenplan, {catalogue.locale.english_name if catalogue.locale else language}"
    for message in sorted(
        (message for message in code_messages if message.id),
        key=lambda message: (str(message.id), message.context or ""),
    ):
        entry = existing.get(get_key(message))
        catalogue.add(
            message.id,
            message.id
            if language == SOURCE_LANGUAGE
            else (entry.string if entry and has_same_forms(entry, message) else None),
            locations=sorted(set(message.locations)),
            flags=message.flags | (entry.flags & {"fuzzy"} if entry else set()),
            context=message.context,
        )
    return catalogue


def has_same_forms(translated: Message, message: Message) -> bool:
    """Return whether an existing translation still fits the message.

    It does not if the message has got a plural, or has lost it.
    """
    return isinstance(translated.string, str) == isinstance(message.id, str)


def format_po(catalogue: Catalog) -> bytes:
    """Return the text of a django.po, without dates and line numbers.

    They would change with every run, and every change of the code.
    """
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, omit_header=False, include_lineno=False, sort_output=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    volatile_headers = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Report-Msgid-Bugs-To',
        '"Generated-By',
    )
    return "".join(line for line in lines if not line.startswith(volatile_headers)).encode()


def compile_mo(catalogue: Catalog) -> bytes:
    """Return a catalogue compiled to the content of a django.mo.

    Equal messages give equal bytes, so that a check can compare them.
    """
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def find_faults(language: str, code_messages: Catalog) -> Iterator[str]:
    """Yield a line for each fault of a language's catalogue.

    A fault is a difference to the messages of the code, a faulty translation, or an outdated django.mo.
    """
    existing = {get_key(message): message for message in read_catalogue(language) if message.id}
    expected = {get_key(message): message for message in code_messages if message.id}
    for key in expected.keys() - existing.keys():
        yield f"{language}: missing: {key[1]!r}"
    for key in existing.keys() - expected.keys():
        yield f"{language}: no longer used: {key[1]!r}"
    for key in expected.keys() & existing.keys():
        yield from (f"{language}: {fault}: {key[1]!r}" for fault in find_message_faults(existing[key]))
    mo_path = get_catalogue_path(language).with_suffix(".mo")
    if not mo_path.exists() or mo_path.read_bytes() != compile_mo(read_catalogue(language)):
        yield f"{language}: {mo_path.name} is not the compilation of django.po"


def find_message_faults(message: Message) -> Iterator[str]:
    """Yield what is wrong with one translation.

    It may be marked fuzzy, incomplete, or use other placeholders than the message.
    """
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [])
    if message.fuzzy:
        yield "fuzzy"
    if not strings or not all(strings) or isinstance(message.id, str) != isinstance(message.string, str):
        yield "not translated"
        return
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    expected = {match.group() for text in ids for match in PLACEHOLDER.finditer(text)}
    used = [{match.group() for match in PLACEHOLDER.finditer(text)} for text in strings]
    if set().union(*used) != expected:  # of all forms together: a singular may leave out the number
        yield "other placeholders than the message"


def main(arguments: Sequence[str]) -> int:
    """Update or check the catalogues; return the exit code.

    1. Collect the messages of the code and the templates.
    2. Without `--check`, write django.po and django.mo of each language.
    3. Print the faults of each catalogue; return 1 if there is any.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say what is missing")
    check = parser.parse_args(arguments).check
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    code_messages = find_messages()
    if not check:
        for language in LANGUAGES:
            path = get_catalogue_path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(format_po(update_catalogue(language, code_messages)))
            path.with_suffix(".mo").write_bytes(compile_mo(read_catalogue(language)))
    faults = [fault for language in LANGUAGES for fault in sorted(find_faults(language, code_messages))]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
