"""The account's own settings, and what others see of a person."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
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
from skills.web.paging import build_page_links, get_page_or_404

CONTRIBUTIONS_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def settings(request: MemberRequest) -> HttpResponse:
    """Name, public profile, language, appearance and time zone; the page goes on in the language chosen."""
    person = User.objects.get(pk=request.user.pk)  # its own row: the form writes into it even what is refused
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=person)
    if not form.is_bound:
        return render(request, "accounts/profile/settings.html", {"form": form})
    if not form.is_valid():
        return render(request, "accounts/profile/settings.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    preferences.update_preferences(request.user, **form.get_changes())
    language = form.cleaned_data["language"]
    with translation.override(language):
        messages.success(request, _("Saved."))
        response = HttpResponseRedirect(reverse("accounts:settings"))
    preferences.set_language_cookie(response, language)
    return response


@require_safe
@cache_control(private=True, no_cache=True)
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Show a person's name and what they published; raises Http404 for who has no public profile."""
    if not username.isprintable():  # a NUL, for example, which PostgreSQL does not look for
        raise Http404(_("There is nothing at this address."))
    found = get_object_or_404(User, username=username, is_public=True, is_active=True)
    page = get_page_or_404(
        Paginator(Revision.objects.by_author(found), CONTRIBUTIONS_PER_PAGE), request.GET.get("page", "1")
    )
    context = {"person": found, "page": page, "page_links": build_page_links(request, page)}
    return render(request, "accounts/profile/person.html", context)
