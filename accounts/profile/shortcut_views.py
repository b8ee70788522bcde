"""The page of the keyboard shortcuts: what each key does, and the switch that turns them off or asks for Alt."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.models.person import Shortcuts
from accounts.profile.forms import ShortcutsForm
from accounts.profile.preferences import COOKIE_SECONDS, update_preferences
from skills.web.form_errors import list_form_errors
from skills.web.requests import HtmxRequest

SHORTCUTS_COOKIE = "shortcuts"  # static/js/app/shortcuts.js reads it


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def shortcuts(request: HtmxRequest) -> HttpResponse:
    """Show the keys and the switch; a POST saves its position: with the account, for a visitor in a cookie.

    htmx gets an empty response, because the dialog of the review queue shows the choice already.
    """
    stored = get_choice(request)
    form = ShortcutsForm(request.POST if request.method == "POST" else None, initial={"shortcuts": stored})
    if not form.is_valid():
        refused = HTTPStatus.CONFLICT if form.is_conflict else HTTPStatus.UNPROCESSABLE_ENTITY
        context = {"form": form, "form_errors": list_form_errors(form)}
        return render(
            request, "accounts/profile/shortcuts.html", context, status=refused if form.is_bound else HTTPStatus.OK
        )
    choice = form.get_changes().get("shortcuts", stored)
    if not request.htmx:
        messages.success(request, _("Saved."))
    response = HttpResponse(status=HTTPStatus.NO_CONTENT) if request.htmx else redirect("accounts:shortcuts")
    if isinstance(request.user, User):
        update_preferences(request.user, shortcuts=choice)
    else:
        secure = settings.LANGUAGE_COOKIE_SECURE
        response.set_cookie(SHORTCUTS_COOKIE, choice, max_age=COOKIE_SECONDS, samesite="Lax", secure=secure)
    return response


def get_choice(request: HttpRequest) -> str:
    """Return what the reader has chosen, a value of `Shortcuts`: with the account, or else in this browser."""
    if isinstance(request.user, User):
        return request.user.shortcuts
    cookie = request.COOKIES.get(SHORTCUTS_COOKIE, "")
    return cookie if cookie in Shortcuts.values else Shortcuts.ON
