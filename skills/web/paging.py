"""Numbered pages of long lists, and the links between them."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

type PageLinks = list[tuple[int | str, str]]  # number and URL; an ellipsis and '' for numbers that are left out


def get_page_or_404(paginator: Paginator[Any], number: str) -> Any:
    """Return a page of a list.

    `number` comes from the URL as it is. Raises Http404 unless it is the number of a page.
    """
    try:
        return paginator.page(number)
    except (PageNotAnInteger, EmptyPage) as error:
        raise Http404(_("This list has no such page.")) from error


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
