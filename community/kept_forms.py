"""Forms that never lose what was typed: not when the session ended, not when the form's token grew too old.

A view marked `csrf_exempt` asks `token_fault` itself and shows the form again, with everything
typed and a fresh token; it must write nothing while there is a fault.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
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


def signed_in[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """Lead strangers through signing in; also where htmx asks, so that no page for signing in lands inside a region."""

    @wraps(view)
    def asked(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.headers.get("HX-Request") != "true":
            return redirect_to_login(request.get_full_path())
        back = urlsplit(request.headers.get("HX-Current-URL", "")).path or request.path
        login = redirect_to_login(back)["Location"]
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": login})

    return asked


def _never_called(request: HttpRequest) -> HttpResponse:
    raise AssertionError(request)
