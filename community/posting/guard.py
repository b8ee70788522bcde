"""Checks before anything is written: the site a form comes from, a suspension of its sender, too many writes.

A form that another site posts is refused before any view sees it, and none of its content is shown.

One middleware guards every view, so that none is forgotten: a suspended person may send only the forms
listed here. The page that refuses a form shows what was typed.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import WriteKind
from community.posting import limiter
from community.posting.form_tokens import ANY_ORIGIN_VIEWS, SAFE_METHODS, is_from_another_site
from community.posting.refusal_pages import render_refusal
from community.posting.refusals import NotAllowed
from community.posting.renamed_fields import rename_fields
from skills.web.times import format_moment

COUNTED_APPS = frozenset({"accounts", "community"})
"""The apps whose writes are counted. Pages around signing in have the limits of allauth, the admin needs none."""

ALLOWED_WHILE_SUSPENDED = frozenset(
    {
        # One's own data, keys and mail, and signing out: other people read none of it.
        "accounts:shortcuts",
        *("accounts:export", "accounts:delete", "accounts:address", "accounts:address_cancel"),
        *("accounts:address_confirm", "community:email_settings", "community:email_try_again"),
        *("community:unsubscribe", "community:read_all", "community:notification", "admin:logout"),
        "accounts.sessions.views.sessions",
    }
)
"""Names of the views to which a suspended person may send a form."""

ALLAUTH_VIEW_PREFIXES = ("account_", "mfa_", "socialaccount_", "usersessions_")
"""How the names of allauth's views begin: password, second factor, sessions, signing out."""


class FromAnotherSite(PermissionDenied):
    """A form was posted by another site. config/error_pages/handlers.py makes the page."""


class WriteGuardMiddleware:
    """Refuse forms of another site, of a suspended person, and more writes than a new account may send."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; all checks are in `process_view`."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Check a request before its view is called; Django calls this with the view and its arguments.

        1. Let requests that only read pass.
        2. Raise `FromAnotherSite` for a form of another site, also for visitors.
        3. Give fields that an upgrade renamed their present names.
        4. For signed-in people, answer a suspension or too many writes with a page that refuses the form.
        """
        # process_view and not __call__: only now the address is resolved, and the view's name known.
        if request.method in SAFE_METHODS:
            return None
        _require_own_site(request)
        rename_fields(request)
        if not isinstance(request.user, User):
            return None
        try:
            _check_sender(request, request.user)
        except NotAllowed as error:
            return render_refusal(request, error)
        return None


def _require_own_site(request: HttpRequest) -> None:
    """Raise `FromAnotherSite` for a form of another site. It also guards views that are exempt from Django's check."""
    match = request.resolver_match
    if (match is None or match.view_name not in ANY_ORIGIN_VIEWS) and is_from_another_site(request):
        raise FromAnotherSite


def _check_sender(request: HttpRequest, person: User) -> None:
    """Raise `NotAllowed` for a suspended person, `OverLimit` for too many writes; count this one."""
    match = request.resolver_match
    assert match is not None
    if not is_allowed_while_suspended(match.view_name):
        require_not_suspended(person)
    if match.app_names[:1] and match.app_names[0] in COUNTED_APPS:
        limiter.record_write(person, WriteKind.WRITE)


def is_allowed_while_suspended(view_name: str) -> bool:
    """Return whether a suspended person may send a form to a view.

    `view_name` is the name with its namespace, such as "accounts:export".
    """
    return view_name in ALLOWED_WHILE_SUSPENDED or view_name.startswith(ALLAUTH_VIEW_PREFIXES)


def require_not_suspended(person: User) -> None:
    """Raise `NotAllowed` while a person is suspended, with the reason and the end of the suspension.

    The middleware asks it for every form; views ask it where a GET writes.
    """
    if person.is_suspended:
        raise NotAllowed(describe_suspension(person))


def describe_suspension(person: User) -> str:
    """Return the sentence that tells a suspended person the end and the reason of the suspension.

    The time is written in the current time zone and language.
    """
    assert person.suspended_until is not None  # callers ask `is_suspended` first
    until = format_moment(person.suspended_until, "DATETIME_FORMAT")
    return _("Your account is suspended until %(until)s: you can read, but not write. The reason: %(why)s") % {
        "until": until,
        "why": person.suspension_reason,
    }
