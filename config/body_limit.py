"""How much a request may send: refused by its Content-Length, before anything of it is read or stored.

No page takes files today, so one small limit holds for every address: what the largest form of
the administration needs (`DATA_UPLOAD_MAX_MEMORY_SIZE`). A body without a length (chunked) is
read up to that limit, for BODY_SECONDS at most.
"""

import logging
import socket
from collections.abc import Callable
from io import BytesIO
from threading import Timer
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]

from config.errors import too_large

logger = logging.getLogger(__name__)

BODY_SECONDS = 20
READ_AT_ONCE = 64 * 1024


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
    """Raise `TooLarge`, or `BadRequest` for a chunked body that does not arrive; read a chunked body otherwise."""
    length = _length(request.META.get("CONTENT_LENGTH", ""))
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLarge
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        _use_body(request, _read_chunked(request.META))


def _length(value: str) -> int:
    """Return a Content-Length; what is no number counts as none, as it does for Django."""
    try:
        return int(value)
    except ValueError:
        return 0


def _read_chunked(environment: dict[str, Any]) -> bytes:
    """Return a chunked body, empty where the server does not decode them; raises `TooLarge` or `BadRequest`."""
    if not environment.get("wsgi.input_terminated"):
        return b""
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = BytesIO()
    # A sender of one byte now and then would keep a thread for ever: a time-out of the socket starts again with each.
    end = Timer(BODY_SECONDS, _stop_reading, [environment.get("gunicorn.socket")])
    end.daemon = True
    end.start()
    try:
        while piece := environment["wsgi.input"].read(READ_AT_ONCE):
            body.write(piece)
            if body.tell() > largest:
                raise TooLarge
    except (OSError, ParseException) as error:  # it breaks off, or is not made of chunks
        raise BadRequest from error
    finally:
        end.cancel()
    return body.getvalue()


def _stop_reading(connection: socket.socket | None) -> None:
    if connection is not None:
        connection.shutdown(socket.SHUT_RD)


def _use_body(request: HttpRequest, body: bytes) -> None:
    """Let Django find a body where it looks for one of known length."""
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = LimitedStream(BytesIO(body), len(body))  # type: ignore[assignment]
