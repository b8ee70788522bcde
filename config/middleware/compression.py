"""Compression of responses that are not already stored compressed."""

from typing import override

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from skills.web.cache import accepts_gzip


class CompressionMiddleware(GZipMiddleware):
    """Django's middleware, but it respects a client that refuses gzip ("gzip;q=0"), which Django's reads as a yes."""

    @override
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return super().process_response(request, response)
        # A shared cache must not give this uncompressed response to clients that accept gzip, or the reverse.
        patch_vary_headers(response, ("Accept-Encoding",))
        return response
