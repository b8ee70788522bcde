"""Who may see a page of the signed-in, and how the others are led to signing in and back."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    htmx: HtmxDetails


def redirect_to_sign_in(request: HttpRequest, next_url: str) -> HttpResponse:
    """Lead to signing in and from there to `address`; a page, never a part of one that htmx asked for."""
    answer = redirect_to_login(next_url)
    if request.headers.get("HX-Request") != "true":
        return answer
    return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": answer.url})


def require_sign_in[**P](
    view: Callable[Concatenate[MemberRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only the signed-in see a page, and nobody keep a copy of it."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request, _get_page_url(request))
        return view(cast("MemberRequest", request), *args, **kwargs)

    return guarded


type MemberView[**P] = Callable[Concatenate[MemberRequest, P], HttpResponse]


def restrict_to[**P](
    is_allowed: Callable[[User], bool], refusal: Promise
) -> Callable[[MemberView[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Return a decorator for views of few people: `is_allowed` says of a person whether they are among them.

    Strangers are led through signing in; everybody else gets 403 with `refusal` on the page.
    """

    def decorate(view: MemberView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def restricted(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not is_allowed(request.user):
                raise PermissionDenied(str(refusal))
            return view(request, *args, **kwargs)

        return require_sign_in(restricted)

    return decorate


def _get_page_url(request: HttpRequest) -> str:
    """Return the address of the page that asks: for a part of one, the page that htmx says it stands in."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path or request.get_full_path()
