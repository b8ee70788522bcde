"""Forms that never lose what was typed: not when the session ended, not when the form's token grew too old.

What another site posts never gets here (`community/posting/guard.py`): it must not come back with a fresh token.
A view marked `csrf_exempt` asks `find_csrf_failure` itself and shows the form again, with everything
typed and a fresh token; it must write nothing while there is a fault. `keep_typed_input` does so for
forms of few words, with a page of its own.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.views.decorators.csrf import csrf_exempt

from community.posting.form_tokens import find_csrf_failure

CSRF_FIELD = "csrfmiddlewaretoken"
TEXT_FIELD_PREFIXES = (
    *("body", "message", "decline_message", "own_reason", "text-"),
    *("name", "summary", "tag_line", "description:", "reason", "source"),
)
"""What the fields are called, or begin with, into which people write."""

SECRET_FIELD_PREFIXES = (CSRF_FIELD, "password", "code")


def keep_typed_input[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """Answer a form of the signed-out, or with too old a token, by a page with what was typed, to be sent again."""

    @wraps(view)
    def asked(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        fault = find_csrf_failure(request)
        if not request.user.is_authenticated:
            return _render_kept_form(request, HTTPStatus.UNAUTHORIZED)
        return _render_kept_form(request, HTTPStatus.FORBIDDEN) if fault else view(request, *args, **kwargs)

    return csrf_exempt(asked)


def _render_kept_form(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    context = {
        "typed": get_typed_fields(request),
        "words": get_typed_texts(request),
        "is_signed_out": status == HTTPStatus.UNAUTHORIZED,
        "address": request.get_full_path(),
    }
    is_htmx = request.headers.get("HX-Request") == "true"
    response = render(
        request,
        "community/posting/kept.html#kept" if is_htmx else "community/posting/kept.html",
        context,
        status=status,
    )
    if is_htmx:
        for name, value in {"HX-Retarget": "#main", "HX-Reswap": "innerHTML show:top", "HX-Push-Url": "false"}.items():
            response[name] = value
    add_never_cache_headers(response)
    return response


def render_missing_target(request: HttpRequest, why: str | Promise) -> HttpResponse:
    """Answer a suggestion sent to what is not there, or is somebody else's, by a page with what was typed (404).

    What htmx sends leaves the form on the screen, so there it raises Http404.
    """
    if request.headers.get("HX-Request") == "true":
        raise Http404(why)
    context = {"why": why, "words": get_typed_texts(request)}
    response = render(request, "community/posting/kept_nowhere.html", context, status=HTTPStatus.NOT_FOUND)
    add_never_cache_headers(response)
    return response


def get_typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form as they were sent, but for secrets."""
    lists = request.POST.lists()
    return [(name, text) for name, texts in lists if not name.startswith(SECRET_FIELD_PREFIXES) for text in texts]


def get_typed_texts(request: HttpRequest) -> list[str]:
    """Return what somebody wrote into a form, to be shown to them."""
    return [text for name, text in get_typed_fields(request) if name.startswith(TEXT_FIELD_PREFIXES) and text.strip()]
