"""How staff enter Django admin: by the site's own sign-in and, if required, with a second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast, override
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

# Session key of the URL to continue with after the second factor is set up.
NEXT_KEY = "after_second_factor"


class AdminSite(admin.AdminSite):
    """Django admin without a sign-in form of its own."""

    @override
    def login(self, request: HttpRequest, _extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect anonymous visitors to sign-in and staff to `next`; raises PermissionDenied for other users."""
        if self.has_permission(request):
            return HttpResponseRedirect(get_next_url(request))
        if request.user.is_authenticated:
            raise PermissionDenied
        query = urlencode({REDIRECT_FIELD_NAME: get_next_url(request)})
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")

    @override
    def admin_view[View: Callable[..., HttpResponseBase]](self, view: View, cacheable: bool = False) -> View:
        """Return a view for staff; redirect those who lack a required second factor to its setup."""
        staff_view = super().admin_view(view, cacheable)

        @wraps(staff_view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.has_permission(request) and needs_second_factor(request.user):
                is_page = request.method in {"GET", "HEAD"}
                # A POST cannot be repeated after the setup, so it continues at the first page.
                request.session[NEXT_KEY] = request.get_full_path() if is_page else reverse("admin:index")
                return HttpResponseRedirect(reverse("mfa_index"))
            if NEXT_KEY in request.session:
                del request.session[NEXT_KEY]
            return staff_view(request, *args, **kwargs)

        return cast("View", guarded)


def needs_second_factor(user: Any) -> bool:
    """Return whether a user must set up a second factor before they may enter (REQUIRE_STAFF_MFA).

    `user` is signed in.
    """
    assert isinstance(user, User)
    return settings.REQUIRE_STAFF_MFA and not is_mfa_enabled(user)


def get_next_url(request: HttpRequest) -> str:
    """Return the URL in the parameter `next`, or else the admin's first page.

    A URL of another site, or an insecure one, counts as missing: otherwise a link to this site could
    redirect readers to a foreign page that looks like it.
    """
    next_url = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_own_url = url_has_allowed_host_and_scheme(next_url, {request.get_host()}, require_https=request.is_secure())
    return next_url if is_own_url else reverse("admin:index")
