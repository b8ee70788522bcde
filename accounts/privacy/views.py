"""Pages on which a person exports their data or deletes their account."""

from http import HTTPStatus

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import privacy
from accounts.access import MemberRequest, require_sign_in
from accounts.models import DataExport
from accounts.privacy.forms import DeletionForm
from skills.web.form_errors import list_form_errors


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def export(request: MemberRequest) -> HttpResponse:
    """Show the state of the user's export; a POST requests one."""
    if request.method == "POST":
        privacy.request_export(request.user)
        return HttpResponseRedirect(reverse("accounts:export"))
    user_export = privacy.find_export(request.user)
    return render(request, "accounts/privacy/export.html", {"export": user_export, "states": DataExport.State})


@require_safe
@require_sign_in
def download(request: MemberRequest, pk: int) -> HttpResponse:
    """Return the user's export as a file.

    `pk` is the id of the export. Raises Http404 for another person's export, an expired one, or one that is not ready.
    """
    user_export = privacy.find_export(request.user)
    if user_export is None or user_export.pk != pk or user_export.ready_at is None:
        raise Http404(_("There is nothing at this address."))
    name = f"stufenplan-{user_export.ready_at:%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(user_export.content, content_type="application/json", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the user's account: a GET shows what that means, a POST does it once it is confirmed.

    1. Ask for the sign-in again, unless it is recent.
    2. Delete the account and everything about the person, and end this session.
    3. Redirect to the home page with a message.

    The last administrator gets 403 with the reason. Raises `ReauthenticationRequired`, which allauth answers.
    """
    person = request.user
    if not person.is_authenticated:
        # The form was sent twice: the first POST has deleted the account and signed the person out.
        return _redirect_home() if request.method == "POST" else redirect_to_login(request.get_full_path())
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired
    form = DeletionForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_bound and form.is_valid():
            privacy.delete_account(person)
            logout(request)
            messages.success(request, _("Your account is deleted."))
            return _redirect_home()
        # Ask before the form is shown: its button would fail.
        privacy.require_other_administrator(person)
    except privacy.LastAdministrator as refusal:
        return render(request, "accounts/privacy/delete.html", {"refusal": refusal}, status=HTTPStatus.FORBIDDEN)
    context = {"form": form, "form_errors": list_form_errors(form)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/privacy/delete.html", context, status=status)


def _redirect_home() -> HttpResponse:
    return HttpResponseRedirect(reverse("skills:home"))
