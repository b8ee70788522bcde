"""What htmx says in the headers of a request, and whether it asks for a part of a page.

No other module reads these headers, so that the Vary header of every response names those it depends on.
"""

from typing import cast, override

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

FRAGMENT_HEADERS = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")
"""The headers that say whether a part of a page is asked for, or all of it."""


class HtmxHeaders(HtmxDetails):
    """The headers of htmx. True if htmx asks for a part of a page, not for a whole one to replace the current page.

    `read_headers` are the names of the headers that were read: the response depends on these.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.read_headers: set[str] = set()

    @override
    def __bool__(self) -> bool:
        return super().__bool__() and not (self.boosted or self.history_restore_request)

    @override
    def _get_header_value(self, name: str) -> str | None:
        self.read_headers.add(name)
        return super()._get_header_value(name)


class HtmxRequest(HttpRequest):
    """A request with the attribute that `config.middleware.htmx` adds."""

    htmx: HtmxHeaders


def get_htmx_headers(request: HttpRequest) -> HtmxHeaders:
    """Return `request.htmx`, which is added to a request without it.

    A request is without it in the middleware before the site's own, and in tests that call a function directly.
    """
    found = getattr(request, "htmx", None)
    if found is None:
        found = cast("HtmxRequest", request).htmx = HtmxHeaders(request)
    return cast("HtmxHeaders", found)


def wants_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of a page.

    The same as the truth of `request.htmx`, for a request whose type does not have that attribute.
    """
    return bool(get_htmx_headers(request))
