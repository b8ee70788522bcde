"""Whether a form that is sent is this site's own: from where it was posted, and whether its token counts.

A form that comes back filled in carries a fresh token. What a page of another site posts must therefore get a
refusal and nothing of itself back: else the reader would be offered to send a stranger's words in their own name.
Source: Fetch Metadata (https://www.w3.org/TR/fetch-metadata/), RFC 6454, and Django's CSRF check.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_MALFORMED_REFERER, REASON_NO_REFERER, CsrfViewMiddleware

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ANY_ORIGIN_VIEWS = frozenset({"community:unsubscribe"})
"""Names of views to which mail programs post; the address itself is the proof (RFC 8058)."""

REASONS_WITHOUT_REFERER = frozenset({REASON_NO_REFERER, REASON_MALFORMED_REFERER})
"""What Django answers by https where `Referer` is missing or empty; other faults of it need one that says something."""


class _Check(CsrfViewMiddleware):
    """Django's own check, which here answers with its reason instead of a page."""

    def _reject(self, _request: HttpRequest, reason: str) -> str:
        return reason

    def is_own_origin(self, request: HttpRequest) -> bool:
        return bool(self._origin_verified(request))  # type: ignore[attr-defined]  # the stubs leave it out


def find_csrf_failure(request: HttpRequest) -> str:
    """Return why a request's CSRF token does not count, '' where it does."""
    check = _Check(_fail_if_called)
    check.process_request(request)
    return str(check.process_view(request, _fail_if_called, (), {}) or "")


def is_from_another_site(request: HttpRequest) -> bool:
    """Return whether a form was posted from another origin, a sub-domain included, or does not say from where.

    Browsers send `Origin` with every POST, "null" where it is withheld, and no page can set `Sec-Fetch-Site`.
    Without both the `Referer` speaks. By https one of the three is required, as Django requires it.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    if "Origin" in request.headers:
        return site == "cross-site" or not _Check(_fail_if_called).is_own_origin(request)
    if site in {"cross-site", "same-site", "same-origin"}:
        return site != "same-origin"
    referer = request.headers.get("Referer", "")
    if referer:
        return _parse_host(referer) not in _list_own_hosts(request)
    return request.is_secure() and find_csrf_failure(request) in REASONS_WITHOUT_REFERER


def _list_own_hosts(request: HttpRequest) -> set[str]:
    return {request.get_host().lower(), *(_parse_host(origin) for origin in settings.CSRF_TRUSTED_ORIGINS)}


def _parse_host(address: str) -> str:
    """Return host and port of an address, '' where it has none: that is no host of ours."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _fail_if_called(request: HttpRequest) -> HttpResponse:
    raise AssertionError(request)
