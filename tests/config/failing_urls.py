"""The site's own addresses, and views below /en/fails/ that fail in every way a view can."""

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls
from config.error_pages.handlers import TooManyRequests
from config.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAILURES = {
    "bad": BadRequest("The page number is no number."),
    "suspicious": SuspiciousOperation("how we found out"),
    "forbidden": PermissionDenied(),
    "fast": TooManyRequests(90),
    "broken": RuntimeError("a mistake of ours"),
    "database": OperationalError("connection refused"),
    "connection": InterfaceError("connection already closed"),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise FAILURES[how]


urlpatterns = [*i18n_patterns(path("fails/<how>/", fail)), *urls.urlpatterns]
