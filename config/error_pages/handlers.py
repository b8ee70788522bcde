"""Error pages: in the language of the address, as a whole page or, for htmx, as an alert in the page.

The pages 400, 413, 500 and 503 (`is_plain`) have their own base template, which uses neither the request
nor the session or the database: one of these may be what failed.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.providers.answers import ProviderFault
from community.posting.form_tokens import is_from_another_site
from community.posting.guard import FromAnotherSite
from community.posting.refusal_pages import ALERT_HEADERS
from config.error_pages.last_page import detect_language, render_last_page
from skills import search
from skills.text.characters import cut_text
from skills.text.waiting import format_wait
from skills.web.requests import wants_fragment

logger = logging.getLogger(__name__)

UNAVAILABLE_RETRY_SECONDS = 30
LONGEST_LIMIT_SECONDS = 300  # the longest period in ACCOUNT_RATE_LIMITS
SIMILAR_NAMES_LIMIT = 5
NAME_MAX_LENGTH = 100


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The texts and the template of an error page. Pages with `is_plain` are rendered without the request."""

    status: HTTPStatus
    title: Promise | str
    text: Promise | str
    template: str = "errors/page.html"
    is_plain: bool = False


BAD_REQUEST = ErrorPage(
    HTTPStatus.BAD_REQUEST,
    _("This request cannot be understood"),
    _("Something in the address or in what was sent is not as it should be. Go back and try again."),
    template="errors/plain.html",
    is_plain=True,
)
TOO_LARGE = ErrorPage(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    _("That is too large"),
    _(
        "More was sent than this page accepts. Nothing was saved. "
        "Your browser's back button takes you to what you typed."
    ),
    template="errors/plain.html",
    is_plain=True,
)
FORBIDDEN = ErrorPage(
    HTTPStatus.FORBIDDEN,
    _("You may not do this"),
    _("Your account does not have the permission that this page asks for."),
)
CSRF_FAILED = ErrorPage(
    HTTPStatus.FORBIDDEN,
    _("This form is no longer valid"),
    _("Nothing was saved. Go back, reload the page and send the form again; cookies must be allowed for this site."),
)
FROM_ANOTHER_SITE = ErrorPage(
    HTTPStatus.FORBIDDEN,
    _("This form was not accepted"),
    _(
        "This form came from another site. Nothing was saved. If you filled it in here yourself, open the page again "
        "and send it once more."
    ),
)
NOT_FOUND = ErrorPage(
    HTTPStatus.NOT_FOUND,
    _("Nothing is found here"),
    _("The address may be mistyped, or the page was deleted."),
    template="errors/404.html",
)
TOO_MANY_REQUESTS = ErrorPage(
    HTTPStatus.TOO_MANY_REQUESTS,
    _("That was a little too fast"),
    _("More requests came from you than are allowed in a short time. Nothing was saved."),
)
SERVER_ERROR = ErrorPage(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    _("Something went wrong here"),
    _("The mistake is ours and has been recorded. Please try again later."),
    template="errors/plain.html",
    is_plain=True,
)
BAD_GATEWAY = ErrorPage(
    HTTPStatus.BAD_GATEWAY,
    _("Signing in through the other service is not possible just now"),
    _("It sent no answer, or a faulty one. Nothing was saved. Try again later, or sign in here in another way."),
    template="errors/502.html",
)
UNAVAILABLE = ErrorPage(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("We will be back in a moment"),
    _(
        "The site cannot reach its data just now. Please reload the page shortly. If you sent a form, your browser's "
        "back button takes you to what you typed; see whether it was saved before you send it again."
    ),
    template="errors/plain.html",
    is_plain=True,
)


class TooManyRequests(Exception):
    """The client sends requests too often; it may send the next one in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"may try again in {retry_after} s")
        self.retry_after = max(1, retry_after)  # 0 would mean that no waiting time is known


class ErrorPagesMiddleware:
    """Answers exceptions of views for which Django has no error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; exceptions of the view are passed to `process_exception` by Django."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the error page for an exception that a view raised.

        Returns None for all other exceptions, which Django then handles itself.
        """
        if isinstance(exception, TooManyRequests):
            return _respond(request, TOO_MANY_REQUESTS, retry_after=exception.retry_after)
        if isinstance(exception, ProviderFault):
            logger.error("Nobody can sign in through another server: %s", exception)
            return _respond(request, BAD_GATEWAY)
        # PostgreSQL rejects a NUL in a parameter only when the query runs, so it reaches the view first.
        if isinstance(exception, DataError) and _has_nul(request):
            return bad_request(request, exception)
        if isinstance(exception, SocialApp.DoesNotExist):  # this provider is not set up for the site
            return page_not_found(request, exception)
        return None


def _has_nul(request: HttpRequest) -> bool:
    """Return whether the query or a cookie holds a NUL character, which PostgreSQL accepts in no text."""
    return "%00" in request.META.get("QUERY_STRING", "") or any("\0" in value for value in request.COOKIES.values())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handle 400: Django calls this for `BadRequest` and `SuspiciousOperation`.

    Only the text of `BadRequest` itself is meant for readers. The text of a subclass of Django's is not shown:
    it may say what made a request suspicious.
    """
    return _respond(request, BAD_REQUEST, detail=str(exception) if type(exception) is BadRequest else "")


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413, without reading the body."""
    return _respond(request, TOO_LARGE)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handle 403: Django calls this for `PermissionDenied`.

    A form that another site sent has a page of its own, because it has nothing to do with permissions.
    Only the text of `PermissionDenied` itself is shown to readers.
    """
    if isinstance(exception, FromAnotherSite):
        return _respond(request, FROM_ANOTHER_SITE)
    return _respond(request, FORBIDDEN, detail=str(exception) if type(exception) is PermissionDenied else "")


