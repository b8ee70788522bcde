"""What staff who are no superusers can do to accounts in Django admin, tried as an attacker who wants more rights."""

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from skills.models import Revision
from tests.admin_pages import change_address, page_of, typed
from tests.factories import make_catalogue, make_user
from tests.races import on_postgresql
from tests.waiting import wait_until_another_waits

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"
PASS_PHRASE = "seven loaves of rye"
LAST_ADMINISTRATOR = "This is the last administrator of the site."
MOMENT = ("2020-01-01", "00:00:00")
ALL_RIGHTS = {"is_staff": "on", "is_superuser": "on"}


def make_superuser(name: str = "") -> User:
    return make_user(name, is_staff=True, is_superuser=True)


def in_group(name: str) -> User:
    person = make_user()
    person.groups.add(Group.objects.get_or_create(name=name)[0])
    return person


def permitted() -> User:
    person = make_user()
    person.user_permissions.add(Permission.objects.get(codename="view_skill"))
    return person


WITH_RIGHTS: dict[str, Callable[[], User]] = {
    "superuser": make_superuser,
    "superuser who is no staff": partial(make_user, is_superuser=True),
    "inactive superuser": partial(make_user, is_superuser=True, is_active=False),
    "staff": partial(make_user, is_staff=True),
    "reviewer": partial(in_group, "reviewers"),
    "moderator": partial(in_group, "moderators"),
    "member with a permission": permitted,
}


@pytest.fixture
def clerk(db: None) -> User:
    """Create staff with every permission that Django has for accounts and groups."""
    person = make_user("clerk", is_staff=True)
    models = ("user", "group", "permission", "emailaddress", "authenticator")
    person.user_permissions.set(Permission.objects.filter(content_type__model__in=models))
    return person


