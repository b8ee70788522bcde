"""Pages on which a user changes their address and the owners of both addresses confirm it."""

from collections.abc import Callable
from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from allauth.core.internal import ratelimit
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, require_sign_in
from accounts.address import change as email_change
from accounts.confirmed_addresses import require_visible
from accounts.limits import counting
from accounts.limits.pages import explain_limit
from accounts.models import EmailChange, User
from skills.web.form_errors import list_form_errors

type AddressView = Callable[[MemberRequest], HttpResponse]

GET_OR_POST = ["GET", "HEAD", "POST"]
require_recent_sign_in: Callable[[AddressView], AddressView] = reauthentication_required(allow_get=True)
# In allauth's notation: 5 requests in an hour for each user.
LIMITS = {"change_email": "5/h/user"}
WAIT_SECONDS = 3600


class AddressForm(forms.Form):
    """The form for the new address."""

    new_email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        max_length=EmailChange._meta.get_field("new_email").max_length,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    # Which request the page displays, see `change.build_displayed`.
    displayed = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.user = user

    def display(self, change: EmailChange | None) -> None:
        """Let the form that is shown next say that its page displays this request, or that there is none."""
        displayed = email_change.build_displayed(change)
        self.initial["displayed"] = displayed
        if isinstance(self.data, QueryDict):
            self.data = self.data.copy()
            self.data["displayed"] = displayed

    def clean_new_email(self) -> str:
        """Return the address in lower case; raises `ValidationError` for the current one and for a misleading one."""
        new_email = str(self.cleaned_data["new_email"]).lower()
        require_visible(new_email)
        if new_email == self.user.email.lower():
            raise forms.ValidationError(_("This is your address already."))
        return new_email


@require_http_methods(GET_OR_POST)
@require_sign_in
@require_recent_sign_in
def address(request: MemberRequest) -> HttpResponse:
    """Show the address and a pending change; a POST requests a change.

    1. Check the form (422), the user's limit of requests and the limit of mail to the new address (429).
    2. Request the change, which sends mail to both addresses.
    3. Redirect to this page.
    """
    user = request.user
    form = AddressForm(user, request.POST) if request.method == "POST" else AddressForm(user)
    if not form.is_bound:
        return _render_address_page(request, user, form, HTTPStatus.OK)
    if not form.is_valid():
        return _render_address_page(request, user, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not ratelimit.consume(request, app="accounts", action="change_email", config=LIMITS, user=user):
        form.add_error(None, _("You asked several times in a short while. Please try again in an hour."))
        return _render_address_page(request, user, form, HTTPStatus.TOO_MANY_REQUESTS)
    try:
        # This also limits the mail that other accounts and sign-ups send to this address.
        counting.record_attempt(request, counting.MAIL, form.cleaned_data["new_email"])
    except counting.LimitReached as reached:
        form.add_error("new_email", explain_limit(reached))
        return _render_address_page(request, user, form, HTTPStatus.TOO_MANY_REQUESTS, retry_after=reached.retry_after)
    try:
        email_change.request_change(
            user,
            form.cleaned_data["new_email"],
            request.build_absolute_uri,
            displayed=request.POST.get("displayed"),
        )
    except email_change.OtherChange:
        form.add_error("new_email", _("The request was changed in another window. Send again to replace it."))
        return _render_address_page(request, user, form, HTTPStatus.CONFLICT)
    return redirect("accounts:address")


def _render_address_page(
    request: HttpRequest, user: User, form: AddressForm, status: HTTPStatus, *, retry_after: int = WAIT_SECONDS
) -> HttpResponse:
    """Return the page with its form and the pending change; with status 429 also say when to try again."""
    change = email_change.find_pending_change(user)
    form.display(change)
    valid_until = email_change.get_valid_until(change) if change else None
    context = {"form": form, "form_errors": list_form_errors(form), "change": change, "until": valid_until}
    context["displayed"] = form.initial["displayed"]
    response = render(request, "accounts/address/address.html", context, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(retry_after)
    return response


@require_POST
@require_sign_in
def cancel(request: MemberRequest) -> HttpResponse:
    """Cancel the change that was requested, unless another one was requested since the page was opened (409)."""
    try:
        email_change.cancel(request.user, displayed=request.POST.get("displayed"))
    except email_change.OtherChange:
        messages.warning(request, _("Another change was requested in another window. It was not cancelled."))
        return _render_address_page(request, request.user, AddressForm(request.user), HTTPStatus.CONFLICT)
    messages.success(request, _("The change was cancelled. Your address stays as it is."))
    return redirect("accounts:address")


@never_cache
@require_http_methods(GET_OR_POST)
def confirm(request: HttpRequest, link: str) -> HttpResponse:
    """Show what a link from a mail confirms; only the button of the page, a POST, confirms it.

    `link` is the signed part of the URL. Visitors need not be signed in. Answers 410 if the link is not valid, 409 if
    another account has taken the address.
    """
    try:
        # Programs that check mail open links, so a GET changes nothing.
        change, side = email_change.read_link(link)
        if request.method != "POST":
            context = {"change": change, "is_old": side == email_change.Side.OLD}
            return render(request, "accounts/address/address_confirm.html", context)
        # Reads the link again, under a lock: it may have become invalid since.
        is_done = email_change.confirm(link)
    except email_change.LinkNotValid:
        return render(request, "accounts/address/address_link_not_valid.html", status=HTTPStatus.GONE)
    except email_change.AddressTaken:
        return render(request, "accounts/address/address_taken.html", status=HTTPStatus.CONFLICT)
    return render(request, "accounts/address/address_confirmed.html", {"change": change, "is_done": is_done})
