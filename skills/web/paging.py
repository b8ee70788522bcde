"""Numbered pages of long lists, and the links between them."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _

type PageLinks = list[tuple[int | str, str]]  # number and URL; an ellipsis and '' for numbers that are left out


class PastLastPage(Exception):
    """A GET asks for a page after the last one of a list; `last_number` is the number of the last page."""

    def __init__(self, last_number: int) -> None:
        super().__init__(last_number)
        self.last_number = last_number


class LastPageMiddleware:
    """Redirects to the last page of a list that has become shorter, with the other filters of the URL."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; only `process_exception` does anything."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the redirect after `PastLastPage`, None after any other error.

        The first page has no number in its URL.
        """
        if not isinstance(error, PastLastPage):
            return None
        query = request.GET.copy()
        query["page"] = str(error.last_number)
        if error.last_number == 1:
            del query["page"]
        return HttpResponseRedirect(escape_uri_path(request.path) + (f"?{query.urlencode()}" if query else ""))


def get_page_or_404(request: HttpRequest, paginator: Paginator[Any], number: str | None = None) -> Any:
    """Return a page of a list: `number` as text, by default the `page` in the query, or else the first.

    Lists become shorter, often by what the reader did there. Raises `PastLastPage` if a GET asks for a page after the
    last one; any other request gets the last page, because a redirect would lose what it sent.
    Raises Http404 unless the number is a whole number from 1.
    """
    text = request.GET.get("page", "1") if number is None else number
    try:
        return paginator.page(text)
    except PageNotAnInteger as error:
        raise Http404(_("This list has no such page.")) from error
    except EmptyPage as error:
        if int(text) < 1:
            raise Http404(_("This list has no such page.")) from error
        if request.method in {"GET", "HEAD"}:
            raise PastLastPage(paginator.num_pages) from error
        return paginator.page(paginator.num_pages)


def build_page_links_with(page: Any, get_url: Callable[[int], str]) -> PageLinks:
    """Return links to the pages of a list: the first, the last, and those around the current one.

    `get_url` returns the URL of a page number. Numbers that are left out become an ellipsis without a URL.
    """
    numbers = page.paginator.get_elided_page_range(page.number)
    return [(number, get_url(number) if isinstance(number, int) else "") for number in numbers]


def build_page_links(request: HttpRequest, page: Any) -> PageLinks:
    """Return links to the pages of a list, see `build_page_links_with`.

    Each URL has the query of this request with another `page`.
    """
    query = request.GET.copy()

    def get_url(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return build_page_links_with(page, get_url)
