"""What the site writes is readable by its owner only, whatever wrote it and whatever was there before."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import private_files
from tests.web_process import ROOT, prepare, run, web_server

MAIL = """
import django; django.setup()
from django.core.mail import mailers, EmailMessage
import accounts.mail.sending
message = EmailMessage("Subject", "Text", "a@example.org", ["b@example.org"], headers={
    "Message-ID": "<1@example.org>", "Date": "Thu, 26 Nov 2026 10:00:00 +0000"})
mailers["transport"].send_messages([message])
"""


def printed_by(code: str) -> str:
    """Run Python to its end, however it ends; return what it wrote to standard error."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stderr


def modes(folder: Path) -> dict[str, str]:
    """Return what others may do with a folder and everything in it, as far as that is anything."""
    paths = [folder, *folder.rglob("*")]
    return {str(path): oct(path.stat().st_mode) for path in paths if path.stat().st_mode & 0o077}


@pytest.fixture(autouse=True)
def _open_handed() -> Iterator[None]:
    """Let processes begin with the umask of most systems."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    before = os.umask(0o022)
    folder = tmp_path_factory.mktemp("site") / "var"
    prepare(folder)
    os.umask(before)
    return folder


def test_commands_web_server_and_worker_write_nothing_that_others_may_read(var: Path) -> None:
    access_log = var / "access.log"
    with web_server(var, ACCESS_LOG=str(access_log)) as server:
        server.post("/en/accounts/password/reset/", {"email": "anna@example.org"})
        run(var, "manage.py", "run_worker", "--once")
        run(var, "-c", MAIL)
        names = {path.name.partition(".")[2] or path.name for path in var.rglob("*")}
        assert {"sqlite3", "sqlite3-wal", "sqlite3-shm", "secret-key", "eml", "log", "json"} <= names
        assert "access.log" in {path.name for path in var.iterdir()}
        assert modes(var) == {}


def test_wrong_modes_are_repaired_at_the_start_and_links_are_not_followed(tmp_path: Path) -> None:
    var, outside = tmp_path / "var", tmp_path / "outside"
    (var / "mail" / "old").mkdir(parents=True)
    for path in (outside, var / "stufenplan.sqlite3", var / "mail" / "old" / "1.eml"):
        path.write_text("")
        path.chmod(0o644)
    (var / "link").symlink_to(outside)
    (var / "lost").symlink_to(tmp_path / "nowhere")
    for folder in (var, var / "mail", var / "mail" / "old"):
        folder.chmod(0o775)
    run(var, "-m", "config.single_instance", "test", "true")
    outside.unlink()
    (var / "link").unlink()
    (var / "lost").unlink()
    assert modes(var) == {}


def test_what_the_link_points_to_is_left_alone(tmp_path: Path) -> None:
    var, outside = tmp_path / "var", tmp_path / "outside"
    var.mkdir()
    outside.mkdir()
    (outside / "file").write_text("")
    outside.chmod(0o755)
    (outside / "file").chmod(0o644)
    (var / "folder").symlink_to(outside)
    (var / "file").symlink_to(outside / "file")
    private_files.make_private(var, is_recursive=True)
    assert set(modes(outside).values()) == {"0o40755", "0o100644"}


def test_every_command_repairs_the_folder_and_what_lies_directly_in_it(tmp_path: Path) -> None:
    key = tmp_path / "secret-key"
    key.write_text("b4Zq-8yTnWc2LsVx7RkEoHuJ5MfDpAg9Qi3CtXw6NzKv1SYUhB")
    key.chmod(0o644)
    tmp_path.chmod(0o755)
    run(tmp_path, "manage.py", "check")
    assert modes(tmp_path) == {}


NOBODY = 65534
START_AS_NOBODY = f"""
import os, sys
from config import single_instance
os.setuid({NOBODY})
os.environ["VAR_DIR"] = sys.argv[1]
single_instance.main("test", ["echo", "started"])
"""
as_administrator = pytest.mark.skipif(os.geteuid() != 0, reason="only an administrator can become another user")


def start_as_nobody(var: Path) -> tuple[str, str]:
    """Start a command on a folder as another user; return what was printed on standard output and error."""
    os.chown(var, NOBODY, NOBODY)
    done = subprocess.run(
        [sys.executable, "-c", START_AS_NOBODY, var], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout, done.stderr


@as_administrator
@pytest.mark.parametrize(("names", "more"), [(["lost+found"], ""), (["one", "two"], " and 1 more")])
def test_a_closed_folder_of_another_user_is_reported_in_one_line(names: list[str], more: str) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # pytest's own folders are closed to others
        var = Path(name)
        for closed in names:
            (var / closed).mkdir(mode=0o700)
            (var / closed / "file").write_text("")
        printed, errors = start_as_nobody(var)
        assert printed == "started\n"
        assert errors.count("\n") == 1
        assert errors.startswith(f"This user may not open {var}/")
        assert errors.endswith(f"{more}, so what lies there is left as it is.\n")


@as_administrator
def test_what_belongs_to_another_user_is_reported_in_one_line() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        var = Path(name)
        (var / "deep").mkdir()
        os.chown(var / "deep", NOBODY, NOBODY)
        for path in (var / "deep" / "one", var / "deep" / "two"):
            path.write_text("")
            path.chmod(0o644)
        printed, errors = start_as_nobody(var)
        assert printed == "started\n"
        assert errors.count("\n") == 1
        assert errors.startswith(f"Others may read {var}/deep/")
        assert errors.endswith(" and 1 more, and this user may not change that.\n")


@as_administrator
@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (0o755, "Stufenplan cannot start: VAR_DIR: {} belongs to another user, and this one may not write there\n"),
        (0o700, "Stufenplan cannot start: VAR_DIR: {} belongs to another user, and this one may not write there\n"),
        (0o777, "Others may read {}, and this user may not change that.\n"),
    ],
)
def test_a_folder_of_another_user_gives_one_line(mode: int, words: str) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # pytest's own folders are closed to others
        assert_one_line(Path(name), mode, words)


def assert_one_line(var: Path, mode: int, words: str) -> None:
    var.chmod(mode)
    code = f"""
import os
from pathlib import Path
from config import environment
os.setuid(65534)
os.environ["VAR_DIR"] = {str(var)!r}
environment.prepare_private_folder("VAR_DIR", Path("/nowhere"))
"""
    assert printed_by(code) == words.format(var)


@pytest.mark.parametrize("shared", ["/tmp", "/"])
def test_a_folder_that_is_everybodys_is_refused_and_left_alone(shared: str) -> None:
    before = Path(shared).stat().st_mode
    printed = printed_by(f"import os; os.environ['VAR_DIR'] = {shared!r}; from config import settings")
    assert (
        printed
        == f"Stufenplan cannot start: VAR_DIR: {shared} is shared by everybody; name a folder of the site's own\n"
    )
    assert Path(shared).stat().st_mode == before
