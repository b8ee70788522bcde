"""Forms that never lose what was typed: not when the session ended, not when the form's token grew too old.

A view marked `csrf_exempt` asks `token_fault` itself and shows the form again, with everything
typed and a fresh token; it must write nothing while there is a fault.
"""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware


class _Check(CsrfViewMiddleware):
    """Django's own check, which here answers with its reason instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:  # noqa: ARG002
        return reason


def token_fault(request: HttpRequest) -> str:
    """Return why a request's CSRF token does not count, '' where it does."""
    check = _Check(_never_called)
    check.process_request(request)
    return str(check.process_view(request, _never_called, (), {}) or "")


def _never_called(request: HttpRequest) -> HttpResponse:
    raise AssertionError(request)
