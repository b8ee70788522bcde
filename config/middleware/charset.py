"""Every request body must be UTF-8."""

import codecs
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class Utf8Middleware:
    """Refuses a body that declares another charset.

    Another charset can turn bytes into text that neither a page nor a database accepts, such as the lone
    surrogates of UTF-7.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; raises `BadRequest` if its Content-Type names a charset other than UTF-8."""
        if not _is_utf8(request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"):
            raise BadRequest
        return self.get_response(request)


def _is_utf8(charset: str) -> bool:
    try:
        # The registry of codecs knows all spellings: "UTF8", "utf_8", "U8".
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):  # an unknown name; a name that holds a NUL
        return False
