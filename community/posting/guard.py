"""Before anything is written: does it come from this site, is its sender suspended, and is it too much?

What a page of another site posts is refused before any view sees it, and nothing of it is shown.

One door for every view of the site, so that none is forgotten: a suspended person may do
nothing but what stands here. What was typed comes back on the page that refuses it.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import WriteKind
from community.posting import limiter
from community.posting.form_tokens import ANY_ORIGIN_VIEWS, SAFE_METHODS, is_from_another_site
from community.posting.refusal_pages import render_refusal
from community.posting.refusals import NotAllowed

COUNTED_APPS = frozenset({"accounts", "community"})
"""Whose writes are counted; signing in and all that belongs to it has allauth's limits, the admin needs none."""

ALLOWED_WHILE_SUSPENDED = frozenset(
    {
        # One's own data, mail and the way out: others read nothing of it.
        *("accounts:export", "accounts:delete", "accounts:address", "accounts:address_cancel"),
        *("accounts:address_confirm", "community:email_settings", "community:email_try_again"),
        *("community:unsubscribe", "community:read_all", "community:notification", "admin:logout"),
        "accounts.sessions.views.sessions",
    }
)
ALLAUTH_VIEW_PREFIXES = ("account_", "mfa_", "socialaccount_", "usersessions_")
"""How the names of allauth's pages begin: password, second factor, sessions, signing out."""


class FromAnotherSite(PermissionDenied):
    """A form of another site; config/error_pages/handlers.py says so on the page."""


class WriteGuardMiddleware:
    """Refuses what another site posts, what a suspended person sends, and more than a new account may send."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if request.method in SAFE_METHODS:
            return None
        _require_own_site(request)
        if not isinstance(request.user, User):
            return None
        try:
            _check_sender(request, request.user)
        except NotAllowed as error:
            return render_refusal(request, error)
        return None


def _require_own_site(request: HttpRequest) -> None:
    """Raise `FromAnotherSite` for a form of another site; views without Django's own check are reached only so."""
    match = request.resolver_match
    if (match is None or match.view_name not in ANY_ORIGIN_VIEWS) and is_from_another_site(request):
        raise FromAnotherSite


def _check_sender(request: HttpRequest, person: User) -> None:
    match = request.resolver_match
    assert match is not None
    if not is_allowed_while_suspended(match.view_name):
        require_not_suspended(person)
    if match.app_names[:1] and match.app_names[0] in COUNTED_APPS:
        limiter.count_write(person, WriteKind.WRITE)


def is_allowed_while_suspended(view_name: str) -> bool:
    """Whether a suspended person may send something to the view of this name."""
    return view_name in ALLOWED_WHILE_SUSPENDED or view_name.startswith(ALLAUTH_VIEW_PREFIXES)


def require_not_suspended(person: User) -> None:
    """Raise `NotAllowed` with why and until when while somebody is suspended."""
    if person.is_suspended:
        raise NotAllowed(describe_suspension(person))


def describe_suspension(person: User) -> str:
    """Return until when and why somebody is suspended."""
    assert person.suspended_until is not None
    until = formats.date_format(timezone.localtime(person.suspended_until), "DATETIME_FORMAT")
    return _("Your account is suspended until %(until)s: you can read, but not write. The reason: %(why)s") % {
        "until": until,
        "why": person.suspension_reason,
    }
