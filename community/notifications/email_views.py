"""Pages on which a user chooses how often mail comes, or stops it with the link in the mail."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, require_sign_in
from accounts.confirmed_addresses import get_primary_addresses
from accounts.mail import queue
from accounts.models import User
from community.notifications import unsubscribing
from community.notifications.email_choices import get_email_choices, save_email_choices
from community.notifications.forms import EmailChoiceForm, UnsubscribeForm
from community.posting.fields import read_form
from skills.web.form_errors import list_form_errors


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def email_settings(request: MemberRequest) -> HttpResponse:
    """Show how often mail comes and whether it arrives, or save how often it comes."""
    if request.method == "POST":
        form = _save_choices(request)
        if form.is_valid():
            messages.success(request, _("Saved."))
            return redirect("community:email_settings")
    else:
        form = EmailChoiceForm(initial=get_email_choices(request.user.pk))
    # A wrong form is shown again with what was chosen, and with the state of the address.
    address = _get_mail_address(request.user)
    context = {
        "form": form,
        "form_errors": list_form_errors(form),
        "address": address,
        "refusal": queue.find_refused_address(address) if address else None,
    }
    refused = HTTPStatus.CONFLICT if form.is_conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    status = refused if form.errors else HTTPStatus.OK
    return render(request, "community/notifications/email_settings.html", context, status=status)


def _save_choices(request: MemberRequest) -> EmailChoiceForm:
    """Return the sent form, its changes saved if it is valid."""
    with transaction.atomic():
        # The lock of `save_email_choices`, taken before the form compares: nothing changes between both.
        User.objects.select_for_update(no_key=True).filter(pk=request.user.pk).first()
        form = EmailChoiceForm(request.POST, initial=get_email_choices(request.user.pk))
        if form.is_valid():
            save_email_choices(request.user.pk, form.get_choices())
    return form


@require_POST
@require_sign_in
def email_try_again(request: MemberRequest) -> HttpResponse:
    """Send mail again to the user's own address, although it refused mail before."""
    address = _get_mail_address(request.user)
    if address:
        queue.delete_refused_address(address)
        messages.success(request, _("From now on mail is sent to %(address)s again.") % {"address": address})
    return redirect("community:email_settings")


def _get_mail_address(user: User) -> str:
    """Return the confirmed first address of a user, '' for none."""
    return get_primary_addresses([user]).get(user.pk, "")


@csrf_exempt  # RFC 8058: a mail program posts here without having loaded the page before
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show which mail a link stops; a POST stops it, or undoes that.

    `token` is the signed part of the link, see `unsubscribing`. A GET changes nothing, because mail scanners follow
    links. A POST is not answered by a redirect, because mail programs do not follow it. Raises BadRequest for a link
    that is incomplete or from another site.
    """
    try:
        subscription = unsubscribing.read_link(token)
    except unsubscribing.InvalidLink:
        message = _("This link is not complete, or it is not from this site. Please take it from the e-mail once more.")
        raise BadRequest(message) from None
    action, before = "", {}
    if request.method == "POST":
        typed = read_form(UnsubscribeForm(request.POST))
        action = "take_back" if typed["take_back"] else "stop"
    if action == "take_back":
        unsubscribing.take_back(subscription, typed["before"], typed["seen_at"])
    elif action == "stop":
        before = unsubscribing.stop(subscription)
    context = {
        "kinds": [kind.label for kind in subscription.kinds],
        "action": action,
        "is_stopped": action == "stop" or subscription.is_stopped,
        # Sent along with "Undo" as hidden fields "kind:frequency", so that each kind comes as often as before.
        "before": [f"{kind}:{frequency}" for kind, frequency in before.items()],
        "seen_at": timezone.now().isoformat(),
    }
    # Stopped once more since the page was opened: an older page does not undo that.
    is_refused = action == "take_back" and subscription.is_stopped
    status = HTTPStatus.CONFLICT if is_refused else HTTPStatus.OK
    return render(request, "community/notifications/unsubscribe.html", context, status=status)
