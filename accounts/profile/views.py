"""The settings of an account, and the public profile of a person."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, require_sign_in
from accounts.models import User
from accounts.profile import preferences
from accounts.profile.forms import SettingsForm
from skills.models import Revision
from skills.web.form_errors import list_form_errors
from skills.web.paging import build_page_links, get_page_or_404

CONTRIBUTIONS_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def settings(request: MemberRequest) -> HttpResponse:
    """Show the settings; a POST saves name, public profile, language, appearance and time zone.

    1. Save what was changed in this form, or show it again (422), also if something was changed elsewhere too (409).
    2. Set the language cookie.
    3. Redirect to the page in the language that was chosen.
    """
    if request.method != "POST":
        # A second object of the same row: the page around the form shows the user as well.
        form = SettingsForm(instance=User.objects.get(pk=request.user.pk))
        return render(request, "accounts/profile/settings.html", {"form": form})
    form = _save_changes(request)
    if not form.is_valid():
        context = {"form": form, "form_errors": list_form_errors(form)}
        status = HTTPStatus.CONFLICT if form.is_conflict else HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "accounts/profile/settings.html", context, status=status)
    # The language of another tab, unless it was changed here.
    language = form.get_language()
    # The message and the URL belong to the next page, which is in the new language.
    with translation.override(language):
        messages.success(request, _("Saved."))
        response = HttpResponseRedirect(reverse("accounts:settings"))
    preferences.set_language_cookie(response, language)
    return response


def _save_changes(request: MemberRequest) -> SettingsForm:
    """Return the sent form, its changes saved if it is valid."""
    with transaction.atomic():
        # Locked, so that of two tabs at the same time the second sees what the first has saved. A second object of the
        # same row: validation writes even refused values into the form's instance.
        person = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
        form = SettingsForm(request.POST, instance=person)
        if form.is_valid():
            preferences.update_preferences(request.user, **form.get_changes())
    return form


@require_safe
@cache_control(private=True, no_cache=True)
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Show a person's name and what they published.

    `username` is the part of the URL. Raises Http404 if there is no such person or their profile is not public.
    """
    if not username.isprintable():  # for example a NUL, which PostgreSQL refuses in a query
        raise Http404(_("There is nothing at this address."))
    profile_user = get_object_or_404(User, username=username, is_public=True, is_active=True)
    page = get_page_or_404(request, Paginator(Revision.objects.by_author(profile_user), CONTRIBUTIONS_PER_PAGE))
    context = {"person": profile_user, "page": page, "page_links": build_page_links(request, page)}
    return render(request, "accounts/profile/person.html", context)
