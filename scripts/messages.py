"""Keep the catalogues of translations: read messages from the code, update django.po, compile django.mo.

No gettext is needed. `python scripts/messages.py` updates, `--check` changes nothing and
says what is missing; it ends with 1 when there is anything to say.
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
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")

NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)

type Key = tuple[str | None, str]
type Text = str | Sequence[str]


def get_catalogue_path(language: str) -> Path:
    """Return where a language's messages are kept."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def find_messages() -> Catalog:
    """Return every message of the code and the templates."""
    catalogue = Catalog(charset="utf-8")
    for path, source in list_sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
            catalogue.add(message, locations=[(path, 0)], context=context, flags=get_flags(message))
    return catalogue


def list_sources() -> Iterator[tuple[str, str]]:
    """Yield every file that may hold messages, as Python source, with its path below the top."""
    for folder in PYTHON_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # What stands between two messages is blanked out by Django; its indentation means nothing.
            yield path.relative_to(ROOT).as_posix(), "\n".join(line.strip() for line in source.splitlines())


def get_flags(message: Text) -> set[str]:
    text = message if isinstance(message, str) else message[0]
    return {"python-format"} if re.search(r"%\(\w+\)[sd]", text) else set()


def get_key(message: Message) -> Key:
    return (message.context, message.id if isinstance(message.id, str) else message.id[0])


def read_catalogue(language: str) -> Catalog:
    """Return the kept catalogue of a language, an empty one where there is none."""
    path = get_catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update_catalogue(language: str, found: Catalog) -> Catalog:
    """Return the catalogue of a language with all messages of the code, and only those, sorted."""
    known = {get_key(message): message for message in read_catalogue(language) if message.id}
    catalogue = Catalog(locale=language, project="Stufenplan", version="1", charset="utf-8", fuzzy=False)
    catalogue.header_comment = f"# Stufenplan, {catalogue.locale.english_name if catalogue.locale else language}"
    for message in sorted(
        (message for message in found if message.id), key=lambda message: (str(message.id), message.context or "")
    ):
        kept = known.get(get_key(message))
        catalogue.add(
            message.id,
            message.id
            if language == SOURCE_LANGUAGE
            else (kept.string if kept and has_same_forms(kept, message) else None),
            locations=sorted(set(message.locations)),
            flags=message.flags | (kept.flags & {"fuzzy"} if kept else set()),
            context=message.context,
        )
    return catalogue


def has_same_forms(kept: Message, message: Message) -> bool:
    """Whether the kept translation has the forms that the message has now."""
    return isinstance(kept.string, str) == isinstance(message.id, str)


def format_po(catalogue: Catalog) -> bytes:
    """Return a catalogue as text without dates and line numbers, which would change with every run."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, omit_header=False, include_lineno=False, sort_output=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    dated = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Report-Msgid-Bugs-To',
        '"Generated-By',
    )
    return "".join(line for line in lines if not line.startswith(dated)).encode()


def compile_mo(catalogue: Catalog) -> bytes:
    """Return a catalogue compiled; equal messages give equal bytes."""
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def find_faults(language: str, found: Catalog) -> Iterator[str]:
    """Yield in words what is wrong with a language's catalogue, compared with the code."""
    kept = {get_key(message): message for message in read_catalogue(language) if message.id}
    wanted = {get_key(message): message for message in found if message.id}
    for key in wanted.keys() - kept.keys():
        yield f"{language}: missing: {key[1]!r}"
    for key in kept.keys() - wanted.keys():
        yield f"{language}: no longer used: {key[1]!r}"
    for key in wanted.keys() & kept.keys():
        yield from (f"{language}: {fault}: {key[1]!r}" for fault in find_message_faults(kept[key]))
    mo_path = get_catalogue_path(language).with_suffix(".mo")
    if not mo_path.exists() or mo_path.read_bytes() != compile_mo(read_catalogue(language)):
        yield f"{language}: {mo_path.name} is not the compilation of django.po"


def find_message_faults(message: Message) -> Iterator[str]:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [])
    if message.fuzzy:
        yield "fuzzy"
    if not strings or not all(strings) or isinstance(message.id, str) != isinstance(message.string, str):
        yield "not translated"
        return
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = {match.group() for text in ids for match in PLACEHOLDER.finditer(text)}
    used = [{match.group() for match in PLACEHOLDER.finditer(text)} for text in strings]
    if set().union(*used) != allowed:  # a singular may do without its number
        yield "other placeholders than the message"


def main(arguments: Sequence[str]) -> int:
    """Update or check the catalogues; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say what is missing")
    check = parser.parse_args(arguments).check
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    found = find_messages()
    if not check:
        for language in LANGUAGES:
            path = get_catalogue_path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(format_po(update_catalogue(language, found)))
            path.with_suffix(".mo").write_bytes(compile_mo(read_catalogue(language)))
    said = [fault for language in LANGUAGES for fault in sorted(find_faults(language, found))]
    sys.stdout.writelines(f"{fault}\n" for fault in said)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
