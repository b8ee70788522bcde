"""Deliveries and refused addresses in Django admin, through the client of a staff member."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Delivery, RefusedAddress
from tests.admin_pages import change_address, page_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

DELIVERIES = "/admin/accounts/delivery/"
REFUSED = "/admin/accounts/refusedaddress/"


def make_delivery(to: str = "anna@example.org", state: str = "owed", **fields: Any) -> Delivery:
    finished_at = None if state == "owed" else timezone.now()
    known = {"kind": "account", "subject": "Code", "text": "123456", "attempts": 4, "finished_at": finished_at}
    return Delivery.objects.create(to=to, state=state, **{**known, **fields})


def listed(client: Client, query: str = "") -> list[str]:
    rows = page_of(client, f"{DELIVERIES}{query}").select("#result_list tbody td.field-to")
    return sorted(row.text for row in rows)


def try_again(client: Client, *deliveries: Delivery) -> Any:
    chosen = {"action": "try_again", "_selected_action": [str(delivery.pk) for delivery in deliveries]}
    return client.post(DELIVERIES, chosen, follow=True)


def test_deliveries_are_found_by_address_and_filtered_by_state_and_kind(admin_site: Client) -> None:
    make_delivery("anna@example.org")
    make_delivery("berta@example.org", "sent")
    make_delivery("carla@example.org", "refused", kind="notice")
    assert listed(admin_site, "?q=berta") == ["berta@example.org"]
    assert listed(admin_site, "?state__exact=owed") == ["anna@example.org"]
    assert listed(admin_site, "?kind=notice") == ["carla@example.org"]


def test_a_delivery_is_shown_without_its_text_and_cannot_be_changed(admin_site: Client) -> None:
    delivery = make_delivery(text="The code is 424242")
    page = page_of(admin_site, change_address(delivery))
    assert "anna@example.org" in page.text
    assert "424242" not in page.text
    assert page.select("[name=_save], #content-main input[name=to]") == []
    assert admin_site.get(f"{DELIVERIES}add/").status_code == 403


def test_what_was_not_sent_is_tried_again_at_once(admin_site: Client) -> None:
    RefusedAddress.objects.create(email="anna@example.org", reason="550 no such user")
    later = timezone.now() + timedelta(hours=4)
    put_off = make_delivery(due_at=later)
    refused, withheld = make_delivery("Anna@example.org", "refused"), make_delivery("berta@example.org", "withheld")
    sent = make_delivery("carla@example.org", "sent")
    under_way = make_delivery("dora@example.org", due_at=later, leased_until=later)
    answer = try_again(admin_site, put_off, refused, withheld, sent, under_way)
    assert "3 " in answer.content.decode()
    states = {row[0]: row[1:] for row in Delivery.objects.values_list("pk", "state", "attempts", "finished_at")}
    for delivery in (put_off, refused, withheld):
        assert states[delivery.pk] == ("owed", 0, None)
    assert Delivery.objects.due(timezone.now()).count() == 3
    assert states[sent.pk][0] == "sent"
    assert states[under_way.pk] == ("owed", 4, None)
    assert not RefusedAddress.objects.exists()


def test_who_may_only_look_cannot_try_again(client: Client) -> None:
    viewer = make_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client.force_login(viewer)
    refused = make_delivery(state="refused")
    assert listed(client) == ["anna@example.org"]
    try_again(client, refused)
    refused.refresh_from_db()
    assert refused.state == "refused"


def test_a_refused_address_that_is_deleted_gets_mail_again(admin_site: Client) -> None:
    address = RefusedAddress.objects.create(email="anna@example.org", reason="550 no such user")
    assert "550 no such user" in page_of(admin_site, f"{REFUSED}?q=anna").text
    admin_site.post(change_address(address).replace("change", "delete"), {"post": "yes"})
    assert not RefusedAddress.objects.exists()


def test_a_person_with_deliveries_can_be_deleted(admin_site: Client) -> None:
    person = make_user("berta")
    make_delivery(user=person)
    admin_site.post(change_address(person).replace("change", "delete"), {"post": "yes"})
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("address", [DELIVERIES, REFUSED])
def test_lists_cost_the_same_number_of_queries_however_long(admin_site: Client, address: str) -> None:
    counts = []
    for number in (1, 6):
        for position in range(number):
            make_delivery(user=make_user(), kind=f"kind {number} {position}")
            RefusedAddress.objects.create(email=f"{number}.{position}@example.org", reason="550")
        with CaptureQueriesContext(connection) as queries:
            page_of(admin_site, address)
        counts.append(len(queries))
    assert counts == [counts[0], counts[0]]
