"""Parts of pages, which htmx puts into the open page, with the title that the window then has."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from skills.web.requests import wants_fragment


def render_page_or_part(
    request: HttpRequest, template: str, part: str, context: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Return a page, or for htmx its `part`, the name of a partial in its template.

    The template has another partial, `title`, which is also its block of this name.
    """
    if wants_fragment(request):
        return render_part(request, template, part, context, status)
    return render(request, template, context, status=status)


def render_part(
    request: HttpRequest, template: str, part: str, context: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Return a part of a page after its title, as a `<title>` which htmx takes out and gives to the window.

    `template` has partials called `title` and as `part` says. Without the title, the window would keep that of the
    address before.
    """
    values = dict(context)
    title = " ".join(render_to_string(f"{template}#title", values, request).split())
    body = render_to_string(f"{template}#{part}", values, request)
    return HttpResponse(f"<title>{title} · Stufenplan</title>{body}", status=status)
