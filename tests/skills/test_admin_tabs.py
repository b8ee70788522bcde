"""Two tabs of Django admin: the older one undoes nothing; a text changed in both is decided by the next save."""

from typing import Any

import pytest
from django.contrib.auth.models import Group as Rights
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Model
from django.test import Client

from community.models import DeclineReason, WatchedWord
from skills.models import Level, Role, RoleLevel, Skill
from tests.admin_pages import change_address, errors_of, make_baking
from tests.factories import make_user
from tests.races import done_at_once, on_postgresql
from tests.tabs import Fields, read_fields

pytestmark = pytest.mark.django_db

FORM = "#content-main form[method=post]"
REASONS = "/admin/community/declinereason/"


@pytest.fixture
def skill(db: None) -> Skill:
    return make_baking()


def open_tab(browser: Client, address: str) -> Fields:
    response = browser.get(address, headers={"Accept-Language": "en"})
    assert response.status_code == 200
    return read_fields(response, FORM)


def save(browser: Client, address: str, tab: Fields, **changes: Any) -> Any:
    return browser.post(address, {**tab, **changes}, headers={"Accept-Language": "en"})


def make_rows(skill: Skill) -> dict[str, tuple[Model, dict[str, Any], dict[str, Any]]]:
    """Return by name: a row, what the newer tab saves of it, and what the older one saves."""
    role, member = Role.objects.get(), make_user("paul", name="Paul")
    return {
        "role": (role, {"introduction": "Bakes at night.\n\nAnd sleeps.\n"}, {"name": "Pastry cook"}),
        "domain": (skill.group.domain, {"position": 7}, {"name": "Bakery"}),
        "group": (skill.group, {"position": 7}, {"name": "Stoves"}),
        "framework": (skill.framework, {"licence": "CC0"}, {"name": "Own bakery"}),
        "level": (Level.objects.get(slug="junior"), {"rank": 77}, {"name": "Beginner"}),
        "account": (member, {"email": "paul@example.org"}, {"name": "Pauline"}),
        "deactivated account": (make_user("eve", name="Eve"), {"is_active": ""}, {"name": "Eva"}),
        "decline reason": (DeclineReason.objects.earliest("pk"), {"english": "No."}, {"position": 99}),
    }


@pytest.mark.parametrize(
    "kind",
    ["role", "domain", "group", "framework", "level", "account", "deactivated account", "decline reason"],
)
def test_an_older_tab_keeps_what_a_newer_one_saved(admin_site: Client, skill: Skill, kind: str) -> None:
    row, newer, older = make_rows(skill)[kind]
    address = change_address(row)
    tab, other_tab = open_tab(admin_site, address), open_tab(admin_site, address)
    sent = {name: value for name, value in newer.items() if value != ""}
    left_out = [name for name, value in newer.items() if value == ""]  # a checkbox without its tick sends nothing
    assert (
        save(admin_site, address, {k: v for k, v in other_tab.items() if k not in left_out}, **sent).status_code == 302
    )
    assert save(admin_site, address, tab, **older).status_code == 302
    row.refresh_from_db()
    assert {name: getattr(row, name) or "" for name in newer | older} == newer | older


def test_a_text_changed_in_both_tabs_is_decided_by_the_next_save(admin_site: Client, skill: Skill) -> None:
    role = Role.objects.get()
    address = change_address(role)
    tab = open_tab(admin_site, address)
    save(admin_site, address, tab, introduction="Bakes at night.")
    response = save(admin_site, address, tab, introduction="Bakes by day.", name="Pastry cook")
    message = "Introduction: changed to “Bakes at night.” in another window. Save again to use your entry."
    assert (response.status_code, message in errors_of(response)) == (200, True)
    role.refresh_from_db()
    assert (role.name, role.introduction) == ("Baker", "Bakes at night.")
    again = read_fields(response, FORM)
    assert (again["name"], again["introduction"]) == ("Pastry cook", "Bakes by day.")
    save(admin_site, address, open_tab(admin_site, address), introduction="Bakes at noon.")  # not seen in the question
    response = save(admin_site, address, again)
    assert message.replace("at night", "at noon") in errors_of(response)
    assert save(admin_site, address, read_fields(response, FORM)).status_code == 302
    role.refresh_from_db()
    assert (role.name, role.introduction) == ("Pastry cook", "Bakes by day.")


def test_the_same_entry_in_both_tabs_is_no_conflict(admin_site: Client, skill: Skill) -> None:
    role = Role.objects.get()
    tab = open_tab(admin_site, change_address(role))
    for _ in range(2):
        assert save(admin_site, change_address(role), tab, introduction="Bakes.\r\nAt night.").status_code == 302
    role.refresh_from_db()
    assert role.introduction == "Bakes.\nAt night."


