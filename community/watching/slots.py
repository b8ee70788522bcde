"""The watch button on a page of the catalogue."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from community.watching import watches
from skills.web.slots import PageSlot, cache_per_request, is_for_anonymous


def _render_watch(request: HttpRequest, kind: str, pk: str) -> str:
    """Return the watch buttons of a skill, role, group or domain, for visitors a link to sign in and watch."""
    # Visitors share one HTML, without a form: a form would need a CSRF token and with it a cookie.
    if is_for_anonymous(request) or not request.user.is_authenticated:
        context = {"kind": kind, "pk": pk, "count": _count_watchers_once(kind, int(pk))}
        return render_to_string("community/watching/includes/watch_link.html", context)
    buttons = render_watch_buttons(request, kind, int(pk))
    return render_to_string("community/watching/includes/watch_place.html", {"buttons": buttons})


def render_watch_buttons(request: HttpRequest, kind: str, pk: int, announcement: str = "", fault: str = "") -> str:
    """Return the watch and mute buttons for a person who is signed in.

    `kind` and `pk` name the target, such as "skill" and its primary key. `announcement` is a sentence about the
    change that was just made, which a screen reader reads aloud; '' for none. `fault` says why none was made.
    """
    assert request.user.is_authenticated
    current_watch = watches.find_watch(request.user, kind, pk)
    context = {
        "kind": kind,
        "pk": pk,
        "count": watches.count_watchers(kind, pk),
        "level": current_watch.level if current_watch else None,
        "by_taking_part": current_watch is not None and current_watch.by_taking_part,
        "announcement": announcement,
        "fault": fault,
    }
    return render_to_string("community/watching/includes/watch_buttons.html", context, request)


def _build_watch_state(kind: str, pk: str) -> str:
    """Return what the HTML for visitors depends on: the number of watchers."""
    return str(_count_watchers_once(kind, int(pk)))


# The state and the HTML of the slot need the same number: one query for both.
_count_watchers_once = cache_per_request(watches.count_watchers)


watch = PageSlot(_render_watch, _build_watch_state)
