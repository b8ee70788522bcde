"""How staff enter Django admin: through the site's own sign-in and, where asked for, with a second factor."""

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

# Where somebody goes on to once they have a second factor; kept in the session while they set it up.
NEXT_KEY = "after_second_factor"


class AdminSite(admin.AdminSite):
    """Django admin without a sign-in form of its own."""

    @override
    def login(self, request: HttpRequest, _extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead strangers to the site's sign-in and staff to where they want; raises PermissionDenied for others."""
        if self.has_permission(request):
            return HttpResponseRedirect(get_next_url(request))
        if request.user.is_authenticated:
            raise PermissionDenied
        query = urlencode({REDIRECT_FIELD_NAME: get_next_url(request)})
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")

    @override
    def admin_view[View: Callable[..., HttpResponseBase]](self, view: View, cacheable: bool = False) -> View:
        """Return a view for staff; those who lack a second factor that is asked for are led to set one up."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.has_permission(request) and needs_second_factor(request.user):
                is_page = request.method in {"GET", "HEAD"}
                request.session[NEXT_KEY] = request.get_full_path() if is_page else reverse("admin:index")
                return HttpResponseRedirect(reverse("mfa_index"))
            if NEXT_KEY in request.session:
                del request.session[NEXT_KEY]
            return inner(request, *args, **kwargs)

        return cast("View", entered)


def needs_second_factor(user: Any) -> bool:
    """Whether somebody must set up a second factor before they may enter (REQUIRE_STAFF_MFA)."""
    assert isinstance(user, User)
    return settings.REQUIRE_STAFF_MFA and not is_mfa_enabled(user)


def get_next_url(request: HttpRequest) -> str:
    """Return the page of this site that `next` names, else the admin's first page."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")
