"""People in Django admin, through the client of a staff member."""

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from skills.models import Revision
from tests.admin_pages import change_address, errors_of, page_of, typed
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db

PASS_PHRASE = "seven loaves of rye"


def test_others_see_the_name_or_else_the_user_name() -> None:
    assert [User(username="anna", name=name).get_full_name() for name in ("", "Anna Beck")] == ["anna", "Anna Beck"]
    assert User(username="anna", name="Anna Beck").get_short_name() == "Anna Beck"


def test_two_people_do_not_have_one_user_name() -> None:
    make_user("anna")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("anna")


def test_a_person_is_added_and_can_sign_in(admin_site: Client) -> None:
    data = typed(page_of(admin_site, "/admin/accounts/user/add/"))
    data |= {"username": "berta", "password1": PASS_PHRASE, "password2": PASS_PHRASE}
    assert admin_site.post("/admin/accounts/user/add/", data).status_code == 302
    assert authenticate(username="berta", password=PASS_PHRASE) == User.objects.get(username="berta")


def test_a_weak_password_is_refused(admin_site: Client) -> None:
    data = typed(page_of(admin_site, "/admin/accounts/user/add/"))
    data |= {"username": "berta", "password1": "12345678", "password2": "12345678"}
    assert errors_of(admin_site.post("/admin/accounts/user/add/", data)) != []
    assert not User.objects.filter(username="berta").exists()


def test_a_person_is_given_the_name_that_others_see(admin_site: Client) -> None:
    person = make_user("berta")
    data = typed(page_of(admin_site, change_address(person)))
    assert admin_site.post(change_address(person), data | {"name": "Berta Ünal"}).status_code == 302
    person.refresh_from_db()
    assert (person.get_full_name(), person.is_active, person.is_staff) == ("Berta Ünal", True, False)


def test_people_are_found_by_name_in_the_same_number_of_queries(admin_site: Client) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            make_user()
        with CaptureQueriesContext(connection) as queries:
            page = page_of(admin_site, "/admin/accounts/user/?q=user")
        counts.append((len(queries), len(page.select("#result_list tbody tr"))))
    assert counts == [(counts[0][0], 3), (counts[0][0], 6)]


def test_who_goes_leaves_the_history_whole(admin_site: Client, staff: User) -> None:
    make_catalogue()
    person = make_user("berta")
    Revision.objects.update(author=person)
    admin_site.post(change_address(person).replace("change", "delete"), {"post": "yes"})
    assert list(User.objects.all()) == [staff]
    assert Revision.objects.get().author is None


def test_plain_members_do_not_see_people(client: Client) -> None:
    client.force_login(make_user("member"))
    assert client.get("/admin/accounts/user/").status_code == 302
