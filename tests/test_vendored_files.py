"""Files of others that are served to browsers: version, licence and checksum are beside each."""

import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
RECORDS = [*sorted(STATIC.glob("vendor/*/VENDOR.json")), STATIC / "img" / "icons.VENDOR.json"]
USE = re.compile(r"icons\.svg[^#>]*#([a-z0-9-]+)")
SVG = "{http://www.w3.org/2000/svg}"

every_record = pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record.relative_to(STATIC)))


def test_every_vendored_folder_has_a_record() -> None:
    folders = sorted(path for path in (STATIC / "vendor").iterdir() if path.is_dir())
    assert [record.parent for record in RECORDS[:-1]] == folders


@every_record
def test_a_record_names_version_licence_and_origin(record: Path) -> None:
    kept = json.loads(record.read_text())
    assert set(kept) == {"name", "version", "licence", "package", "changes", "files"}
    assert all(kept[field] for field in ("name", "version", "licence", "package", "files"))


@every_record
def test_files_are_those_of_the_record(record: Path) -> None:
    kept = json.loads(record.read_text())["files"]
    assert {name: hashlib.sha256((record.parent / name).read_bytes()).hexdigest() for name in kept} == kept


@pytest.mark.parametrize("record", RECORDS[:-1], ids=lambda record: record.parent.name)
def test_a_vendored_folder_holds_nothing_else(record: Path) -> None:
    present = {str(path.relative_to(record.parent)) for path in record.parent.rglob("*") if path.is_file()}
    assert present == {*json.loads(record.read_text())["files"], "VENDOR.json"}


@every_record
def test_the_licence_is_among_the_files(record: Path) -> None:
    licences = [name for name in json.loads(record.read_text())["files"] if name.endswith("LICENSE")]
    assert len(licences) == 1
    assert "Copyright" in (record.parent / licences[0]).read_text()


def test_icons_are_named_once_and_drawn_alike() -> None:
    symbols = list(ElementTree.parse(STATIC / "img" / "icons.svg").getroot().iter(f"{SVG}symbol"))
    names = [symbol.get("id") for symbol in symbols]
    assert names == sorted(set(names), key=str)
    assert {(symbol.get("viewBox"), symbol.get("fill")) for symbol in symbols} == {("0 0 16 16", "currentColor")}


def test_every_icon_a_template_asks_for_is_drawn() -> None:
    drawn = {symbol.get("id") for symbol in ElementTree.parse(STATIC / "img" / "icons.svg").iter(f"{SVG}symbol")}
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    asked = {name for template in templates for name in USE.findall(template.read_text())}
    assert asked - drawn == set()