@pytest.fixture
def browser(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def password_page(person: User) -> str:
    return f"{PEOPLE}{person.pk}/password/"


def row(person: User) -> dict[str, Any]:
    return dict(User.objects.filter(pk=person.pk).values().get())


def members_of(person: User) -> tuple[set[int], set[int]]:
    groups, permissions = person.groups.values_list("pk", flat=True), person.user_permissions.values_list("pk")
    return set(groups), {pk for (pk,) in permissions}


def new_password() -> dict[str, str]:
    return {"usable_password": "true", "password1": PASS_PHRASE, "password2": PASS_PHRASE, "set-password": "x"}


@pytest.mark.parametrize("kind", WITH_RIGHTS)
def test_an_account_with_rights_is_not_touched_by_staff(browser: Client, kind: str) -> None:
    person = WITH_RIGHTS[kind]()
    before, belongs = row(person), members_of(person)
    sent = {"username": "taken", "email": "mine@evil.example", "name": "x", "is_active": "on", **ALL_RIGHTS}
    address = change_address(person)
    assert browser.post(address, sent | {"date_joined_0": "2026-01-01", "date_joined_1": "00:00"}).status_code == 403
    assert browser.get(password_page(person)).status_code == 403
    assert browser.post(password_page(person), new_password()).status_code == 403
    unusable = {"usable_password": "false", "unset-password": "x"}
    assert browser.post(password_page(person), unusable).status_code == 403
    assert browser.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": [str(person.pk)], "post": "yes"}
    assert browser.post(PEOPLE, many).status_code == 200
    assert (row(person), members_of(person)) == (before, belongs)
    assert not LogEntry.objects.exists()


def test_of_many_to_delete_none_goes_when_one_has_rights(browser: Client) -> None:
    people = [make_user(), make_superuser(), make_user()]
    many = {"action": "delete_selected", "_selected_action": [str(person.pk) for person in people], "post": "yes"}
    answer = browser.post(PEOPLE, many)
    assert (answer.status_code, people[1].username in answer.text) == (200, True)
    assert User.objects.filter(pk__in=[person.pk for person in people]).count() == 3
    many["_selected_action"] = [str(people[0].pk)]
    assert browser.post(PEOPLE, many).status_code == 302
    assert not User.objects.filter(pk=people[0].pk).exists()


def test_the_page_of_an_account_with_rights_says_why_it_is_read_only(browser: Client, staff: User) -> None:
    reason = "Dieses Konto hat Rechte; nur die Administration ändert es."
    person, member = in_group("reviewers"), make_user()
    assert reason in page_of(browser, change_address(person)).text
    assert reason not in page_of(browser, change_address(member)).text
    browser.force_login(staff)
    assert reason not in page_of(browser, change_address(person)).text


def test_staff_are_not_asked_to_do_what_they_cannot(browser: Client, clerk: User) -> None:
    boss = make_superuser("boss")
    many = {"action": "delete_selected", "_selected_action": [str(boss.pk)]}
    page = browser.post(PEOPLE, many, headers={"accept-language": "en"}).text
    assert "boss: only administrators delete an account with rights." in page
    assert LAST_ADMINISTRATOR not in page
    browser.force_login(boss)
    assert LAST_ADMINISTRATOR in browser.post(PEOPLE, many, headers={"accept-language": "en"}).text


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_changes_when_an_account_was_made_or_used(browser: Client, staff: User, is_superuser: bool) -> None:
    if is_superuser:
        browser.force_login(staff)
    person = make_user("berta")
    before = row(person)
    page = page_of(browser, change_address(person))
    dates = {f"{name}_{part}": value for name in ("last_login", "date_joined") for part, value in enumerate(MOMENT)}
    assert not {str(field["name"]) for field in page.select("[name]")} & dates.keys()
    assert browser.post(change_address(person), typed(page) | dates | {"name": "Berta"}).status_code == 302
    after = row(person)
    assert (after["name"], after["last_login"], after["date_joined"]) == (
        "Berta",
        before["last_login"],
        before["date_joined"],
    )


def test_staff_help_members_without_rights(browser: Client) -> None:
    person = make_user("berta")
    data = typed(page_of(browser, change_address(person)))
    data |= {"email": "new@example.org", "name": "Berta Ünal"}
    data.pop("is_active")
    assert browser.post(change_address(person), data).status_code == 302
    assert browser.post(password_page(person), new_password()).status_code == 302
    person.refresh_from_db()
    assert (person.email, person.name, person.is_active) == ("new@example.org", "Berta Ünal", False)
    assert person.check_password(PASS_PHRASE)
    assert browser.post(change_address(person).replace("change", "delete"), {"post": "yes"}).status_code == 302


def rights(clerk: User) -> dict[str, Any]:
    group = Group.objects.get_or_create(name="mighty")[0]
    every = [str(pk) for pk in Permission.objects.values_list("pk", flat=True)]
    roles = {"reviewer": "on", "initial-reviewer": "False", "moderator": "on", "initial-moderator": "False"}
    return {**ALL_RIGHTS, **roles, "groups": [str(group.pk)], "user_permissions": every}


def test_staff_give_no_rights_to_a_member(browser: Client, clerk: User) -> None:
    person = make_user("berta")
    page = page_of(browser, change_address(person))
    names = {str(field["name"]) for field in page.select("[name]")}
    assert not names & {"is_staff", "is_superuser", "groups", "user_permissions", "reviewer", "moderator"}
    assert browser.post(change_address(person), typed(page) | rights(clerk)).status_code == 302
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser, members_of(person)) == (False, False, (set(), set()))


def test_staff_give_no_rights_to_themselves(browser: Client, clerk: User) -> None:
    before, belongs = row(clerk), members_of(clerk)
    page = page_of(browser, change_address(clerk))
    assert page.select("[name=_save], #content-main input[name=username]") == []
    assert "pbkdf2" not in page.text
    assert "md5" not in page.text
    assert browser.post(change_address(clerk), {"username": "clerk", **rights(clerk)}).status_code == 403
    assert browser.post(password_page(clerk), new_password()).status_code == 403
    assert (row(clerk)["is_superuser"], members_of(clerk)) == (before["is_superuser"], belongs)


def test_staff_give_no_rights_to_whom_they_add(browser: Client, clerk: User) -> None:
    data = typed(page_of(browser, f"{PEOPLE}add/")) | new_password() | {"username": "berta"}
    assert browser.post(f"{PEOPLE}add/", data | rights(clerk)).status_code == 302
    person = User.objects.get(username="berta")
    assert (person.is_staff, person.is_superuser, members_of(person)) == (False, False, (set(), set()))


