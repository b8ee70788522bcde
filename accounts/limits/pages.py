"""What a person reads when too many passwords were tried or too many e-mails asked for, and what helps them."""

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

from accounts.limits.counting import MAIL, PASSWORD, LimitReached, Scope, count_attempt, is_attempt_allowed
from skills.text.waiting import format_wait


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way in: a sentence, and a link where there is one."""

    text: str
    url: str = ""
    link_text: str = ""


def count_or_respond(request: HttpRequest, kind: str, email: str) -> RateLimitUsage:
    """Count like `counting.count`, for code that allauth calls.

    Raises `ImmediateHttpResponse` with the page of the limit that is reached, which ends the request.
    """
    try:
        return count_attempt(request, kind, email)
    except LimitReached as reached:
        raise ImmediateHttpResponse(render_limit_page(request, reached, email)) from reached


def render_limit_page(request: HttpRequest, reached: LimitReached, email: str) -> HttpResponse:
    """Return the page that says which limit is reached, for how long, and what helps meanwhile."""
    known = {"kind": reached.kind, "text": explain_limit(reached), "helps": _list_alternatives(request, reached, email)}
    response = render(request, "accounts/limits/reached.html", known, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(reached.retry_after)
    add_never_cache_headers(response)
    return response


def explain_limit(reached: LimitReached) -> str:
    """Return in words what there was too much of, by whom as far as is known, and when it works again."""
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
    several = _("Several e-mails to this address were requested. The next one can be sent in %(wait)s.")
    text = texts.get((reached.kind, reached.scope), several)
    return text % {"wait": format_wait(reached.retry_after)}


def _list_alternatives(request: HttpRequest, reached: LimitReached, email: str) -> list[Alternative]:
    """Return other ways that are open now, for where the request came from."""
    page = request.resolver_match.url_name if request.resolver_match else ""
    to_sign_in = reverse("account_login")
    helps = []
    if reached.kind == PASSWORD and is_attempt_allowed(request, MAIL, email):
        if request.user.is_authenticated:
            reset = reverse("account_reset_password")
            helps.append(Alternative(_("Forgot your password?"), reset, _("Set a new password")))
        else:
            code = reverse("account_request_login_code")
            text = _("You can sign in with a code instead of the password:")
            helps.append(Alternative(text, code, _("Have a code sent by e-mail")))
    if page == "account_request_login_code" and is_attempt_allowed(request, PASSWORD, email):
        helps.append(
            Alternative(_("You can sign in with your password, if you have one:"), to_sign_in, _get_sign_in_label())
        )
    if not request.user.is_authenticated:
        helps.append(
            Alternative(_("If you have set up a passkey, you can sign in with it:"), to_sign_in, _get_sign_in_label())
        )
    if reached.scope == Scope.ADDRESS:
        text = _("Try a browser in which you have signed in before: what others do does not count there.")
        helps.append(Alternative(text))
    return helps


def _get_sign_in_label() -> str:
    return pgettext("account", "Sign in")
