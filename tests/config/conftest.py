"""A site with files of its own, and a web server on them; a module may put its own in the place of either."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web_process import WebServer, web_server


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory, prepared_site: Path) -> Path:
    """The files of a site without content."""
    return Path(shutil.copytree(prepared_site, tmp_path_factory.mktemp("var"), dirs_exist_ok=True))


@pytest.fixture(scope="module")
def server(var: Path) -> Iterator[WebServer]:
    """A server as `make run` starts it."""
    with web_server(var) as running:
        yield running