def test_groups_are_for_superusers(browser: Client, clerk: User, staff: User) -> None:
    group = Group.objects.create(name="clerks")
    clerk.groups.add(group)
    every = [str(pk) for pk in Permission.objects.values_list("pk", flat=True)]
    for address in (change_address(group), "/admin/auth/group/add/"):
        assert browser.get(address).status_code == 403
        assert browser.post(address, {"name": "mighty", "permissions": every}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": [str(group.pk)], "post": "yes"}
    assert browser.post("/admin/auth/group/", many).status_code == 403
    assert browser.post(change_address(group).replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert "/admin/auth/group/" not in browser.get("/admin/").text
    assert (list(group.permissions.all()), Group.objects.filter(name="mighty").exists()) == ([], False)
    browser.force_login(staff)
    assert browser.post(change_address(group), {"name": "clerks", "permissions": every[:2]}).status_code == 302
    assert group.permissions.count() == 2


def test_a_superuser_who_is_switched_off_changes_no_rights(client: Client) -> None:
    person, other = make_superuser(), make_user()
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.post(change_address(other), {"username": "x", **ALL_RIGHTS}).status_code == 302
    other.refresh_from_db()
    assert not other.is_superuser


def test_staff_do_not_see_who_has_rights(browser: Client, staff: User) -> None:
    make_superuser("root")
    page = page_of(browser, PEOPLE)
    assert page.select("th.column-is_staff, td.field-is_staff") == []
    for query in ("is_superuser__exact=1", "is_staff=1", "groups__id__exact=1", "user_permissions=1"):
        assert browser.get(f"{PEOPLE}?{query}").status_code in {302, 400}, query
    for query in ("password__startswith=p", "hidden_name__startswith=x", "suspension_reason__contains=x"):
        assert browser.get(f"{PEOPLE}?{query}").status_code in {302, 400}, query
    browser.force_login(staff)
    assert len(page_of(browser, f"{PEOPLE}?is_superuser__exact=1").select("#result_list tbody tr")) == 2
    assert page_of(browser, PEOPLE).select("th.column-is_staff") != []


def test_a_superuser_gives_and_takes_rights(admin_site: Client) -> None:
    person, group = make_user("berta"), Group.objects.create(name="clerks")
    data = typed(page_of(admin_site, change_address(person)))
    answer = admin_site.post(change_address(person), data | {"is_staff": "on", "groups": [str(group.pk)]})
    person.refresh_from_db()
    assert (answer.status_code, person.is_staff, members_of(person)[0]) == (302, True, {group.pk})
    assert admin_site.post(password_page(person), new_password()).status_code == 302
    person.refresh_from_db()
    assert person.check_password(PASS_PHRASE)


@on_postgresql
def test_a_page_saved_while_the_person_is_promoted_takes_nothing_back() -> None:
    with transaction.atomic():
        make_catalogue()
        person, clerk = make_user("berta"), make_user("clerk", is_staff=True)
        Revision.objects.update(author=person)
        clerk.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    browser = Client()
    browser.force_login(clerk)
    data = typed(page_of(browser, change_address(person)))

    answers: list[int] = []

    def save() -> None:
        try:
            answers.append(browser.post(change_address(person), data | {"name": "Other"}).status_code)
        finally:
            connection.close()

    saving = Thread(target=save)
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_superuser=True)
        saving.start()
        wait_until_another_waits()
    saving.join(timeout=60)
    person.refresh_from_db()
    assert (answers, person.is_superuser, person.name) == ([403], True, "")


@pytest.mark.parametrize("has_row", [True, False])
def test_address_of_another_account_is_refused(browser: Client, has_row: bool) -> None:
    """Codes and new passwords for the other account would open this one."""
    plain, administrator = make_user("plain"), make_superuser("boss")
    if has_row:
        EmailAddress.objects.create(user=administrator, email=administrator.email, verified=True, primary=True)
    page = f"{PEOPLE}{plain.pk}/change/"
    for written in (administrator.email, administrator.email.upper()):
        answer = browser.post(page, typed(page_of(browser, page)) | {"email": written})
        assert (answer.status_code, "Diese Adresse hat schon ein anderes Konto" in answer.text) == (200, True)
    assert User.objects.get(pk=plain.pk).email == plain.email
    answer = browser.post(page, typed(page_of(browser, page)) | {"email": "free@example.org"})
    assert (answer.status_code, User.objects.get(pk=plain.pk).email) == (302, "free@example.org")
