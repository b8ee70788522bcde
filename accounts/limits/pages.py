"""The page for too many passwords or too many requested e-mails, and the alternatives it offers."""

from dataclasses import dataclass
from http import HTTPStatus

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.limits.counting import MAIL, PASSWORD, LimitReached, Scope, is_attempt_allowed, record_attempt
from skills.text.waiting import format_wait


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to sign in: a sentence, and a link if there is one."""

    text: str
    url: str = ""
    link_text: str = ""


def record_attempt_or_respond(request: HttpRequest, kind: str, email: str) -> RateLimitUsage:
    """Count an attempt like `counting.count_attempt`, for code that allauth calls.

    Raises `ImmediateHttpResponse` with the page of the limit that is reached, which ends the request.
    """
    try:
        return record_attempt(request, kind, email)
    except LimitReached as reached:
        raise ImmediateHttpResponse(render_limit_page(request, reached, email)) from reached


def render_limit_page(request: HttpRequest, reached: LimitReached, email: str) -> HttpResponse:
    """Return the page (429) that says which limit is reached, for how long, and what helps until then.

    `email` is the typed address; it decides which alternatives are still open. The header `Retry-After` holds
    the seconds to wait.
    """
    context = {
        "kind": reached.kind,
        "text": explain_limit(reached),
        "helps": _list_alternatives(request, reached, email),
    }
    response = render(request, "accounts/limits/reached.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(reached.retry_after)
    add_never_cache_headers(response)
    return response


def explain_limit(reached: LimitReached) -> str:
    """Return the sentence for a reached limit: which attempts were too many, and when the next one works.

    It says who made the attempts as far as that is known, and includes the time to wait.
    """
    texts = {
        (PASSWORD, Scope.DEVICE): _("You typed too many wrong passwords. You can try again in %(wait)s."),
        (PASSWORD, Scope.SOURCE): _(
            "Too many attempts to sign in came from your network. You can try again in %(wait)s."
        ),
        (PASSWORD, Scope.SOURCE_AND_ADDRESS): _(
            "Too many wrong passwords for this address were typed in your network. You can try again in %(wait)s."
        ),
        (PASSWORD, Scope.ADDRESS): _(
            "Too many wrong passwords for this address were typed in many places, perhaps by other people. The"
            " password works here again in %(wait)s."
        ),
        (MAIL, Scope.ADDRESS): _(
            "Very many e-mails to this address were requested, perhaps by other people. To protect the mailbox, the"
            " next one is sent in %(wait)s at the earliest."
        ),
    }
    # The text for mail in every scope but ADDRESS: the requests came from this browser or network.
    mail_text = _("Several e-mails to this address were requested. The next one can be sent in %(wait)s.")
    text = texts.get((reached.kind, reached.scope), mail_text)
    return text % {"wait": format_wait(reached.retry_after)}


def _list_alternatives(request: HttpRequest, reached: LimitReached, email: str) -> list[Alternative]:
    """Return other ways to sign in that are open now, for the page that the request came from."""
    url_name = request.resolver_match.url_name if request.resolver_match else ""
    sign_in_url = reverse("account_login")
    alternatives = []
    # A mailed code replaces the password, unless the address has reached its limit of mail, too.
    if reached.kind == PASSWORD and is_attempt_allowed(request, MAIL, email):
        if request.user.is_authenticated:
            reset_url = reverse("account_reset_password")
            alternatives.append(Alternative(_("Forgot your password?"), reset_url, _("Set a new password")))
        else:
            code_url = reverse("account_request_login_code")
            text = _("You can sign in with a code instead of the password:")
            alternatives.append(Alternative(text, code_url, _("Have a code sent by e-mail")))
    # A person who requested too many codes may still use the password.
    if url_name == "account_request_login_code" and is_attempt_allowed(request, PASSWORD, email):
        alternatives.append(
            Alternative(_("You can sign in with your password, if you have one:"), sign_in_url, _get_sign_in_label())
        )
    if not request.user.is_authenticated:
        alternatives.append(
            Alternative(_("If you have set up a passkey, you can sign in with it:"), sign_in_url, _get_sign_in_label())
        )
    # Only this scope counts attempts of strangers; a known browser has counts of its own.
    if reached.scope == Scope.ADDRESS:
        text = _("Try a browser in which you have signed in before: what others do does not count there.")
        alternatives.append(Alternative(text))
    return alternatives


def _get_sign_in_label() -> str:
    return pgettext("account", "Sign in")