def test_rows_on_the_page_of_another_row_are_kept_too(admin_site: Client, skill: Skill) -> None:
    role, (junior, middle) = Role.objects.get(), Level.objects.filter(slug__in=["junior", "middle"]).order_by("rank")
    title = RoleLevel.objects.create(role=role, level=junior, title="Baker")
    address = change_address(role)
    tab = open_tab(admin_site, address)
    prefix = next(name for name, value in tab.items() if name.endswith("-0-id") and value == str(title.pk))[
        : -len("id")
    ]
    save(admin_site, address, tab, **{f"{prefix}introduction": "Learns."})
    save(admin_site, address, tab, **{f"{prefix}level": str(middle.pk)})
    response = save(admin_site, address, tab, **{f"{prefix}introduction": "Sleeps."})
    assert "Introduction: changed to “Learns.” in another window. Save again to use your entry." in errors_of(response)
    title.refresh_from_db()
    assert (title.introduction, title.level) == ("Learns.", middle)
    assert save(admin_site, address, read_fields(response, FORM)).status_code == 302
    title.refresh_from_db()
    assert (title.introduction, title.level) == ("Sleeps.", middle)


def test_groups_of_a_domain_and_levels_of_a_framework_are_kept(admin_site: Client, skill: Skill) -> None:
    level, group = Level.objects.get(slug="junior"), skill.group
    for row, parent, newer, older in (
        (group, group.domain, {"position": 5}, {"name": "Stoves"}),
        (level, skill.framework, {"rank": 55}, {"name": "Beginner"}),
    ):
        address = change_address(parent)
        tab = open_tab(admin_site, address)
        prefix = next(name for name, value in tab.items() if name.endswith("-id") and value == str(row.pk))[
            : -len("id")
        ]
        for changes in (newer, older):
            sent = {f"{prefix}{name}": value for name, value in changes.items()}
            assert save(admin_site, address, tab, **sent).status_code == 302
        row.refresh_from_db()
        assert {name: getattr(row, name) for name in newer | older} == newer | older


def test_permissions_and_groups_chosen_in_two_tabs_add_up(admin_site: Client, skill: Skill) -> None:
    first, second, third = Permission.objects.all()[:3]
    rights = Rights.objects.create(name="bakers")
    rights.permissions.add(first)
    address = change_address(rights)
    tab = open_tab(admin_site, address)
    save(admin_site, address, tab, permissions=[str(first.pk), str(second.pk)])
    save(admin_site, address, tab, permissions=[str(third.pk)])  # takes the first one away
    assert set(rights.permissions.all()) == {second, third}
    person = make_user()
    tab = open_tab(admin_site, change_address(person))
    person.groups.add(rights)
    assert save(admin_site, change_address(person), tab, name="Paula").status_code == 302
    assert list(person.groups.all()) == [rights]


def test_an_editable_list_keeps_what_another_tab_saved(admin_site: Client) -> None:
    reason = DeclineReason.objects.earliest("pk")
    tab = read_fields(admin_site.get(REASONS), "#changelist-form")
    prefix = next(name for name, value in tab.items() if name.endswith("-id") and value == str(reason.pk))[: -len("id")]
    for changes in ({"position": "88"}, {"is_offered": None}):
        sent = tab | {f"{prefix}{name}": value for name, value in changes.items() if value} | {"_save": "Save"}
        sent = {
            name: value for name, value in sent.items() if name.removeprefix(prefix) not in changes or value != "on"
        }
        assert admin_site.post(REASONS, sent).status_code == 302
    reason.refresh_from_db()
    assert (reason.position, reason.is_offered) == (88, False)


def test_a_watched_word_changed_in_both_tabs_is_asked_about(admin_site: Client) -> None:
    word = WatchedWord.objects.create(text="cheap")
    tab = open_tab(admin_site, change_address(word))
    save(admin_site, change_address(word), tab, text="cheaper")
    assert save(admin_site, change_address(word), tab, text="cheapest").status_code == 200
    word.refresh_from_db()
    assert word.text == "cheaper"


@on_postgresql
def test_two_tabs_that_save_at_the_same_moment_both_count(staff: Any) -> None:
    with transaction.atomic():
        make_baking()
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(staff)
    role = Role.objects.get()
    tab = open_tab(browsers[0], change_address(role))
    done_at_once(
        lambda: save(browsers[0], change_address(role), tab, introduction="Bakes."),
        lambda: save(browsers[1], change_address(role), tab, name="Pastry cook"),
    )
    role.refresh_from_db()
    assert (role.name, role.introduction) == ("Pastry cook", "Bakes.")
