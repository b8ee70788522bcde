"""The four ways in which a deed is refused, each as a page with the right status."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from community.posting.kept_forms import get_typed_fields, get_typed_texts
from community.posting.refusals import OverLimit, Refused

ALERT_HEADERS = {
    "HX-Retarget": "#alerts",
    "HX-Reswap": "innerHTML show:top",
    "HX-Reselect": "unset",
    "HX-Push-Url": "false",
}
"""What puts an alert into its own region, whatever region asked, and leaves the address alone."""


def handle_refusals[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """Let a view raise a refusal, which becomes a page that says why."""

    @wraps(view)
    def answered(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as error:
            return render_refusal(request, error)

    return answered


def render_refusal(request: HttpRequest, error: Refused, **context: object) -> HttpResponse:
    """Return the page that says why a deed was refused; `context` adds to what the template knows."""
    status = error.status
    if request.headers.get("HX-Request") == "true":
        words = {"error": {"title": _("This was not done"), "text": str(error)}}
        response = render(request, "errors/alert.html", words, status=status)
        for name, value in ALERT_HEADERS.items():
            response[name] = value
        return add_retry_after(response, error)
    known = {
        "error": error,
        "status": status.value,
        "decision": getattr(error, "decision", None),
        "reasons": getattr(error, "reasons", ()),
        "words": get_typed_texts(request),
        "again": get_typed_fields(request) if isinstance(error, OverLimit) else (),
        **context,
    }
    response = render(request, "community/posting/refused.html", known, status=status)
    add_never_cache_headers(response)
    return add_retry_after(response, error)


def add_retry_after(response: HttpResponse, error: Exception) -> HttpResponse:
    """Return the answer to who is over a limit with the seconds to wait in its head."""
    if isinstance(error, OverLimit):
        response["Retry-After"] = str(error.retry_after)
    return response
