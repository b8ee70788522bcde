"""A superuser grants and removes the roles of reviewer and moderator by checkboxes on the page of a person."""

from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import privacy
from accounts.membership import MODERATORS, REVIEWERS, is_moderator, is_reviewer
from accounts.models import User
from community.appointing import granting
from community.appointing.granting import ROLES
from community.models import Act
from community.posting.refusals import NotAllowed
from community.review import promotion
from tests.admin_pages import change_address, page_of, typed
from tests.community.review.test_promotion import contribute
from tests.community.suggestions.world import make_world
from tests.factories import make_user
from tests.races import done_at_once, on_postgresql

pytestmark = pytest.mark.django_db


SHOWN = {"reviewer": "Prüft", "moderator": "Moderiert"}
HISTORY = {
    "reviewer": {
        "en": ("Made a reviewer.", "No longer a reviewer."),
        "de": ("Prüft von nun an.", "Prüft nicht mehr."),
    },
    "moderator": {
        "en": ("Made a moderator.", "No longer a moderator."),
        "de": ("Moderiert von nun an.", "Moderiert nicht mehr."),
    },
}


def speaks(language: str) -> dict[str, str]:
    return {"accept-language": language}


def form_of(client: Client, person: User) -> dict[str, Any]:
    """Return the page of a person as a browser would send it, with the groups chosen there."""
    page = page_of(client, change_address(person))
    chosen = [str(option["value"]) for option in page.select("select[name=groups] option[selected]")]
    return {**typed(page), "groups": chosen}


def save(client: Client, person: User, data: dict[str, Any], **fields: Any) -> None:
    assert client.post(change_address(person), data | fields).status_code == 302


def roles_of(person: User) -> tuple[bool, bool]:
    found = User.objects.get(pk=person.pk)
    return is_reviewer(found), is_moderator(found)


def logged(person: User) -> list[tuple[str, int | None, str]]:
    return list(Act.objects.filter(person_id=person.pk).order_by("pk").values_list("kind", "actor_id", "reason"))


def test_both_groups_are_there_after_migrating() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= {REVIEWERS, MODERATORS}


def test_migrating_keeps_a_group_that_is_there_and_its_members() -> None:
    group, person = Group.objects.get(name=REVIEWERS), make_user()
    person.groups.add(group)
    import_module("community.migrations.0010_roles").make_group(apps, None)
    assert list(Group.objects.filter(name=REVIEWERS)) == [group]
    assert roles_of(person) == (True, False)


