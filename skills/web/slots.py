"""Slots: places in a cached page for what depends on the reader, filled on each request.

A template contains `{% slot "watch" "skill" skill.pk %}`. The HTML in its place comes from the `PageSlot` that the
setting PAGE_SLOTS names, so that apps above this one can show something on its pages. Outside its slots, a cached
page must not depend on who reads it.
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

# Keys of `request.META`.
_COLLECTED = "stufenplan.slots"
_FOR_ANONYMOUS = "stufenplan.as_stranger"
_MARK = f"\x02{secrets.token_hex(8)}:"  # random, so that no user can write a mark into a page
_END = "\x03"

type SlotSpec = tuple[str, tuple[str, ...]]  # name of the slot, its arguments


_request_cache: ContextVar[dict[object, object] | None] = ContextVar("request_cache", default=None)


@contextmanager
def open_request_cache() -> Iterator[None]:
    """Cache the results of functions with `cache_per_request` while one request is answered."""
    token = _request_cache.set({})
    try:
        yield
    finally:
        _request_cache.reset(token)


def cache_per_request[**P, T](function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function: within `open_request_cache`, it runs once for the same arguments, which must be hashable.

    Slots of one page, their state and their HTML, often need the same result. Outside of a request cache, the
    function runs on every call.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        results = _request_cache.get()
        if results is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in results:
            results[key] = function(*args, **kwargs)
        return cast("T", results[key])

    return wrapper


def _get_fixed_state(*_arguments: str) -> str:
    """Return the state of a slot that is always the same for readers without a session."""
    return ""


@dataclass(frozen=True)
class PageSlot:
    """One kind of slot.

    `render(request, *arguments)` returns its HTML. `state(*arguments)` returns a text for what that HTML depends on
    for readers without a session, besides URL and language: when it changes, their page is filled again.
    """

    render: Callable[..., str]
    state: Callable[..., str] = _get_fixed_state


@cache
def _get_slot(name: str) -> PageSlot | None:
    """Return the slot that PAGE_SLOTS has under a name, None without one; imported once per process."""
    path = settings.PAGE_SLOTS.get(name)
    return import_string(path) if path else None


def render_slot(request: HttpRequest, spec: SlotSpec) -> SafeString:
    """Return the HTML of a slot for this request.

    `spec` is the name of the slot and its arguments. '' if PAGE_SLOTS has no slot of this name.
    """
    slot = _get_slot(spec[0])
    return format_html("{}", slot.render(request, *spec[1])) if slot else SafeString("")


def place_slot(request: HttpRequest, name: str, arguments: Sequence[object]) -> SafeString:
    """Return what a template has to contain for a slot.

    Within `collect_slots` it is a mark, which `fill_slots` replaces later; otherwise it is the HTML of the slot.
    """
    spec: SlotSpec = (name, tuple(str(argument) for argument in arguments))
    collected: list[SlotSpec] | None = request.META.get(_COLLECTED)
    if collected is None:
        return render_slot(request, spec)
    # The mark holds only the index of the slot: "\x02<random>:3\x03".
    collected.append(spec)
    return format_html("{}{}{}", _MARK, len(collected) - 1, _END)


@contextmanager
def act_as_anonymous(request: HttpRequest) -> Iterator[None]:
    """Render as for a reader without an account: `request.user` is anonymous until the block ends.

    The request's CSRF token is removed meanwhile. If the block asks for one, Django creates a new one and says so
    in `request.META`, so that a page with a token is recognised.
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
    """Render a page for all readers, with marks in place of its slots.

    Yields the list of the slots, to which each slot of the page is added; a mark has the index in this list.
    """
    specs: list[SlotSpec] = []
    request.META[_COLLECTED] = specs
    try:
        with act_as_anonymous(request):
            yield specs
    finally:
        del request.META[_COLLECTED]


def is_for_anonymous(request: HttpRequest) -> bool:
    """Return whether the page is rendered for readers without a session, whoever sent the request."""
    return bool(request.META.get(_FOR_ANONYMOUS))


def get_states(specs: Sequence[SlotSpec]) -> tuple[str, ...]:
    """Return the current states of slots, in their order; see `PageSlot`.

    The state of a slot that PAGE_SLOTS does not have is ''.
    """
    return tuple(slot.state(*arguments) if (slot := _get_slot(name)) else "" for name, arguments in specs)


def fill_slots(request: HttpRequest, frame: str, specs: Sequence[SlotSpec]) -> str:
    """Return a page with the HTML of its slots for this request.

    `frame` is a page with marks, `specs` are its slots as `collect_slots` has yielded them.
    """
    first, *rest = frame.split(_MARK)
    parts = [first]
    # Each piece begins with the index of a slot: "3\x03 and the text up to the next mark".
    for piece in rest:
        number, _end, text = piece.partition(_END)
        parts += [render_slot(request, specs[int(number)]), text]
    return "".join(parts)
