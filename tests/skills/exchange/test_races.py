"""Two who write at once, on real connections."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from skills import revisions
from skills.content.changes import Change, Field
from skills.exchange import loading
from skills.exchange.framework_file import FrameworkFile
from skills.models import Framework, Requirement, Revision, Role, Skill
from tests.framework_files import load, read, small_framework, write
from tests.races import done_at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
    pytest.mark.django_db(transaction=True),
]

SKILLS = 20  # enough that two loads are sure to overlap


def framework_of_many_skills(text: str) -> dict[str, Any]:
    data = small_framework()
    group = data["domains"][0]["groups"][0]
    cell = {"role": "baker", "level": "junior", "description": text}
    group["skills"] = [{"name": f"Bread {number}", "requirements": [cell]} for number in range(SKILLS)]
    return data


def load_twice_at_once(file: FrameworkFile) -> list[int]:
    """Return how many skills each of two loaders wrote, the idler one first."""
    written: list[int] = []

    def run() -> None:
        report = loading.load(file)
        written.append(report.skills_created + report.skills_changed)

    done_at_once(run, run)
    return sorted(written)


def test_a_new_framework_loaded_twice_at_once_is_made_once(tmp_path: Path) -> None:
    file = read(write(tmp_path, framework_of_many_skills("Bakes.")))
    assert load_twice_at_once(file) == [0, SKILLS]
    assert (Framework.objects.count(), Role.objects.count()) == (1, 2)
    assert Requirement.objects.count() == Revision.objects.count() == SKILLS


def test_a_changed_framework_loaded_twice_at_once_is_changed_once(tmp_path: Path) -> None:
    load(write(tmp_path, framework_of_many_skills("Bakes.")))
    file = read(write(tmp_path, framework_of_many_skills("Bakes bread.")))
    assert load_twice_at_once(file) == [0, SKILLS]
    assert Revision.objects.count() == 2 * SKILLS


def test_who_publishes_while_a_file_is_loaded_neither_fails_nor_is_overwritten(tmp_path: Path) -> None:
    load(write(tmp_path, framework_of_many_skills("Bakes.")))
    file = read(write(tmp_path, framework_of_many_skills("Bakes bread.")))
    skills = list(Skill.objects.order_by("-pk"))

    def publish() -> None:
        for skill in skills:
            change = Change(Field.SUMMARY, "", "Said on the site.")
            revisions.publish(skill, [change], author=None, origin=Revision.Origin.ADMIN)

    done_at_once(publish, lambda: loading.load(file))
    assert Skill.objects.filter(summary="Said on the site.").count() == SKILLS
    assert Requirement.objects.filter(description="Bakes bread.").count() == SKILLS
    assert Revision.objects.count() == 3 * SKILLS
