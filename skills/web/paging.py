"""Numbered pages of long lists."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

type PageLinks = list[tuple[int | str, str]]


def get_page_or_404(paginator: Paginator[Any], number: str) -> Any:
    """Return a page of a list; raises Http404 where there is none of this number."""
    try:
        return paginator.page(number)
    except (PageNotAnInteger, EmptyPage) as error:
        raise Http404(_("This list has no such page.")) from error


def build_page_links_with(page: Any, get_url: Callable[[int], str]) -> PageLinks:
    """Return the numbers of a list's pages with their addresses, '' for what is left out."""
    numbers = page.paginator.get_elided_page_range(page.number)
    return [(number, get_url(number) if isinstance(number, int) else "") for number in numbers]


def build_page_links(request: HttpRequest, page: Any) -> PageLinks:
    """Return `build_page_links_with` the same address with another `page` in its query."""
    query = request.GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return build_page_links_with(page, address)