def test_the_log_of_moderation_is_still_only_added_to(staff: User) -> None:
    """The migration that adds kinds of lines has SQLite copy the table, which loses its triggers."""
    granting.grant(make_user(), ROLES["reviewer"], staff)
    for change in (Act.objects.all().delete, partial(Act.objects.update, reason="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize(("name", "group"), [("reviewer", REVIEWERS), ("moderator", MODERATORS)])
def test_the_log_names_the_role_also_of_an_account_that_is_named_like_it(
    admin_site: Client, staff: User, name: str, group: str
) -> None:
    """Names of people are taken out of what is typed for the log; the name of a role is not typed."""
    person = make_user("berta", name=group.capitalize())
    User.objects.filter(pk=staff.pk).update(name=group)
    save(admin_site, person, form_of(admin_site, person), **{name: "on"})
    save(admin_site, person, form_of(admin_site, person), **{name: ""})
    assert [words for _kind, _actor, words in logged(person)] == [group, group]


@pytest.mark.parametrize(("name", "group"), [("reviewer", REVIEWERS), ("moderator", MODERATORS)])
def test_a_checkbox_grants_and_removes_a_role_and_both_logs_say_so(
    admin_site: Client, staff: User, name: str, group: str
) -> None:
    person = make_user("berta")
    data = form_of(admin_site, person)
    assert name not in data
    save(admin_site, person, data, **{name: "on"})
    assert roles_of(person) == (name == "reviewer", name == "moderator")
    data = form_of(admin_site, person)
    assert data.pop(name) == "on"
    save(admin_site, person, data)
    assert roles_of(person) == (False, False)
    assert logged(person) == [("role_granted", staff.pk, group), ("role_removed", staff.pk, group)]
    entries = LogEntry.objects.order_by("pk")
    assert [(entry.user, entry.object_id, entry.action_flag) for entry in entries] == [
        (staff, str(person.pk), CHANGE),
        (staff, str(person.pk), CHANGE),
    ]
    for address in ("moderation/log/", f"moderation/people/{person.pk}/"):
        page = admin_site.get(f"/de/{address}").text
        assert (group in page, page.count(SHOWN[name])) == (False, 2)
    # The line of the log is not in the language of whoever acted: each reader gets it in their own.
    for language, sentences in HISTORY[name].items():
        history = admin_site.get(
            f"{change_address(person)}".replace("change", "history"), headers=speaks(language)
        ).text
        assert [sentence in history for sentence in sentences] == [True, True], language


def test_a_page_sent_twice_grants_and_removes_once(admin_site: Client) -> None:
    person = make_user("berta")
    data = form_of(admin_site, person)
    for _ in range(2):
        save(admin_site, person, data, reviewer="on", moderator="on")
    assert (roles_of(person), len(logged(person)), LogEntry.objects.count()) == ((True, True), 2, 2)
    data = form_of(admin_site, person)
    del data["reviewer"]
    for _ in range(2):
        save(admin_site, person, data)
    assert (roles_of(person), len(logged(person)), LogEntry.objects.count()) == ((False, True), 3, 3)


def test_a_page_opened_before_another_administrator_acted_takes_nothing_back(admin_site: Client, staff: User) -> None:
    person = make_user("berta")
    before = form_of(admin_site, person)
    granting.grant(person, ROLES["reviewer"], staff)
    save(admin_site, person, before, name="Berta")
    assert roles_of(person) == (True, False)
    before = form_of(admin_site, person)
    granting.remove(person, ROLES["reviewer"], staff)
    save(admin_site, person, before, name="Berta Ünal")
    assert roles_of(person) == (False, False)
    assert len(logged(person)) == 2


def test_other_groups_are_chosen_beside_the_roles(admin_site: Client) -> None:
    clerks = Group.objects.create(name="clerks")
    person = make_user("berta")
    page = page_of(admin_site, change_address(person))
    offered = [option.get_text() for option in page.select("select[name=groups] option")]
    assert offered == ["clerks"]
    save(admin_site, person, form_of(admin_site, person), groups=[str(clerks.pk)], reviewer="on")
    assert (set(person.groups.values_list("name", flat=True)), roles_of(person)) == (
        {"clerks", REVIEWERS},
        (True, False),
    )
    save(admin_site, person, form_of(admin_site, person), groups=[])
    assert list(person.groups.values_list("name", flat=True)) == [REVIEWERS]


def test_a_role_is_not_chosen_as_a_group_without_a_line_in_the_log(admin_site: Client) -> None:
    person = make_user("berta")
    sent = form_of(admin_site, person) | {"groups": [str(Group.objects.get(name=MODERATORS).pk)]}
    assert admin_site.post(change_address(person), sent).status_code == 200
    assert (roles_of(person), logged(person)) == ((False, False), [])


def test_a_group_that_was_deleted_comes_back_with_its_next_member(admin_site: Client) -> None:
    Group.objects.filter(name=REVIEWERS).delete()
    person = make_user("berta")
    save(admin_site, person, form_of(admin_site, person), reviewer="on")
    assert roles_of(person) == (True, False)


@pytest.mark.parametrize("role", ROLES)
def test_staff_neither_grant_nor_remove(client: Client, role: str) -> None:
    clerk, person = make_user("clerk", is_staff=True), make_user("berta")
    clerk.user_permissions.set(Permission.objects.all())
    client.force_login(clerk)
    page = page_of(client, change_address(person))
    assert page.select(f"[name={role}], [name=initial-{role}]") == []
    sent = typed(page) | {role: "on", f"initial-{role}": "False"}
    assert client.post(change_address(person), sent).status_code == 302
    for act in (granting.grant, granting.remove):
        with pytest.raises(NotAllowed):
            act(person, ROLES[role], clerk)
    assert (roles_of(person), Act.objects.count()) == ((False, False), 0)


def test_the_log_says_who_it_was_even_when_they_are_gone(staff: User) -> None:
    person = make_user("berta")
    granting.grant(person, ROLES["reviewer"], staff)
    privacy.delete_account(person)
    assert Act.objects.get().person_id == person.pk


def test_the_page_of_a_person_costs_the_same_whatever_their_roles(
    admin_site: Client, staff: User, django_assert_max_num_queries: Any
) -> None:
    person = make_user("berta")
    with django_assert_max_num_queries(100) as before:
        form_of(admin_site, person)
    for role in ROLES.values():
        granting.grant(person, role, staff)
    with django_assert_max_num_queries(len(before)):
        form_of(admin_site, person)


@on_postgresql
def test_two_administrators_at_once_grant_once_and_remove_once() -> None:
    with transaction.atomic():
        person = make_user("berta")
        administrators = [make_user(is_superuser=True, is_staff=True) for _ in range(2)]
    for act, expected in ((granting.grant, (True, False)), (granting.remove, (False, False))):
        outcomes = done_at_once(*(partial(act, person, ROLES["reviewer"], one) for one in administrators))
        assert sorted(map(bool, outcomes)) == [False, True]
        assert roles_of(person) == expected
    assert (len(logged(person)), LogEntry.objects.count()) == (2, 2)


@on_postgresql
def test_a_promotion_and_a_page_saved_at_once_lose_nothing() -> None:
    with transaction.atomic():
        world = make_world()
        contribute(world, world.author, 10, 5, 14)
        administrators = [make_user(is_superuser=True, is_staff=True) for _ in range(2)]
    browser = Client()
    browser.force_login(administrators[0])
    data = form_of(browser, world.author)
    assert connection.vendor == "postgresql"
    done_at_once(
        partial(promotion.promote, [world.author], administrators[1]),
        partial(save, browser, world.author, data, moderator="on"),
    )
    assert roles_of(world.author) == (True, True)
