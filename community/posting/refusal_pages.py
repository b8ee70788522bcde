"""Pages for actions that are refused, each with the status of its refusal."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from community.posting.kept_forms import get_typed_fields, get_typed_texts
from community.posting.refusals import OverLimit, Refused
from skills.web.requests import wants_fragment

ALERT_HEADERS = {
    "HX-Retarget": "#alerts",
    "HX-Reswap": "innerHTML show:top",
    "HX-Reselect": "unset",
    "HX-Push-Url": "false",
}
"""Headers for htmx: put an alert into its own region, whichever region sent the request, and keep the address."""


def handle_refusals[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """Decorate a view so that it may raise any `Refused`, which becomes a page with the reason.

    A view that answers some refusals itself catches those first.
    """

    @wraps(view)
    def call_and_catch(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as error:
            return render_refusal(request, error)

    return call_and_catch


def render_refusal(request: HttpRequest, error: Refused, **context: object) -> HttpResponse:
    """Return the page with the reason why an action was refused, or for htmx an alert.

    The page shows what was typed. After `OverLimit` it also has a button to send the same form again, since a
    short wait is enough. `context` adds to or replaces values of the template, such as `draft`.
    """
    status = error.status
    if wants_fragment(request):
        # The form stays on the screen with everything typed, so the alert needs only the reason.
        alert = {"error": {"title": _("This was not done"), "text": str(error)}}
        response = render(request, "errors/alert.html", alert, status=status)
        for name, value in ALERT_HEADERS.items():
            response[name] = value
        return add_retry_after(response, error)
    values = {
        "error": error,
        "status": status.value,
        # Some refusals carry more: `TooLate` the decision that was faster, `InvalidInput` several reasons.
        "decision": getattr(error, "decision", None),
        "reasons": getattr(error, "reasons", ()),
        "texts": get_typed_texts(request),
        "again": get_typed_fields(request) if isinstance(error, OverLimit) else (),
        **context,
    }
    response = render(request, "community/posting/refused.html", values, status=status)
    add_never_cache_headers(response)  # the page shows private text
    return add_retry_after(response, error)


def add_retry_after(response: HttpResponse, error: Exception) -> HttpResponse:
    """Return the response, after `OverLimit` with the header `Retry-After` in seconds.

    Any other error leaves the response unchanged.
    """
    if isinstance(error, OverLimit):
        response["Retry-After"] = str(error.retry_after)
    return response
