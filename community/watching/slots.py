"""The watch button on a page of the catalogue."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from community.watching import watches
from skills.web.slots import PageSlot, cache_per_request, is_for_anonymous


def _render_watch(request: HttpRequest, kind: str, pk: str) -> str:
    """The button to watch a thing, with how many do."""
    if is_for_anonymous(request) or not request.user.is_authenticated:
        context = {"kind": kind, "pk": pk, "count": _count_watchers_once(kind, int(pk))}
        return render_to_string("community/watching/includes/watch_link.html", context)
    buttons = render_watch_buttons(request, kind, int(pk))
    return render_to_string("community/watching/includes/watch_place.html", {"buttons": buttons})


def render_watch_buttons(request: HttpRequest, kind: str, pk: int, announcement: str = "") -> str:
    """Return the buttons of somebody signed in; `said` is what a screen reader is told of what was done."""
    assert request.user.is_authenticated
    wish = watches.find_watch(request.user, kind, pk)
    context = {
        "kind": kind,
        "pk": pk,
        "count": watches.count_watchers(kind, pk),
        "level": wish.level if wish else None,
        "by_taking_part": wish is not None and wish.by_taking_part,
        "said": announcement,
    }
    return render_to_string("community/watching/includes/watch_buttons.html", context, request)


def _build_watch_state(kind: str, pk: str) -> str:
    return str(_count_watchers_once(kind, int(pk)))


_count_watchers_once = cache_per_request(watches.count_watchers)


watch = PageSlot(_render_watch, _build_watch_state)
