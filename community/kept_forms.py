"""Forms that never lose what was typed: not when the session ended, not when the form's token grew too old.

A view marked `csrf_exempt` asks `token_fault` itself and shows the form again, with everything
typed and a fresh token; it must write nothing while there is a fault.
"""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

NEVER_SHOWN = ("csrfmiddlewaretoken", "password", "code")


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


def typed_in(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form as they were sent, but for secrets."""
    lists = request.POST.lists()
    return [(name, text) for name, texts in lists if not name.startswith(NEVER_SHOWN) for text in texts]
