"""The type of request that the site's views get."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request with the attribute that the middleware of django-htmx adds."""

    htmx: HtmxDetails
