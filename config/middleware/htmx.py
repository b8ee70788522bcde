"""What scripts and caches must know of a response: that this site sent it, and which headers of htmx it depends on."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from skills.web.requests import get_htmx_headers

MARK = "X-Stufenplan"
"""The header of every response of this site, also of errors, redirects and 304.

A proxy's error page and the sign-in page of a Wi-Fi network do not have it: static/js/app/failures.js does not put
them into a page. Browsers keep it with a cached response.
"""


class HtmxMiddleware:
    """Adds `request.htmx`, and to each response the mark and a Vary header; placed before all other middleware.

    A view that reads `request.htmx` need not say so: what it reads is noted, see `HtmxHeaders`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; Vary names the headers that were read on the way."""
        htmx = get_htmx_headers(request)
        response = self.get_response(request)
        response[MARK] = "1"
        if htmx.read_headers:
            patch_vary_headers(response, sorted(htmx.read_headers))
        return response
