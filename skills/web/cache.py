"""The cache of finished pages, shared by all readers; what depends on the reader is in slots (skills/web/slots.py).

The key of a page contains everything it depends on: the version of the catalogue, the day, the URL, the language
and whether htmx asks for a part of it. A change of the catalogue therefore shows at once in every process.
Readers without a session get the compressed page as it is stored; browsers may store it too, but revalidate it each
time and mostly get "304 Not Modified". For readers with a session, the slots are filled on each request.
"""

import gzip
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import Concatenate

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.middleware.csp import get_nonce
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from skills.models import CatalogueVersion
from skills.web import slots
from skills.web.requests import FRAGMENT_HEADERS, get_htmx_headers, wants_fragment
from skills.web.slots import SlotSpec

CACHE_ALIAS = "pages"
PAGE_MAX_BYTES = 512 * 1024  # larger pages are not cached
URL_MAX_LENGTH = 300  # characters, with the query; longer URLs are not cached
GZIP_LEVEL = 6
CACHE_CONTROL = "private, no-cache"  # only the browser may store it, and must revalidate it each time
VARY = ("Accept-Encoding", "Cookie", *FRAGMENT_HEADERS)
NOT_MODIFIED_HEADERS = ("Cache-Control", "ETag", "Vary")
_DO_NOT_KEEP = "stufenplan.do_not_keep"

