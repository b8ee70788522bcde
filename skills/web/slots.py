"""Places in a page for what belongs to one reader, filled each time while the page around them is kept.

A template writes `{% slot "watch" "skill" skill.pk %}`. What stands there comes from the
`PageSlot` that PAGE_SLOTS names, so that apps above this one can show something on its pages.
Outside the slots a kept page must not depend on who reads it.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from typing import cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

_COLLECTED = "stufenplan.slots"
_FOR_ANONYMOUS = "stufenplan.as_stranger"
_MARK = f"\x02{secrets.token_hex(8)}:"  # nobody outside this process can write it into a page
_END = "\x03"

type SlotSpec = tuple[str, tuple[str, ...]]  # name of the slot, its arguments


_request_cache: ContextVar[dict[object, object] | None] = ContextVar("asked", default=None)


@contextmanager
def open_request_cache() -> Iterator[None]:
    """Let what `cache_per_request` wraps be asked once while one page is answered."""
    token = _request_cache.set({})
    try:
        yield
    finally:
        _request_cache.reset(token)


def cache_per_request[**P, T](function: Callable[P, T]) -> Callable[P, T]:
    """Let slots that need the same answer share it: their state, their HTML, and one another's."""

    @wraps(function)
    def asking(*args: P.args, **kwargs: P.kwargs) -> T:
        known = _request_cache.get()
        if known is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = function(*args, **kwargs)
        return cast("T", known[key])

    return asking


def _get_fixed_state(*_arguments: str) -> str:
    return ""


@dataclass(frozen=True)
class PageSlot:
    """One kind of place.

    `render(request, *arguments)` returns its HTML. `state(*arguments)` returns what that
    HTML depends on for readers without a session, besides address and language.
    """

    render: Callable[..., str]
    state: Callable[..., str] = _get_fixed_state


@cache
def _get_slot(name: str) -> PageSlot | None:
    path = settings.PAGE_SLOTS.get(name)
    return import_string(path) if path else None


def render_slot(request: HttpRequest, spec: SlotSpec) -> SafeString:
    """Return the HTML of a slot for this request, '' where nobody fills it."""
    slot = _get_slot(spec[0])
    return format_html("{}", slot.render(request, *spec[1])) if slot else SafeString("")


def place_slot(request: HttpRequest, name: str, arguments: Sequence[object]) -> SafeString:
    """Return what a template writes for a slot: a mark while a page to keep is made, else its HTML."""
    spec: SlotSpec = (name, tuple(str(argument) for argument in arguments))
    collected: list[SlotSpec] | None = request.META.get(_COLLECTED)
    if collected is None:
        return render_slot(request, spec)
    collected.append(spec)
    return format_html("{}{}{}", _MARK, len(collected) - 1, _END)


@contextmanager
def act_as_anonymous(request: HttpRequest) -> Iterator[None]:
    """Let something be made as a reader without an account gets it.

    A CSRF token asked for meanwhile is a new one, by which a page that needs one is known.
    """
    user, token = getattr(request, "user", None), request.META.pop("CSRF_COOKIE", None)
    request.user = AnonymousUser()
    request.META[_FOR_ANONYMOUS] = True
    try:
        yield
    finally:
        del request.META[_FOR_ANONYMOUS]
        if user is not None:
            request.user = user
        if token is not None:
            request.META["CSRF_COOKIE"] = token


@contextmanager
def collect_slots(request: HttpRequest) -> Iterator[list[SlotSpec]]:
    """Let a page be made for all readers, with marks for its slots; yields the slots as they are placed."""
    specs: list[SlotSpec] = []
    request.META[_COLLECTED] = specs
    try:
        with act_as_anonymous(request):
            yield specs
    finally:
        del request.META[_COLLECTED]


def is_for_anonymous(request: HttpRequest) -> bool:
    """Whether what is made now is for readers without a session, whoever asks."""
    return bool(request.META.get(_FOR_ANONYMOUS))


def get_states(specs: Sequence[SlotSpec]) -> tuple[str, ...]:
    """Return what the slots' HTML for readers without a session depends on now."""
    return tuple(slot.state(*arguments) if (slot := _get_slot(name)) else "" for name, arguments in specs)


def fill_slots(request: HttpRequest, frame: str, specs: Sequence[SlotSpec]) -> str:
    """Return a page with every slot filled for this request."""
    first, *rest = frame.split(_MARK)
    parts = [first]
    for piece in rest:
        number, _end, text = piece.partition(_END)
        parts += [render_slot(request, specs[int(number)]), text]
    return "".join(parts)
