"""Forms that never lose what was typed: not when the session ended, not when the form's token grew too old.

What another site posts never gets here (`community/posting/guard.py`): it must not come back with a fresh token.
A view marked `csrf_exempt` asks `token_fault` itself and shows the form again, with everything
typed and a fresh token; it must write nothing while there is a fault. `keeps_typed` does so for
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

from community.posting.form_tokens import token_fault

CSRF_FIELD = "csrfmiddlewaretoken"
WORDS = (
    *("body", "words", "decline_words", "own_reason", "text-"),
    *("name", "summary", "tag_line", "description:", "reason", "source"),
)
"""What the fields are called, or begin with, into which people write."""

NEVER_SHOWN = (CSRF_FIELD, "password", "code")


def keeps_typed[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """Answer a form of the signed-out, or with too old a token, by a page with what was typed, to be sent again."""

    @wraps(view)
    def asked(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        fault = token_fault(request)
        if not request.user.is_authenticated:
            return _kept_page(request, HTTPStatus.UNAUTHORIZED)
        return _kept_page(request, HTTPStatus.FORBIDDEN) if fault else view(request, *args, **kwargs)

    return csrf_exempt(asked)


def _kept_page(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    context = {
        "typed": typed_in(request),
        "words": words_in(request),
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


def nowhere(request: HttpRequest, why: str | Promise) -> HttpResponse:
    """Answer a suggestion sent to what is not there, or is somebody else's, by a page with what was typed (404).

    What htmx sends leaves the form on the screen, so there it raises Http404.
    """
    if request.headers.get("HX-Request") == "true":
        raise Http404(why)
    context = {"why": why, "words": words_in(request)}
    response = render(request, "community/posting/kept_nowhere.html", context, status=HTTPStatus.NOT_FOUND)
    add_never_cache_headers(response)
    return response


def typed_in(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form as they were sent, but for secrets."""
    lists = request.POST.lists()
    return [(name, text) for name, texts in lists if not name.startswith(NEVER_SHOWN) for text in texts]


def words_in(request: HttpRequest) -> list[str]:
    """Return what somebody wrote into a form, to be shown to them."""
    return [text for name, text in typed_in(request) if name.startswith(WORDS) and text.strip()]
