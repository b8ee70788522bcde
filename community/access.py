"""Who may see a page of the signed-in, and how the others are led to signing in and back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    htmx: HtmxDetails


def to_sign_in(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to signing in and from there to `address`; a page, never a part of one that htmx asked for."""
    answer = redirect_to_login(address, resolve_url(settings.LOGIN_URL))
    return HttpResponseClientRedirect(answer.url) if request.headers.get("HX-Request") == "true" else answer


def for_members[**P](
    view: Callable[Concatenate[MemberRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only the signed-in see a page, and nobody keep a copy of it."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request, request.get_full_path())
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return guarded
