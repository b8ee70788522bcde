"""The watch button on a page of the catalogue."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from community.watching import watches
from skills.web.slots import PageSlot, asked_once, is_stranger


def _watch(request: HttpRequest, kind: str, pk: str) -> str:
    """The button to watch a thing, with how many do."""
    if is_stranger(request) or not request.user.is_authenticated:
        context = {"kind": kind, "pk": pk, "count": _watcher_count(kind, int(pk))}
        return render_to_string("community/watching/includes/watch_link.html", context)
    buttons = watch_buttons(request, kind, int(pk))
    return render_to_string("community/watching/includes/watch_place.html", {"buttons": buttons})


def watch_buttons(request: HttpRequest, kind: str, pk: int, said: str = "") -> str:
    """Return the buttons of somebody signed in; `said` is what a screen reader is told of what was done."""
    assert request.user.is_authenticated
    wish = watches.wish_about(request.user, kind, pk)
    context = {
        "kind": kind,
        "pk": pk,
        "count": watches.count_watchers(kind, pk),
        "level": wish.level if wish else None,
        "by_taking_part": wish is not None and wish.by_taking_part,
        "said": said,
    }
    return render_to_string("community/watching/includes/watch_buttons.html", context, request)


def _watch_state(kind: str, pk: str) -> str:
    return str(_watcher_count(kind, int(pk)))


_watcher_count = asked_once(watches.count_watchers)


watch = PageSlot(_watch, _watch_state)