def csrf_failure(request: HttpRequest, **_reason: str) -> HttpResponse:
    """Answer a form that came without a valid token, or from another site; Django logs the reason."""
    return _respond(request, FROM_ANOTHER_SITE if is_from_another_site(request) else CSRF_FAILED)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer when a limit of allauth is reached. It does not pass the waiting time, so the longest one is used."""
    return _respond(request, TOO_MANY_REQUESTS, retry_after=LONGEST_LIMIT_SECONDS)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handle 404 with a list of the skills whose names are most similar to the last part of the path.

    Django's signature passes the exception; the page does not use it.
    """
    del exception
    name = get_wanted_name(request.path_info)
    similar_skills = search.find_similar_skills(name, limit=SIMILAR_NAMES_LIMIT) if name else []
    return _respond(request, NOT_FOUND, wanted=name, near=similar_skills, has_own_search=True)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handle an uncaught exception: 503 if the database is out of reach or too busy, else 500. Django logs both."""
    error = sys.exception()  # Django does not pass the exception to this handler
    if isinstance(error, OperationalError | InterfaceError) or _is_redis_error(error):
        return _respond(request, UNAVAILABLE, retry_after=UNAVAILABLE_RETRY_SECONDS)
    return _respond(request, SERVER_ERROR)


def _is_redis_error(error: BaseException | None) -> bool:
    """Return whether Redis is out of reach or too busy. Checked by module name, because redis may not be installed."""
    return any(parent.__module__ == "redis.exceptions" for parent in type(error).__mro__)


def get_wanted_name(path: str) -> str:
    """Return the last part of a path as words: "/de/skills/exper-traking/" gives "exper traking".

    Returns '' for the start page of a language. Characters that cannot be printed become spaces.
    """
    last = cut_text(path.rstrip("/").rpartition("/")[2], NAME_MAX_LENGTH)
    if last in {"", *dict(settings.LANGUAGES)}:
        return ""
    name = last.replace("-", " ").replace("_", " ")
    return "".join(character if character.isprintable() else " " for character in name).strip()


def _respond(
    request: HttpRequest, page: ErrorPage, *, detail: str = "", retry_after: int = 0, **context: object
) -> HttpResponse:
    """Return the page as a response; if it cannot be rendered, the last page, which depends on nothing.

    `retry_after` is in seconds, 0 for no such header. A database error while a page that is not plain is rendered
    is raised again: Django then calls `server_error`, which answers 503.
    """
    is_fragment = wants_fragment(request)
    try:
        language, body = _render(request, page, retry_after, is_fragment, {"detail": detail, **context})
    except Exception as error:
        if isinstance(error, OperationalError | InterfaceError) and not page.is_plain:
            raise
        _log_failed_page(request, page)
        language = detect_language(request)
        body = render_last_page(language, page.status, is_fragment=is_fragment)
    headers = {"Content-Language": language, "Cache-Control": "no-store", **(ALERT_HEADERS if is_fragment else {})}
    if retry_after:
        headers["Retry-After"] = str(retry_after)
    return HttpResponse(body, status=page.status, headers=headers)


def _render(
    request: HttpRequest, page: ErrorPage, retry_after: int, is_fragment: bool, context: dict[str, object]
) -> tuple[str, str]:
    """Return the language and the HTML of a page, or of the alert for htmx."""
    # An error may occur before LocaleMiddleware has chosen the language, while the thread still has the
    # language of an earlier request.
    language = getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request, check_path=True)
    with translation.override(language):
        wait = format_wait(retry_after) if retry_after else ""
        template = "errors/alert.html" if is_fragment else page.template
        context = {"error": page, "wait": wait, **context}
        return language, render_to_string(template, context, None if page.is_plain or is_fragment else request)


def _log_failed_page(request: HttpRequest, page: ErrorPage) -> None:
    """Log why a page could not be rendered: as an error, or as a warning if Django logs the original error anyway."""
    if page.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.exception("The page %d of %s cannot be rendered", page.status, request.path_info)
    else:
        logger.warning("The page %d of %s cannot be rendered: %r", page.status, request.path_info, sys.exception())
