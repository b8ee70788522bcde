"""How much a request may send: refused by its Content-Length, before anything of it is read or stored.

No page takes files today, so one small limit holds for every address: what the largest form of
the administration needs (`DATA_UPLOAD_MAX_MEMORY_SIZE`). A body is read whole before anything else
is done for its request, for BODY_SECONDS at most, a body without a length (chunked) up to the limit.
"""

import logging
import socket
from collections.abc import Callable
from io import BytesIO
from threading import Timer
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from gunicorn.http.errors import ParseException

from config.error_pages.handlers import too_large

logger = logging.getLogger(__name__)

BODY_SECONDS = 20  # a form of 300 kB needs 15 kB/s
READ_SIZE = 64 * 1024


class TooLarge(Exception):
    """More was sent than a request may send."""


class BodyLimitMiddleware:
    """Answers 413 to a request that is too large; placed before all that reads the body or asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            _require_small_body(request)
        except TooLarge:
            logger.warning("More was sent to %s than it takes", request.path_info)
            return too_large(request)
        return self.get_response(request)


def _require_small_body(request: HttpRequest) -> None:
    """Read the body; raises `TooLarge`, and `BadRequest` for a body that does not arrive whole and in time."""
    length = _parse_length(request.META.get("CONTENT_LENGTH", ""))
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLarge
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        is_decoded = request.META.get("wsgi.input_terminated")  # else the server leaves the chunks as they are
        _replace_body(request, _read_body(request.META) if is_decoded else b"")
    elif length > 0:
        body = _read_body(request.META, length)
        if len(body) < length:  # a view would take what is there of a form for all of it
            raise BadRequest
        _replace_body(request, body)


def _parse_length(value: str) -> int:
    """Return a Content-Length; what is no number counts as none, as it does for Django."""
    try:
        return int(value)
    except ValueError:
        return 0


def _read_body(environ: dict[str, Any], length: int | None = None) -> bytes:
    """Return a body of `length` bytes, or a chunked one to its end; raises `TooLarge` or `BadRequest`."""
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = BytesIO()
    # A sender of one byte now and then would keep a thread for ever: a time-out of the socket starts again with each.
    end = Timer(BODY_SECONDS, _stop_reading, [environ.get("gunicorn.socket")])
    end.daemon = True
    end.start()
    try:
        while piece := environ["wsgi.input"].read(_get_next_size(body.tell(), length)):
            body.write(piece)
            if body.tell() > largest:
                raise TooLarge
    except (OSError, ParseException) as error:  # it breaks off, or is not made of chunks
        raise BadRequest from error
    finally:
        end.cancel()
    return body.getvalue()


def _get_next_size(read: int, length: int | None) -> int:
    return READ_SIZE if length is None else min(READ_SIZE, length - read)


def _stop_reading(connection: socket.socket | None) -> None:
    if connection is not None:
        connection.shutdown(socket.SHUT_RD)


def _replace_body(request: HttpRequest, body: bytes) -> None:
    """Let Django find a body where it looks for one of known length."""
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = cast("BinaryIO", LimitedStream(BytesIO(body), len(body)))  # as Django's WSGIRequest has it
