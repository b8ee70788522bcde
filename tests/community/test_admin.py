"""Watches, events, notices and choices in the admin, with the client of a staff member."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from community.models import EmailChoice, Event, Kind, Notification, Watch
from community.watching import watches
from skills.models import Skill
from tests.admin_pages import change_address, page_of
from tests.community.events.factories import change_cell, make_watchers, notify_everyone
from tests.factories import make_catalogue, make_framework, make_role, make_user

pytestmark = pytest.mark.django_db

LISTS = {name: f"/admin/community/{name}/" for name in ("watch", "event", "notification", "emailchoice")}


def grow() -> None:
    """Add three of everything."""
    make_catalogue(skills=3)
    for skill in Skill.objects.with_group().order_by("-pk")[:3]:
        [user] = make_watchers(skill, 1)
        watches.set_level(user, skill.group, Watch.Level.MUTE)
        EmailChoice.objects.create(user=user, kind=Kind.CONTENT_CHANGED)
        change_cell(skill, author=make_user())
    notify_everyone()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_however_long_it_is(admin_site: Client, name: str) -> None:
    counts = []
    for _ in range(2):
        grow()
        with CaptureQueriesContext(connection) as queries:
            page = page_of(admin_site, f"{LISTS[name]}?q=e")
        counts.append((len(queries), len(page.select("#result_list tbody tr"))))
    assert counts[0][0] == counts[1][0]
    assert counts[1][1] == 2 * counts[0][1] > 0


@pytest.mark.parametrize("name", LISTS)
def test_what_the_code_writes_is_read_only(admin_site: Client, name: str) -> None:
    grow()
    row = {"watch": Watch, "event": Event, "notification": Notification, "emailchoice": EmailChoice}[name]
    thing = row._default_manager.order_by("pk")[0]
    assert page_of(admin_site, change_address(thing)).select("input[name=_save]") == []
    assert admin_site.get(f"{LISTS[name]}add/").status_code == 403
    assert admin_site.post(change_address(thing).replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert row._default_manager.filter(pk=thing.pk).exists()


def test_a_person_is_deleted_with_what_they_watch(admin_site: Client) -> None:
    grow()
    user = User.objects.filter(watches__isnull=False)[0]
    response = admin_site.post(change_address(user).replace("change", "delete"), {"post": "yes"})
    assert response.status_code == 302
    assert not User.objects.filter(pk=user.pk).exists()
    assert not Watch.objects.filter(user=user.pk).exists()
    assert not Notification.objects.filter(user=user.pk).exists()


def test_a_role_that_people_watch_can_be_deleted(admin_site: Client) -> None:
    role = make_role(make_framework())
    make_watchers(role, 2)
    admin_site.post(change_address(role).replace("change", "delete"), {"post": "yes"})
    assert not Watch.objects.exists()


@pytest.mark.parametrize("name", LISTS)
def test_members_do_not_see_what_others_watch(client: Client, name: str) -> None:
    client.force_login(make_user())
    assert client.get(LISTS[name]).status_code == 302
