"""Two writers at once, each on its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from skills import revisions, search
from skills.content import naming
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.models import Requirement, Revision, Role, SearchEntry, Skill
from tests.factories import cell, make_domain, make_framework, make_group, make_role, make_skill
from tests.waiting import wait_until_another_waits

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
    pytest.mark.django_db(transaction=True),
]


def test_a_role_renamed_while_its_skill_is_published_leaves_both_found() -> None:
    with transaction.atomic():
        framework = make_framework()
        group, role, level = (
            make_group(make_domain(framework)),
            make_role(framework, "Astrologer"),
            framework.levels.first(),
        )
        assert level is not None
        make_skill(group, "Stars", {(role, level): cell("Reads horoscopes.")})
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            naming.rename(role, "Astronomer")
            publishing = other.submit(in_own_connection, publish_telescopes)
            wait_until_another_waits()
            search.index(Requirement.objects.filter(role=role).values_list("skill", flat=True))
        publishing.result(timeout=20)
    entry = SearchEntry.objects.get()
    assert (entry.roles, entry.body) == ("astronomer", "reads telescopes")


def publish_telescopes() -> None:
    place = Place(Role.objects.get().key, Requirement.objects.get().level.slug)
    change = Change(Field.REQUIREMENT, cell("Reads horoscopes."), cell("Reads telescopes."), place)
    revisions.publish(Skill.objects.get(), [change], author=None, origin=Revision.Origin.ADMIN)


def in_own_connection(action: Callable[[], None]) -> None:
    try:
        action()
    finally:
        connection.close()
