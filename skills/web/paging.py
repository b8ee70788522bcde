"""Numbered pages of long lists."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

type Links = list[tuple[int | str, str]]


def page_of(paginator: Paginator[Any], number: str) -> Any:
    """Return a page of a list; raises Http404 where there is none of this number."""
    try:
        return paginator.page(number)
    except (PageNotAnInteger, EmptyPage) as error:
        raise Http404(_("This list has no such page.")) from error


def links_to(page: Any, address: Callable[[int], str]) -> Links:
    """Return the numbers of a list's pages with their addresses, '' for what is left out."""
    numbers = page.paginator.get_elided_page_range(page.number)
    return [(number, address(number) if isinstance(number, int) else "") for number in numbers]


def links_of(request: HttpRequest, page: Any) -> Links:
    """Return `links_to` the same address with another `page` in its query."""
    query = request.GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return links_to(page, address)
