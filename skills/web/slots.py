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
_STRANGER = "stufenplan.as_stranger"
_MARK = f"\x02{secrets.token_hex(8)}:"  # nobody outside this process can write it into a page
_END = "\x03"

type Spec = tuple[str, tuple[str, ...]]  # name of the slot, its arguments


_asked: ContextVar[dict[object, object] | None] = ContextVar("asked", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Let what `asked_once` wraps be asked once while one page is answered."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def asked_once[**P, T](function: Callable[P, T]) -> Callable[P, T]:
    """Let slots that need the same answer share it: their state, their HTML, and one another's."""

    @wraps(function)
    def asking(*args: P.args, **kwargs: P.kwargs) -> T:
        known = _asked.get()
        if known is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = function(*args, **kwargs)
        return cast("T", known[key])

    return asking


def _never_changes(*_arguments: str) -> str:
    return ""


@dataclass(frozen=True)
class PageSlot:
    """One kind of place.

    `render(request, *arguments)` returns its HTML. `state(*arguments)` returns what that
    HTML depends on for readers without a session, besides address and language.
    """

    render: Callable[..., str]
    state: Callable[..., str] = _never_changes


@cache
def _slot(name: str) -> PageSlot | None:
    path = settings.PAGE_SLOTS.get(name)
    return import_string(path) if path else None


def rendered(request: HttpRequest, spec: Spec) -> SafeString:
    """Return the HTML of a slot for this request, '' where nobody fills it."""
    slot = _slot(spec[0])
    return format_html("{}", slot.render(request, *spec[1])) if slot else SafeString("")


def placed(request: HttpRequest, name: str, arguments: Sequence[object]) -> SafeString:
    """Return what a template writes for a slot: a mark while a page to keep is made, else its HTML."""
    spec: Spec = (name, tuple(str(argument) for argument in arguments))
    collected: list[Spec] | None = request.META.get(_COLLECTED)
    if collected is None:
        return rendered(request, spec)
    collected.append(spec)
    return format_html("{}{}{}", _MARK, len(collected) - 1, _END)


@contextmanager
def as_stranger(request: HttpRequest) -> Iterator[None]:
    """Let something be made as a reader without an account gets it.

    A CSRF token asked for meanwhile is a new one, by which a page that needs one is known.
    """
    user, token = getattr(request, "user", None), request.META.pop("CSRF_COOKIE", None)
    request.user = AnonymousUser()
    request.META[_STRANGER] = True
    try:
        yield
    finally:
        del request.META[_STRANGER]
        if user is not None:
            request.user = user
        if token is not None:
            request.META["CSRF_COOKIE"] = token


@contextmanager
def made_for_everyone(request: HttpRequest) -> Iterator[list[Spec]]:
    """Let a page be made for all readers, with marks for its slots; yields the slots as they are placed."""
    specs: list[Spec] = []
    request.META[_COLLECTED] = specs
    try:
        with as_stranger(request):
            yield specs
    finally:
        del request.META[_COLLECTED]


def is_stranger(request: HttpRequest) -> bool:
    """Whether what is made now is for readers without a session, whoever asks."""
    return bool(request.META.get(_STRANGER))


def states_of(specs: Sequence[Spec]) -> tuple[str, ...]:
    """Return what the slots' HTML for readers without a session depends on now."""
    return tuple(slot.state(*arguments) if (slot := _slot(name)) else "" for name, arguments in specs)


def filled(request: HttpRequest, frame: str, specs: Sequence[Spec]) -> str:
    """Return a page with every slot filled for this request."""
    first, *rest = frame.split(_MARK)
    parts = [first]
    for piece in rest:
        number, _end, text = piece.partition(_END)
        parts += [rendered(request, specs[int(number)]), text]
    return "".join(parts)