get_current_version = slots.cache_per_request(CatalogueVersion.objects.get_number)
"""The catalogue's version, read once per request and before the page, so a page may be newer than it, never older."""


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A finished page, compressed with gzip: small to store and fast to unpickle.

    `compressed_body` is the page for readers without a session, whose slots were filled when they had `states`.
    `frame` is the page with marks in place of its slots, None for a page without slots.
    """

    headers: dict[str, str]
    compressed_body: bytes
    frame: bytes | None
    specs: tuple[SlotSpec, ...]
    states: tuple[str, ...]


def cached_page[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """Decorate a view: it runs once per version of the catalogue, and all readers get the same cached page.

    Outside slots, the page may depend only on the URL, the language, `FRAGMENT_HEADERS`, the catalogue and the day.
    A view whose page depends on anything else must call `do_not_keep`.
    """

    @wraps(view)
    def wrapper(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with slots.open_request_cache():
            return respond(request, *args, **kwargs)

    def respond(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or len(request.get_full_path()) > URL_MAX_LENGTH:
            return _require_revalidation(view(request, *args, **kwargs))
        key = _build_cache_key(request)
        page: CachedPage | None = caches[CACHE_ALIAS].get(key)
        if page is None:
            # Run the view as an anonymous reader, in the site's time zone, with marks in place of the slots.
            with timezone.override(None), slots.collect_slots(request) as specs:
                response = _require_revalidation(view(request, *args, **kwargs))
                is_cacheable = isinstance(response, HttpResponse) and _is_whole(response) and _is_for_everyone(request)
            if not isinstance(response, HttpResponse):
                return response  # a streaming response cannot be read, and has no slots
            if not is_cacheable:
                return _fill_in_place(request, response, specs)
            page = _build_page(request, response, specs)
            caches[CACHE_ALIAS].set(key, page)
        # Slots for anonymous readers may depend on more than the catalogue, for example on a discussion.
        elif not _is_personal(request) and page.states != (states := slots.get_states(page.specs)):
            page = _refill_page(request, page, states)
            caches[CACHE_ALIAS].set(key, page)
        return (
            _build_personal_response(request, page) if _is_personal(request) else _build_shared_response(request, page)
        )

    return wrapper


def do_not_keep(request: HttpRequest) -> None:
    """Keep the page that answers this request out of the cache.

    A view calls it before it returns, if its page depends on more than `cached_page` allows.
    """
    request.META[_DO_NOT_KEEP] = True


@lru_cache(maxsize=64)
def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip.

    Weights count: "gzip;q=0" forbids it. "*" means every coding that is not named.
    """
    weights = {}
    for part in accept_encoding.lower().split(","):
        coding, _semicolon, parameter = part.partition(";")
        weights[coding.strip()] = _parse_weight(parameter)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _parse_weight(parameter: str) -> float:
    """Return the weight in a parameter such as "q=0.5", 1 without one, and 0 for one that is no number."""
    name, _equals, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _is_personal(request: HttpRequest) -> bool:
    """Return whether the reader has a session or a message to be shown."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or CookieStorage.cookie_name in request.COOKIES


def _build_cache_key(request: HttpRequest) -> str:
    """Return a hash of everything a page depends on; a cache key must be short and plain, and a header may not be."""
    parts = [
        str(get_current_version()),
        str(timezone.localdate(timezone=timezone.get_default_timezone())),  # pages may say "yesterday"
        get_language() or "",
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        str(wants_fragment(request)),
    ]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=20).hexdigest()


def _require_revalidation(response: HttpResponseBase) -> HttpResponseBase:
    """Set the headers that make browsers ask each time; renders a template response first."""
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    patch_vary_headers(response, VARY)
    response.headers.setdefault("Cache-Control", CACHE_CONTROL)
    return response


def _is_whole(response: HttpResponse) -> bool:
    """Return whether a response is a plain, successful page that may be stored."""
    return (
        response.status_code == HTTPStatus.OK
        and not response.cookies
        and not response.has_header("Content-Encoding")
        and "no-store" not in response.headers["Cache-Control"]
        and len(response.content) <= PAGE_MAX_BYTES
    )


def _is_for_everyone(request: HttpRequest) -> bool:
    """Return whether nothing in the page belongs to one reader or one request: no token, nonce or message.

    A page that depends on other headers of htmx than those in its key is not for everyone either.
    """
    session = getattr(request, "session", None)
    return (
        request.method == "GET"
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")  # set by get_token()
        and not request.META.get(_DO_NOT_KEEP)
        and not get_nonce(request)
        and get_htmx_headers(request).read_headers <= set(FRAGMENT_HEADERS)
        and not (session is not None and session.modified)
        and not getattr(get_messages(request), "added_new", False)
    )


def _fill_in_place(request: HttpRequest, response: HttpResponse, specs: Sequence[SlotSpec]) -> HttpResponse:
    """Return a response that is not cached, its slots filled for this reader."""
    if specs:
        response.content = slots.fill_slots(request, response.text, specs).encode()
    return response


def _build_page(request: HttpRequest, response: HttpResponse, specs: Sequence[SlotSpec]) -> CachedPage:
    """Return the page to store for a response, its slots filled for readers without a session."""
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    headers.setdefault("Content-Language", get_language() or "")
    frame = _compress(response.content)
    if not specs:
        return CachedPage({**headers, "ETag": _build_etag(response.content)}, frame, None, (), ())
    return _refill_page(request, CachedPage(headers, b"", frame, tuple(specs), ()), slots.get_states(specs))


def _refill_page(request: HttpRequest, page: CachedPage, states: tuple[str, ...]) -> CachedPage:
    """Return the page with its slots filled again, as a reader without a session sees them."""
    assert page.frame is not None
    with timezone.override(None), slots.act_as_anonymous(request):
        body = slots.fill_slots(request, gzip.decompress(page.frame).decode(), page.specs).encode()
    return CachedPage({**page.headers, "ETag": _build_etag(body)}, _compress(body), page.frame, page.specs, states)


def _compress(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)  # without the time, equal pages are equal bytes


def _build_etag(body: bytes) -> str:
    """Return the ETag of a page. It is weak because the compressed and the plain page share it."""
    return f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def _build_personal_response(request: HttpRequest, page: CachedPage) -> HttpResponse:
    """Return the page with its slots filled for this reader; a middleware may compress it later."""
    text = gzip.decompress(page.frame or page.compressed_body).decode()
    # The stored ETag is that of the page for readers without a session.
    headers = {name: value for name, value in page.headers.items() if name != "ETag"}
    body = slots.fill_slots(request, text, page.specs).encode()
    return HttpResponse(
        b"" if request.method == "HEAD" else body, headers={**headers, "Content-Length": str(len(body))}
    )


def _build_shared_response(request: HttpRequest, page: CachedPage) -> HttpResponse:
    """Return the page for readers without a session, or 304 if the browser has the current version."""
    headers = page.headers
    if _matches_etag(request, headers["ETag"]):
        return HttpResponseNotModified(headers={name: headers[name] for name in NOT_MODIFIED_HEADERS})
    headers = dict(headers)  # a copy: the stored page may be shared
    if accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        body = page.compressed_body
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(page.compressed_body)
    headers["Content-Length"] = str(len(body))
    return HttpResponse(b"" if request.method == "HEAD" else body, headers=headers)


def _matches_etag(request: HttpRequest, etag: str) -> bool:
    """Return whether If-None-Match names the ETag, by weak comparison (RFC 9110): "W/" does not count."""
    if_none_match = request.META.get("HTTP_IF_NONE_MATCH")
    if not if_none_match:
        return False
    tags = parse_etags(if_none_match)
    return tags == ["*"] or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}
