"""Access to pages for signed-in users, and the redirect of anonymous visitors to sign-in and back."""

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

from accounts.models import User
from skills.web.requests import HtmxHeaders, get_htmx_headers, wants_fragment


class MemberRequest(HttpRequest):
    """A request of a signed-in user."""

    user: User
    htmx: HtmxHeaders


def redirect_to_sign_in(request: HttpRequest, next_url: str) -> HttpResponse:
    """Redirect to the sign-in page and from there to `next_url`.

    `next_url` is the path of a whole page, never of a fragment that htmx requested.
    An htmx request gets 401 with the header `HX-Redirect`, so that the browser loads the whole page.
    """
    answer = redirect_to_login(next_url)
    if not wants_fragment(request):
        return answer
    # htmx would follow a plain redirect and put the sign-in page into the fragment.
    return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": answer.url})


def require_sign_in[**P](
    view: Callable[Concatenate[MemberRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Restrict a view to signed-in users and forbid caches to keep its page.

    Takes a view of a `MemberRequest` and returns one of any `HttpRequest`.
    Anonymous visitors are redirected to sign-in and then back to the page.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request, _get_page_url(request))
        # The check above makes it a request of a member; mypy cannot infer that.
        return view(cast("MemberRequest", request), *args, **kwargs)

    return guarded


type MemberView[**P] = Callable[Concatenate[MemberRequest, P], HttpResponse]


def restrict_to[**P](
    is_allowed: Callable[[User], bool], refusal: Promise
) -> Callable[[MemberView[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Return a decorator for views that only some users may see.

    `is_allowed` says whether a user is one of them; `refusal` is the translatable reason for the others.
    Anonymous visitors are redirected to sign-in; other users get 403 with `refusal` on the page.
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
    """Return the path of the page that sends the request; for an htmx fragment, of the page that contains it."""
    # Only the path: scheme and host of a header must not decide where sign-in redirects to.
    return urlsplit(get_htmx_headers(request).current_url or "").path or request.get_full_path()
