"""Every kind of page on every width in both themes: nothing sideways, one heading, nothing for axe-core to find."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import DjangoDbBlocker

from config.error_pages.handlers import csrf_failure, server_error, too_many_requests
from tests.browser.conftest import OpenReader
from tests.browser.reader import Device, Reader

pytestmark = pytest.mark.browser

PHONE_WIDTH, TABLET_WIDTH, DESKTOP_WIDTH = 360, 768, 1440
HEIGHT = 900

PAGES = {
    "home": "/de/",
    "list": "/de/skills/",
    "search": "/de/skills/?q=data",
    "search with filters": "/de/skills/?q=data&framework=ddat&obligation=not_stated&sort=updated",
    "search without results": "/de/skills/?q=nichtsdergleichen",
    "profile": "/de/skills/experiment-tracking/",
    "profile, compared": "/de/skills/experiment-tracking/?role=data-scientist&level=middle",
    "profile, filtered": "/de/skills/experiment-tracking/?only=data-scientist&obligation=mandatory&tab=junior",
    "profile as grid": "/de/skills/experiment-tracking/?view=grid",
    "profile with proficiency": "/de/skills/user-focus/",
    "profile with proficiency as grid": "/de/skills/user-focus/?view=grid",
    "profile with two tracks": "/de/skills/scope/?role=software-engineer&level=ic3",
    "profile with two tracks as grid": "/de/skills/scope/?view=grid",
    "role list": "/de/roles/",
    "role": "/de/roles/data-scientist/",
    "role with two tracks": "/de/roles/software-engineer/",
    "role on a level": "/de/roles/data-scientist/?level=senior",
    "role on a level with proficiency": "/de/roles/frontend-developer/?level=senior",
    "domain list": "/de/domains/",
    "domain by level": "/de/domains/data/",
    "domain by role": "/de/domains/data/?by=roles",
    "group": "/de/domains/data/shared-skills/",
    "group by role": "/de/domains/data/shared-skills/?by=roles",
    "history": "/de/skills/experiment-tracking/history/",
    "revision": "/de/skills/experiment-tracking/history/1/",
    "since when": "/de/skills/experiment-tracking/history/blame/",
    "recent changes": "/de/changes/",
    "suggestions": "/de/suggestions/",
    "suggestions of a skill": "/de/skills/experiment-tracking/suggestions/",
    "keyboard shortcuts": "/de/shortcuts/",
    "framework list": "/de/frameworks/",
    "framework": "/de/frameworks/stufenplan/",
    "framework with two tracks": "/de/frameworks/dropbox/",
}
REFUSED = {
    "not found": ("/de/skills/experiment-traking/", 404),
    "not found in English": ("/en/nothing/like-it/", 404),
    "bad request": ("/de/skills/?q=%00", 400),
}


def assert_well_made(reader: Reader) -> None:
    faults: list[str] = []
    for width, theme in ((PHONE_WIDTH, "dark"), (TABLET_WIDTH, ""), (DESKTOP_WIDTH, "light")):
        reader.page.set_viewport_size({"width": width, "height": HEIGHT})
        faults += [f"{width} px: {reader.overhang()} px sideways"] if reader.overhang() > 0 else []
        if theme:
            reader.uses_theme(theme)
            faults += [f"{width} px, {theme}: {fault}" for fault in reader.accessibility_faults()]
    assert faults == []
    assert reader.page.locator("h1").count() == 1


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_page_fits_every_width_and_pleases_axe_in_both_themes(open_reader: OpenReader, address: str) -> None:
    reader = open_reader(Device(PHONE_WIDTH, HEIGHT))
    reader.go(address)
    assert_well_made(reader)


@pytest.mark.parametrize(("address", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_error_page_fits_every_width_and_pleases_axe_in_both_themes(
    open_reader: OpenReader, address: str, status: int
) -> None:
    reader = open_reader(Device(PHONE_WIDTH, HEIGHT))
    reader.go(address, status)
    assert_well_made(reader)


def asked() -> HttpRequest:
    request = RequestFactory().get("/de/skills/")
    request.user, request.session = AnonymousUser(), {}  # type: ignore[assignment]
    return request


def fail(error: Exception) -> HttpResponse:
    try:
        raise error
    except type(error):
        return server_error(asked())


FAULTS: dict[str, Callable[[], HttpResponse]] = {
    "a fault of the site": lambda: fail(RuntimeError()),
    "a database out of reach": lambda: fail(OperationalError()),
    "too many requests": lambda: too_many_requests(asked()),
    "a form without its token": lambda: csrf_failure(asked()),
}


@pytest.mark.parametrize("make", FAULTS.values(), ids=FAULTS.keys())
def test_page_of_a_fault_fits_every_width_and_pleases_axe_in_both_themes(
    open_reader: OpenReader, make: Callable[[], HttpResponse], django_db_blocker: DjangoDbBlocker
) -> None:
    reader = open_reader(Device(PHONE_WIDTH, HEIGHT))
    with django_db_blocker.unblock():
        body = make().text
    reader.page.route("**/de/skills/", lambda route: route.fulfill(body=body, content_type="text/html"))
    reader.go("/de/skills/")
    assert_well_made(reader)
