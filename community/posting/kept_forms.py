"""Forms that never lose what was typed, even if the session has ended or the CSRF token is too old.

A form of another site never gets here (`community/posting/guard.py`): it must not be shown again with a fresh token.
A view marked `csrf_exempt` calls `find_csrf_failure` itself and shows the form again, with everything that was
typed and a fresh token. It must write nothing while there is a failure. `keep_typed_input` does this for short
forms, with a page of its own.
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
from skills.web.requests import wants_fragment

CSRF_FIELD = "csrfmiddlewaretoken"
TEXT_FIELD_PREFIXES = (
    *("body", "message", "decline_message", "own_reason", "text-"),
    *("name", "summary", "tag_line", "description:", "reason", "source"),
)
"""How the names of the fields begin into which people write a text, such as "text-" in "text-3"."""

SECRET_FIELD_PREFIXES = (CSRF_FIELD, "password", "code")
"""How the names of the fields begin that no page repeats; the form that is sent again has a token of its own."""


def keep_typed_input[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """Decorate a view so that a form it cannot accept comes back on a page, to be sent again.

    1. Call the view for anything but POST, and for a POST with a valid CSRF token from a signed-in person.
    2. Answer a form of a person who is signed out with that page (401).
    3. Answer a form with a CSRF token that is too old or missing with that page (403).
    """

    @wraps(view)
    def check_and_call(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        # Before both answers: it also prepares the fresh token for the form on the page.
        csrf_failure = find_csrf_failure(request)
        if not request.user.is_authenticated:
            return _render_kept_form(request, HTTPStatus.UNAUTHORIZED)
        return _render_kept_form(request, HTTPStatus.FORBIDDEN) if csrf_failure else view(request, *args, **kwargs)

    # Exempt from Django's own check, which would answer with an error page and lose the text.
    return csrf_exempt(check_and_call)


def _render_kept_form(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """Return the page with the sent form, or for htmx its main part; `status` is 401 or 403."""
    context = {
        "typed": get_typed_fields(request),
        "texts": get_typed_texts(request),
        "is_signed_out": status == HTTPStatus.UNAUTHORIZED,
        "address": request.get_full_path(),
    }
    is_htmx = wants_fragment(request)
    response = render(
        request,
        "community/posting/kept.html#kept" if is_htmx else "community/posting/kept.html",
        context,
        status=status,
    )
    if is_htmx:
        # The form asked for a small region; this answer replaces the whole main part of the page.
        for name, value in {"HX-Retarget": "#main", "HX-Reswap": "innerHTML show:top", "HX-Push-Url": "false"}.items():
            response[name] = value
    add_never_cache_headers(response)  # the page shows private text
    return response


def render_missing_target(request: HttpRequest, reason: str | Promise) -> HttpResponse:
    """Return a page with what was typed (404), for a suggestion sent to a page or draft that the person cannot reach.

    `reason` is the heading, in the reader's language: the target does not exist or belongs to another person.
    Raises `Http404` for a request of htmx, which leaves the form on the screen.
    """
    if wants_fragment(request):
        raise Http404(reason)
    context = {"reason": reason, "texts": get_typed_texts(request)}
    response = render(request, "community/posting/kept_nowhere.html", context, status=HTTPStatus.NOT_FOUND)
    add_never_cache_headers(response)
    return response


def get_typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return name and value of each field of a sent form, except secrets.

    A field that was sent with several values comes several times, in the order of the form.
    """
    lists = request.POST.lists()
    return [(name, text) for name, texts in lists if not name.startswith(SECRET_FIELD_PREFIXES) for text in texts]


def get_typed_texts(request: HttpRequest) -> list[str]:
    """Return the texts that a person wrote into a form, to be shown to them.

    Only fields of `TEXT_FIELD_PREFIXES` count; empty texts are left out.
    """
    return [text for name, text in get_typed_fields(request) if name.startswith(TEXT_FIELD_PREFIXES) and text.strip()]
