"""Views that only return a constant page: the upper limit for a page of the same size behind the same middleware."""

import gzip
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from benchmarks.pages import BARE_FILE
from skills.web.cache import GZIP_LEVEL


@cache
def _read_page() -> bytes:
    """Return a page that the benchmark fetched from the site, so that length and compression are realistic."""
    return (Path(settings.VAR_DIR) / BARE_FILE).read_bytes()


@cache
def _get_compressed_page() -> bytes:
    return gzip.compress(_read_page(), GZIP_LEVEL, mtime=0)


def bare(_request: HttpRequest) -> HttpResponse:
    """Return the constant page, which the middleware compresses for each request, as for any view."""
    return HttpResponse(_read_page())


def bare_compressed(_request: HttpRequest) -> HttpResponse:
    """Return the constant page compressed in advance, as cached pages are."""
    return HttpResponse(_get_compressed_page(), headers={"Content-Encoding": "gzip"})
