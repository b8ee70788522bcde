"""What every template knows."""

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {}
