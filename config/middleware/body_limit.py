"""How much a request may send: a body that is too large is refused before it is read or stored.

No page takes files today, so one small limit applies to every URL: what the largest form of the
administration needs (`DATA_UPLOAD_MAX_MEMORY_SIZE`). A body with a Content-Length above the limit is refused
unread; a body without a length (chunked) is read up to the limit. The whole body is read before anything else
is done for its request, for BODY_SECONDS at most.
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
    """The body is larger than a request may send."""


class BodyLimitMiddleware:
    """Answers 413 to a request that is too large; placed before everything that reads the body or uses the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Read the whole body, then answer the request; raises `BadRequest` for an incomplete body."""
        try:
            _require_small_body(request)
        except TooLarge:
            logger.warning("Request body too large for %s", request.path_info)
            return too_large(request)
        return self.get_response(request)


def _require_small_body(request: HttpRequest) -> None:
    """Read the body. Raises `TooLarge`, and `BadRequest` for a body that does not arrive completely and in time."""
    length = _parse_length(request.META.get("CONTENT_LENGTH", ""))
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLarge
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Set by servers that decode chunks. Others pass on the raw chunks, so their body counts as empty.
        is_decoded = request.META.get("wsgi.input_terminated")
        _replace_body(request, _read_body(request.META) if is_decoded else b"")
    elif length > 0:
        body = _read_body(request.META, length)
        if len(body) < length:  # otherwise a view would process a truncated form as a complete one
            raise BadRequest
        _replace_body(request, body)


def _parse_length(value: str) -> int:
    """Return a Content-Length in bytes; 0 for text that is not a number, as Django does."""
    try:
        return int(value)
    except ValueError:
        return 0


def _read_body(environ: dict[str, Any], length: int | None = None) -> bytes:
    """Return a body of `length` bytes, or a chunked one to its end; raises `TooLarge` or `BadRequest`."""
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = BytesIO()
    # A socket time-out starts again with each byte, so a client that sends one byte now and then
    # would keep a thread for ever. The timer limits the total time.
    end = Timer(BODY_SECONDS, _stop_reading, [environ.get("gunicorn.socket")])
    end.daemon = True
    end.start()
    try:
        while piece := environ["wsgi.input"].read(_get_next_size(body.tell(), length)):
            body.write(piece)
            if body.tell() > largest:
                raise TooLarge
    except (OSError, ParseException) as error:  # the connection broke off, or the chunks are malformed
        raise BadRequest from error
    finally:
        end.cancel()
    return body.getvalue()


def _get_next_size(read: int, length: int | None) -> int:
    return READ_SIZE if length is None else min(READ_SIZE, length - read)


def _stop_reading(connection: socket.socket | None) -> None:
    """End a read that waits in another thread."""
    if connection is not None:
        connection.shutdown(socket.SHUT_RD)


def _replace_body(request: HttpRequest, body: bytes) -> None:
    """Put a body that was read where Django looks for one of known length."""
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = cast("BinaryIO", LimitedStream(BytesIO(body), len(body)))  # as in Django's WSGIRequest
