"""Check that a posted form is this site's own: by its origin and by its CSRF token.

A form that is shown again, filled in, carries a fresh token. So a form that another site posts must be refused
and none of its content shown: otherwise the reader would be offered to send a stranger's text in their own name.
Sources: Fetch Metadata (https://www.w3.org/TR/fetch-metadata/), RFC 6454, and Django's CSRF check.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_MALFORMED_REFERER, REASON_NO_REFERER, CsrfViewMiddleware

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ANY_ORIGIN_VIEWS = frozenset({"community:unsubscribe"})
"""Names of views to which mail programs post. The signed address itself is the proof (RFC 8058)."""

REASONS_WITHOUT_REFERER = frozenset({REASON_NO_REFERER, REASON_MALFORMED_REFERER})
"""Django's reasons over HTTPS if `Referer` is missing or empty. Its other reasons concern a `Referer` with content."""


class _CsrfCheck(CsrfViewMiddleware):
    """Django's own CSRF check, which here returns its reason instead of an error page."""

    def _reject(self, _request: HttpRequest, reason: str) -> str:
        return reason

    def is_own_origin(self, request: HttpRequest) -> bool:
        """Return whether the `Origin` header names this site or one of CSRF_TRUSTED_ORIGINS."""
        return bool(self._origin_verified(request))  # type: ignore[attr-defined]  # the stubs leave it out


def find_csrf_failure(request: HttpRequest) -> str:
    """Return why Django rejects a request's CSRF token, '' if the token is valid.

    For views that are `csrf_exempt` and check the token themselves. It also prepares the request so that
    `{% csrf_token %}` renders a fresh token.
    """
    check = _CsrfCheck(_fail_if_called)
    # The same two steps as in Django's middleware: read the cookie, then compare.
    check.process_request(request)
    return str(check.process_view(request, _fail_if_called, (), {}) or "")


def is_from_another_site(request: HttpRequest) -> bool:
    """Return whether a form was posted from another origin, a subdomain included, or without saying from where.

    1. Browsers send `Origin` with every POST, "null" if they withhold it, and no page can set `Sec-Fetch-Site`.
    2. Without `Origin`, `Sec-Fetch-Site` decides; without both, the host in `Referer`.
    3. Over HTTPS one of the three is required, as Django requires it.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    if "Origin" in request.headers:
        # Both must agree: an origin may be trusted by the settings while the browser says "cross-site".
        return site == "cross-site" or not _CsrfCheck(_fail_if_called).is_own_origin(request)
    if site in {"cross-site", "same-site", "same-origin"}:
        return site != "same-origin"
    referer = request.headers.get("Referer", "")
    if referer:
        return _parse_host(referer) not in _list_own_hosts(request)
    # Over plain HTTP Django does not ask for a Referer, so a form without any of the three is let through.
    return request.is_secure() and find_csrf_failure(request) in REASONS_WITHOUT_REFERER


def _list_own_hosts(request: HttpRequest) -> set[str]:
    """Return the hosts, with ports, that a form of this site may come from, in lower case."""
    return {request.get_host().lower(), *(_parse_host(origin) for origin in settings.CSRF_TRUSTED_ORIGINS)}


def _parse_host(address: str) -> str:
    """Return host and port of a URL, '' if it has none, which is never one of our own hosts."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:  # such as "https://[", an IPv6 address that does not end
        return ""


def _fail_if_called(request: HttpRequest) -> HttpResponse:
    """Take the place of the next middleware and of the view, which the check must never call."""
    raise AssertionError(request)
