"""The site's own addresses, and pages below /en/pages/ that may or may not be kept."""

from collections.abc import Callable

from django.conf.urls.i18n import i18n_patterns
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csp import get_nonce
from django.middleware.csrf import get_token
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import get_language

from config import urls
from config.urls import handler400, handler403, handler404, handler500
from skills.web.cache import PAGE_MAX_BYTES, cached_page, do_not_keep
from skills.web.requests import get_htmx_headers
from skills.web.slots import PageSlot, place_slot

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

made: list[str] = []  # one entry for each time a view ran
states: dict[str, str] = {}
counter = PageSlot(lambda request: f"({states['counter']})", lambda: states["counter"])


def _plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{get_language()} {request.GET.get('q', '')} " + "grows with practice " * 100)


def _with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("page")
    response.set_cookie("seen", "yes")
    return response


def _with_session(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = True
    return HttpResponse("page")


def _with_message(request: HttpRequest) -> HttpResponse:
    messages.info(request, "Saved.")
    return HttpResponse("page")


def _marked(request: HttpRequest) -> HttpResponse:
    do_not_keep(request)
    return HttpResponse("page")


def _slots(request: HttpRequest) -> HttpResponse:
    shown = [place_slot(request, name, ()) for name in ("theme", "messages")]
    return HttpResponse("before" + "".join(shown) + "after")


def _template(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, engines["django"].from_string("lazy page"))


VIEWS: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "plain": _plain,
    "target": lambda request: HttpResponse(get_htmx_headers(request).target or "none"),
    "template": _template,
    "pushed": lambda request: HttpResponse("page", headers={"HX-Push-Url": "/en/pages/pushed/"}),
    "small": lambda request: HttpResponse("x"),
    "cookie": _with_cookie,
    "session": _with_session,
    "message": _with_message,
    "token": lambda request: HttpResponse(get_token(request)),
    "nonce": lambda request: HttpResponse(str(get_nonce(request))),
    "marked": _marked,
    "slots": _slots,
    "slots-no-store": lambda request: HttpResponse(_slots(request).content, headers={"Cache-Control": "no-store"}),
    "counter": lambda request: HttpResponse(place_slot(request, "counter", ())),
    "no-store": lambda request: HttpResponse("page", headers={"Cache-Control": "no-store"}),
    "large": lambda request: HttpResponse("x" * (PAGE_MAX_BYTES + 1)),
    "stream": lambda request: StreamingHttpResponse(iter([b"page"])),
    "missing": lambda request: HttpResponse("page", status=404),
    "moved": lambda request: HttpResponseRedirect("/en/"),
}


@cached_page
def page(request: HttpRequest, kind: str) -> HttpResponseBase:
    made.append(kind)
    return VIEWS[kind](request)


urlpatterns = [*i18n_patterns(path("pages/<kind>/", page)), *urls.urlpatterns]
