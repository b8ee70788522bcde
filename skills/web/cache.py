"""Finished pages, kept for all readers; what belongs to one of them stands in slots (skills/web/slots.py).

A page is kept under everything it depends on: the version of the catalogue, the
day, the address, the language and the headers of htmx. A change of the catalogue
therefore shows at once in every process. Readers without a session get it compressed
as it lies there; browsers may keep it too, but ask each time whether it still holds,
and mostly hear "304 Not Modified". For the others its slots are filled anew.
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
from skills.web.slots import SlotSpec

CACHE_ALIAS = "pages"
PAGE_MAX_BYTES = 512 * 1024
URL_MAX_LENGTH = 300
GZIP_LEVEL = 6
CACHE_CONTROL = "private, no-cache"
VARY = ("Accept-Encoding", "Cookie", "HX-Request")
HTMX_HEADERS = (
    "HTTP_HX_REQUEST",
    "HTTP_HX_TARGET",
    "HTTP_HX_TARGET_URI_AUTOENCODED",
    "HTTP_HX_BOOSTED",
    "HTTP_HX_HISTORY_RESTORE_REQUEST",
)
NOT_MODIFIED_HEADERS = ("Cache-Control", "ETag", "Vary")
_DO_NOT_KEEP = "stufenplan.do_not_keep"

get_current_version = slots.cache_per_request(CatalogueVersion.objects.get_number)
"""The catalogue's version. What is made while a page is answered may be younger than it, never older."""


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A finished page, gzip throughout: small to keep and quick to unpickle.

    `packed` is for readers without a session, made when the slots had `states`;
    `frame` has marks where the slots stand, and is None for a page without any.
    """

    headers: dict[str, str]
    compressed_body: bytes
    frame: bytes | None
    specs: tuple[SlotSpec, ...]
    states: tuple[str, ...]


def cached_page[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """Let `view` run once per state of the catalogue for all readers.

    What the view shows may depend on the address, the language, `HTMX_HEADERS`, the
    catalogue and the day, on nothing else but what stands in slots; else it calls
    `do_not_keep`.
    """

    @wraps(view)
    def kept(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with slots.open_request_cache():
            return answered(request, *args, **kwargs)

    def answered(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or len(request.get_full_path()) > URL_MAX_LENGTH:
            return _require_revalidation(view(request, *args, **kwargs))
        key = _build_cache_key(request)
        page: CachedPage | None = caches[CACHE_ALIAS].get(key)
        if page is None:
            with slots.collect_slots(request) as specs:
                response = _require_revalidation(view(request, *args, **kwargs))
                is_to_keep = isinstance(response, HttpResponse) and _is_whole(response) and _is_for_everyone(request)
            if not isinstance(response, HttpResponse):
                return response
            if not is_to_keep:
                return _fill_in_place(request, response, specs)
            page = _build_page(request, response, specs)
            caches[CACHE_ALIAS].set(key, page)
        elif not _is_personal(request) and page.states != (states := slots.get_states(page.specs)):
            page = _refill_page(request, page, states)
            caches[CACHE_ALIAS].set(key, page)
        return (
            _build_personal_response(request, page) if _is_personal(request) else _build_shared_response(request, page)
        )

    return kept


def do_not_keep(request: HttpRequest) -> None:
    """Say that the page made for this request is not to be kept."""
    request.META[_DO_NOT_KEEP] = True


@lru_cache(maxsize=64)
def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip, weights such as "gzip;q=0" considered."""
    weights = {}
    for part in accept_encoding.lower().split(","):
        coding, _semicolon, parameter = part.partition(";")
        weights[coding.strip()] = _parse_weight(parameter)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _parse_weight(parameter: str) -> float:
    name, _equals, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _is_personal(request: HttpRequest) -> bool:
    """Whether the reader has a session or a message waiting."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or CookieStorage.cookie_name in request.COOKIES


def _build_cache_key(request: HttpRequest) -> str:
    """Hashed, because a cache key is short and plain and a header need not be."""
    parts = [
        str(get_current_version()),
        str(timezone.localdate()),  # pages may say "yesterday"
        get_language() or "",
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        *(request.META.get(name, "") for name in HTMX_HEADERS),
    ]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=20).hexdigest()


def _require_revalidation(response: HttpResponseBase) -> HttpResponseBase:
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    patch_vary_headers(response, VARY)
    response.headers.setdefault("Cache-Control", CACHE_CONTROL)
    return response


def _is_whole(response: HttpResponse) -> bool:
    return (
        response.status_code == HTTPStatus.OK
        and not response.cookies
        and not response.has_header("Content-Encoding")
        and "no-store" not in response.headers["Cache-Control"]
        and len(response.content) <= PAGE_MAX_BYTES
    )


def _is_for_everyone(request: HttpRequest) -> bool:
    """Whether making the page left nothing in it that belongs to one reader or one request."""
    session = getattr(request, "session", None)
    return (
        request.method == "GET"
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")  # set by get_token()
        and not request.META.get(_DO_NOT_KEEP)
        and not get_nonce(request)
        and not (session is not None and session.modified)
        and not getattr(get_messages(request), "added_new", False)
    )


def _fill_in_place(request: HttpRequest, response: HttpResponse, specs: Sequence[SlotSpec]) -> HttpResponse:
    if specs:
        response.content = slots.fill_slots(request, response.text, specs).encode()
    return response


def _build_page(request: HttpRequest, response: HttpResponse, specs: Sequence[SlotSpec]) -> CachedPage:
    """Return what is kept of a response."""
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    headers.setdefault("Content-Language", get_language() or "")
    frame = _compress(response.content)
    if not specs:
        return CachedPage({**headers, "ETag": _build_etag(response.content)}, frame, None, (), ())
    return _refill_page(request, CachedPage(headers, b"", frame, tuple(specs), ()), slots.get_states(specs))


def _refill_page(request: HttpRequest, page: CachedPage, states: tuple[str, ...]) -> CachedPage:
    """Return the page with its slots filled as a reader without a session sees them."""
    assert page.frame is not None
    with slots.act_as_anonymous(request):
        body = slots.fill_slots(request, gzip.decompress(page.frame).decode(), page.specs).encode()
    return CachedPage({**page.headers, "ETag": _build_etag(body)}, _compress(body), page.frame, page.specs, states)


def _compress(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def _build_etag(body: bytes) -> str:
    """Weak, as one tag stands for the page packed and unpacked."""
    return f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def _build_personal_response(request: HttpRequest, page: CachedPage) -> HttpResponse:
    """Return the page with its slots filled for this reader; compressed on its way out, if at all."""
    text = gzip.decompress(page.frame or page.compressed_body).decode()
    headers = {name: value for name, value in page.headers.items() if name != "ETag"}
    body = slots.fill_slots(request, text, page.specs).encode()
    return HttpResponse(
        b"" if request.method == "HEAD" else body, headers={**headers, "Content-Length": str(len(body))}
    )


def _build_shared_response(request: HttpRequest, page: CachedPage) -> HttpResponse:
    headers = page.headers
    if _is_known(request, headers["ETag"]):
        return HttpResponseNotModified(headers={name: headers[name] for name in NOT_MODIFIED_HEADERS})
    headers = dict(headers)
    if accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        body = page.compressed_body
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(page.compressed_body)
    headers["Content-Length"] = str(len(body))
    return HttpResponse(b"" if request.method == "HEAD" else body, headers=headers)


def _is_known(request: HttpRequest, etag: str) -> bool:
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if not known:
        return False
    tags = parse_etags(known)
    return tags == ["*"] or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}
