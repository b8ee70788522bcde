"""Many small style sheets and scripts are one file for the browser, in `make dev` and when collected."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.test import Client

from config.static_files import JoiningFinder, join_parts, list_parts, write_if_changed

STATIC = Path(__file__).parent.parent.parent / "static"
JOINED = ("css/app.css", "js/app.js")


@pytest.fixture
def site(tmp_path: Path, settings: LazySettings) -> Path:
    """Return the folder of a site's static files: a list of two style sheets, and one sheet by itself."""
    root = tmp_path / "static"
    (root / "css" / "app").mkdir(parents=True)
    (root / "css" / "app.css").write_text('/* All. */\n@import "./app/one.css";\n@import "./app/two.css";\n')
    (root / "css" / "app" / "one.css").write_text("a { color: red; }\n")
    (root / "css" / "app" / "two.css").write_text("b { color: blue; }\n")
    (root / "css" / "alone.css").write_text("i { color: green; }\n")
    settings.STATICFILES_DIRS = [root]
    settings.JOINED_FILES = ("css/app.css",)
    settings.JOINED_ROOT = tmp_path / "joined"
    return root


def test_parts_come_in_the_order_of_the_list(site: Path) -> None:
    assert join_parts(site / "css" / "app.css") == "a { color: red; }\n\nb { color: blue; }\n"


@pytest.mark.parametrize("text", ["", "a { color: red; }", '@import "./app/one.css";\n@import "./app/one.css";\n'])
def test_a_list_imports_something_and_nothing_twice(site: Path, text: str) -> None:
    (site / "css" / "app.css").write_text(text)
    with pytest.raises(ValueError, match="each once"):
        list_parts(site / "css" / "app.css")


def test_a_missing_part_is_named(site: Path) -> None:
    (site / "css" / "app" / "two.css").unlink()
    with pytest.raises(FileNotFoundError, match=r"two\.css"):
        list_parts(site / "css" / "app.css")


def test_a_changed_part_shows_at_the_next_request(site: Path) -> None:
    finder = JoiningFinder()
    assert Path(str(finder.find("css/app.css"))).read_text() == "a { color: red; }\n\nb { color: blue; }\n"
    (site / "css" / "app" / "two.css").write_text("b { color: black; }\n")
    assert Path(str(finder.find("css/app.css"))).read_text() == "a { color: red; }\n\nb { color: black; }\n"
    assert finder.find("css/alone.css") == str(site / "css" / "alone.css")
    assert not finder.find("css/nothing.css")


def test_joined_files_are_collected_without_their_parts(site: Path) -> None:
    listed = {path: storage.path(path) for path, storage in JoiningFinder().list(None)}
    assert set(listed) == {"css/app.css", "css/alone.css"}
    assert Path(listed["css/app.css"]).read_text() == "a { color: red; }\n\nb { color: blue; }\n"


def test_an_unchanged_file_keeps_its_time(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "app.css"
    write_if_changed(target, "a {}")
    before = target.stat()
    write_if_changed(target, "a {}")
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    write_if_changed(target, "b {}")
    assert target.read_text() == "b {}"
    assert [path.name for path in target.parent.iterdir()] == ["app.css"]


@pytest.mark.parametrize("path", JOINED)
def test_pages_get_one_file(client: Client, path: str) -> None:
    served = b"".join(client.get(f"/static/{path}")).decode()
    assert served == join_parts(STATIC / path)
    assert "import" not in served.replace("!important", "")


@pytest.mark.parametrize("path", JOINED)
def test_every_part_is_imported(path: str) -> None:
    folder = (STATIC / path).with_suffix("")
    assert set(list_parts(STATIC / path)) == set(folder.rglob(f"*{(STATIC / path).suffix}"))


def test_collecting_hashes_the_joined_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    settings.STATICFILES_FINDERS = ["config.static_files.JoiningFinder"]  # without those of the administration
    call_command("collectstatic", interactive=False, verbosity=0, stdout=StringIO())
    collected = FileSystemStorage(location=tmp_path)
    for path in JOINED:
        name, suffix = path.rsplit("/", 1)[1].split(".")
        hashed = list((tmp_path / path).parent.glob(f"{name}.*.{suffix}"))
        assert [file.read_text() for file in hashed] == [join_parts(STATIC / path)]
        assert collected.exists(f"{path}.gz")
        assert not (tmp_path / path).with_suffix("").exists()
