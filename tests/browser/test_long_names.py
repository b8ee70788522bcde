"""Names of 44 letters without a break never make a page scroll sideways, not even at 320 px."""

import re
from collections.abc import Iterator

import pytest
from django.db.models import CharField, Model, Value
from django.db.models.functions import Cast, Concat
from pytest_django import DjangoDbBlocker

from accounts.models import User
from community.models import Comment, Decision, Event, Report, SuggestedChange, Suggestion
from skills.models import CatalogueVersion, Domain, Framework, Group, Level, Requirement, Role, Skill
from tests.browser.conftest import OpenReader
from tests.browser.reader import Device, Reader
from tests.browser.stage import enter
from tests.config.test_every_url import OURS
from tests.config.url_stage import Stage, make_stage
from tests.config.url_table import ROLES
from tests.config.url_table_accounts import ENTRANCE, OWN_ACCOUNT

pytestmark = pytest.mark.browser

NARROW = Device(320, 700)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"[:42]  # and a number
ADMINISTRATOR, VISITOR = ROLES.index("administrator"), ROLES.index("anonymous")
NO_PAGE = re.compile(r"^/\w|/export/\{|/download/|^comments/people/")  # text, XML, files, a part of a page
ADDRESSES = [
    row.address.replace("/en/", "/de/")  # in German, whose words are longer
    for row in [*OURS, *OWN_ACCOUNT]
    if row.get and row.get.split()[ADMINISTRATOR] == "200" and not NO_PAGE.search(row.path)
]
VISITOR_ADDRESSES = [  # such as sign-in and sign-up, from which members are redirected
    row.address.replace("/en/", "/de/") for row in ENTRANCE if row.get and row.get.split()[VISITOR] == "200"
]


def lengthen(rows: type[Model], field: str, **where: object) -> None:
    """Give each row another name or text of 44 letters: its number is at the end."""
    number = Cast("pk", CharField())
    rows._default_manager.filter(**where).update(**{field: Concat(Value(LONG), number)})


@pytest.fixture(scope="module")
def stage(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Return a small world in which every name is long; deleted afterwards: this database is not emptied."""
    with django_db_blocker.unblock():
        people = set(User.objects.values_list("pk", flat=True))
        stage = make_stage("administrator")
        skill, framework = stage.world.skill, stage.world.skill.framework
        for rows, where in (
            (Framework, {"pk": framework.pk}),
            (Domain, {"framework": framework}),
            (Group, {"domain__framework": framework}),
            (Role, {"framework": framework}),
            (Level, {"framework": framework}),
            (Skill, {"pk": skill.pk}),
        ):
            lengthen(rows, "name", **where)
        lengthen(Skill, "summary", pk=skill.pk)
        lengthen(Skill, "tag_line", pk=skill.pk)
        lengthen(Requirement, "description", skill=skill)
        lengthen(Comment, "body", skill=skill)
        lengthen(Suggestion, "reason", skill=skill)
        newcomers = User.objects.exclude(pk__in=people)
        lengthen(User, "username", pk__in=list(newcomers.values_list("pk", flat=True)))
        lengthen(User, "name", pk__in=list(newcomers.values_list("pk", flat=True)))
        for who in ("own", "their"):
            account = User.objects.get(pk=stage.names[f"{who}_account"])
            stage.names[f"{who}_name"] = account.username
        CatalogueVersion.objects.advance()
    yield stage
    with django_db_blocker.unblock():
        for model in (Decision, Report, Comment, SuggestedChange, Suggestion, Event):
            model._default_manager.all().delete()
        skill.delete()
        framework.delete()
        User.objects.exclude(pk__in=people).delete()
        CatalogueVersion.objects.advance()


def find_wide_pages(reader: Reader, addresses: list[str]) -> list[str]:
    wide = []
    for address in addresses:
        reader.go(address)
        for box in reader.page.locator("main details").all():
            box.evaluate("box => { box.open = true; }")
        if overhang := reader.overhang():
            wide.append(f"{address}: {overhang} px")
    return wide


def test_no_page_scrolls_sideways_with_long_names(
    open_reader: OpenReader, stage: Stage, django_db_blocker: DjangoDbBlocker
) -> None:
    assert stage.person
    reader = enter(open_reader(NARROW), stage.person, django_db_blocker, has_proven=True)
    assert find_wide_pages(reader, [address.format(**stage.names) for address in ADDRESSES]) == []


def test_no_page_of_a_visitor_scrolls_sideways(open_reader: OpenReader) -> None:
    assert "/de/accounts/login/" in VISITOR_ADDRESSES
    assert find_wide_pages(open_reader(NARROW), VISITOR_ADDRESSES) == []
