"""Loading a framework: the first time, again, after changes in the file and on the site, and not at all."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from skills import revisions
from skills.content import naming
from skills.content.changes import Change, Field
from skills.content.matrix import Cell, Place
from skills.exchange import framework_file
from skills.models import (
    CatalogueVersion,
    Domain,
    Framework,
    Group,
    Level,
    Requirement,
    Revision,
    Role,
    RoleLevel,
    SearchEntry,
    Skill,
)
from tests.framework_files import load, small_framework, write

pytestmark = pytest.mark.django_db

JUNIOR_BAKER = Place("baker", "junior")
NOTHING = ["bakery.json: nothing changed (skills: 1)"]


def skill_of(data: Any) -> Any:
    return data["domains"][0]["groups"][0]["skills"][0]


def cells_of(data: Any) -> Any:
    return skill_of(data)["requirements"]


def changed_on_the_site(change: Change) -> None:
    revisions.publish(Skill.objects.get(), [change], author=None, origin=Revision.Origin.ADMIN)


def rewritten_on_the_site(text: str, before: str = "Feeds the starter.") -> None:
    base, proposed = Cell(before, "mandatory"), Cell(text, "mandatory")
    changed_on_the_site(Change(Field.REQUIREMENT, base, proposed, JUNIOR_BAKER))


def text_of_junior_baker() -> str:
    return Requirement.objects.get(role__key="baker", level__slug="junior").description


def test_a_new_framework_is_made_with_all_it_holds(tmp_path: Path) -> None:
    data = small_framework()
    data["roles"][0] |= {
        "introduction": "Bakes.",
        "levels": [{"level": "senior", "title": "Master", "introduction": "M"}],
    }
    assert load(write(tmp_path, data)) == [
        "bakery.json: skills: 1 created, 0 changed, 0 unchanged; everything else: 8 created, 0 changed"
    ]
    framework = Framework.objects.get()
    assert (framework.slug, framework.name, framework.licence, framework.language) == (
        "bakery", "Bakery", "CC BY 4.0", "en"
    )  # fmt: skip
    assert list(framework.levels.values_list("slug", "name", "track", "rank")) == [
        ("junior", "Junior", "", 1),
        ("senior", "Senior", "", 2),
    ]
    assert list(framework.roles.values_list("key", "slug", "introduction")) == [
        ("baker", "baker", "Bakes."), ("cook", "cook", "")
    ]  # fmt: skip
    assert list(RoleLevel.objects.values_list("role__key", "level__slug", "title", "introduction")) == [
        ("baker", "senior", "Master", "M")
    ]
    skill = Skill.objects.get()
    assert (skill.slug, skill.name, skill.summary, skill.tag_line, str(skill.group), str(skill.group.domain)) == (
        "sourdough", "Sourdough", "Bread without yeast.", "rye, starter", "Dough", "Baking"
    )  # fmt: skip
    cells = Requirement.objects.order_by("pk").values_list(
        "role__key", "level__slug", "obligation", "proficiency", "description"
    )
    assert list(cells) == [
        ("baker", "junior", "mandatory", "", "Feeds the starter."),
        ("baker", "senior", "optional", "", "Keeps three starters."),
        ("cook", "junior", "not_stated", "Awareness", "Has seen one."),
    ]
    assert list(skill.revisions.values_list("number", "origin")) == [(1, "import")]


def test_a_second_run_says_that_nothing_changed_and_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, small_framework())
    load(path)
    version = CatalogueVersion.objects.get_number()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert load(path) == NOTHING
    written = [query["sql"] for query in queries if re.match("INSERT|UPDATE|DELETE", query["sql"])]
    assert written == []
    assert CatalogueVersion.objects.get_number() == version


def test_a_second_run_asks_no_more_of_more_skills(tmp_path: Path) -> None:
    counts = []
    for number in (1, 5):
        data = small_framework()
        first = skill_of(data)
        more = [{**first, "name": f"Sourdough {each}"} for each in range(number)]
        data["domains"][0]["groups"][0]["skills"] = more
        path = write(tmp_path, data)
        load(path)
        with CaptureQueriesContext(connection) as queries:
            load(path)
        counts.append(len(queries))
    assert counts == [2, 2]


def test_an_unchanged_file_is_not_even_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, parsed = write(tmp_path, small_framework()), []
    parse = framework_file.parse

    def parse_and_note(content: bytes) -> framework_file.FrameworkFile:
        parsed.append(content)
        return parse(content)

    monkeypatch.setattr(framework_file, "parse", parse_and_note)
    load(path)
    assert (load(path), len(parsed)) == (NOTHING, 1)
    path.write_bytes(path.read_bytes() + b" ")
    assert (load(path), len(parsed)) == (NOTHING, 2)
    copy = tmp_path / "copy.json"
    copy.write_bytes(path.read_bytes())
    with pytest.raises(CommandError, match="1 refused"):  # a second file of one framework, also if it is the same
        load(path, copy)


def test_the_very_file_loaded_last_leaves_names_as_an_administrator_set_them(tmp_path: Path) -> None:
    path = write(tmp_path, small_framework())
    load(path)
    role = Role.objects.get(key="baker")
    naming.rename(role, "Master baker")
    assert load(path) == NOTHING
    role.refresh_from_db()
    assert role.name == "Master baker"


def test_characters_are_kept_exactly(tmp_path: Path) -> None:
    text = "Тесто\u2028два\u00a0слова\u200b — 🥐👩🏽‍🍳 „ä“ \u00df\r\n  - nested\n\ttab\ufeff"
    data = small_framework()
    cells_of(data)[0]["description"] = text
    skill_of(data)["summary"] = text
    path = write(tmp_path, data)
    load(path)
    assert (text_of_junior_baker(), Skill.objects.get().summary) == (text, text)
    assert load(path) == NOTHING


def test_a_changed_cell_is_published_as_a_revision(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    cells_of(data)[0]["description"] = "Feeds it twice a day."
    assert load(write(tmp_path, data)) == [
        "bakery.json: skills: 0 created, 1 changed, 0 unchanged; everything else: 0 created, 0 changed"
    ]
    assert text_of_junior_baker() == "Feeds it twice a day."
    latest = Revision.objects.get(number=2)
    assert [(change["role"], change["level"]) for change in latest.changes] == [("baker", "junior")]
    assert latest.origin == "import"


def test_requirements_gone_from_the_file_are_taken_away(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    del cells_of(data)[1:]
    load(write(tmp_path, data))
    assert list(Requirement.objects.values_list("role__key", "level__slug")) == [("baker", "junior")]
    assert len(Revision.objects.get(number=2).content["requirements"]) == 1


def test_what_people_changed_stays_when_the_file_did_not_change_there(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    rewritten_on_the_site("Feeds and names the starter.")
    changed_on_the_site(Change(Field.SUMMARY, "Bread without yeast.", "Slow bread."))
    assert load(write(tmp_path, data)) == NOTHING
    skill_of(data).update(key="sourdough", name="Sour dough")
    load(write(tmp_path, data))
    assert load(write(tmp_path, data)) == NOTHING
    skill = Skill.objects.get()
    assert (skill.name, skill.summary, text_of_junior_baker()) == (
        "Sour dough", "Slow bread.", "Feeds and names the starter."
    )  # fmt: skip


def test_a_requirement_people_removed_does_not_come_back(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    changed_on_the_site(Change(Field.REQUIREMENT, Cell("Feeds the starter.", "mandatory"), None, JUNIOR_BAKER))
    assert load(write(tmp_path, data)) == NOTHING
    assert Requirement.objects.count() == 2


def test_where_both_changed_the_sites_text_is_kept_and_reported_and_the_rest_applied(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    rewritten_on_the_site("Feeds and names the starter.")
    cells_of(data)[0]["description"] = "Feeds it twice a day."
    cells_of(data)[1]["description"] = "Keeps four starters."
    kept = (
        'bakery.json: skill "Sourdough", requirement baker · junior: changed here and in the file, kept as it is here'
    )
    assert load(write(tmp_path, data)) == [
        "bakery.json: skills: 0 created, 1 changed, 0 unchanged; everything else: 0 created, 0 changed",
        kept,
    ]
    assert load(write(tmp_path, data)) == NOTHING
    data["framework"]["summary"] = "About bread."
    assert kept in load(write(tmp_path, data))
    assert text_of_junior_baker() == "Feeds and names the starter."
    assert Requirement.objects.get(level__slug="senior").description == "Keeps four starters."


def test_the_same_change_on_both_sides_is_no_conflict(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    rewritten_on_the_site("Feeds it twice a day.")
    cells_of(data)[0]["description"] = "Feeds it twice a day."
    assert load(write(tmp_path, data)) == NOTHING


def test_a_text_set_back_on_the_site_takes_the_files_next_change(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    rewritten_on_the_site("Feeds and names the starter.")
    rewritten_on_the_site("Feeds the starter.", before="Feeds and names the starter.")
    cells_of(data)[0]["description"] = "Feeds it twice a day."
    load(write(tmp_path, data))
    assert text_of_junior_baker() == "Feeds it twice a day."


def test_a_skill_gone_from_the_file_is_kept_and_reported(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    data["domains"][0]["groups"][0] = {"name": "Cakes", "skills": []}
    data["roles"].pop()
    assert load(write(tmp_path, data)) == [
        "bakery.json: skills: 0 created, 0 changed, 0 unchanged; everything else: 1 created, 0 changed",
        'bakery.json: role "Cook": no longer in the file, kept',
        'bakery.json: group "Dough": no longer in the file, kept',
        'bakery.json: skill "Sourdough": no longer in the file, kept',
    ]
    assert Skill.objects.get().requirements.count() == 3


def test_the_same_key_under_a_new_name_is_a_renaming_and_old_urls_redirect(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    domain = data["domains"][0]
    for obj, key in (
        (data["roles"][0], "baker"), (domain, "baking"), (domain["groups"][0], "dough"), (skill_of(data), "sourdough")
    ):  # fmt: skip
        obj |= {"key": key, "name": f"New {obj['name']}"}
    load(write(tmp_path, data))
    objects: list[naming.Named] = [
        Role.objects.get(key="baker"),
        Domain.objects.get(),
        Group.objects.get(),
        Skill.objects.get(),
    ]
    assert [obj.slug for obj in objects] == ["new-baker", "new-baking", "new-dough", "new-sourdough"]
    paths = ["roles/baker", "domains/baking", "domains/new-baking/dough", "skills/sourdough"]
    assert [naming.find_by_former_path(path) for path in paths] == objects
    assert load(write(tmp_path, data)) == NOTHING


def test_a_renamed_role_is_found_by_its_new_name(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    data["roles"][0] = {"key": "baker", "name": "Boulanger"}
    load(write(tmp_path, data))
    assert SearchEntry.objects.get().roles.split() == ["boulanger", "cook"]


def test_everything_beside_the_skills_follows_the_file(tmp_path: Path) -> None:
    data = small_framework()
    data["roles"][0]["levels"] = [{"level": "junior", "title": "Boy"}, {"level": "senior", "title": "Man"}]
    data["domains"].append({"name": "Selling", "groups": []})
    load(write(tmp_path, data))
    version = CatalogueVersion.objects.get_number()
    data["framework"]["attribution"] = "© Guild"
    data["levels"] = [{"name": "Starter"}, {"slug": "senior", "name": "Master"}, {"name": "Junior"}]
    data["roles"][0]["levels"] = [{"level": "senior", "title": "Master baker"}]
    data["roles"][1]["introduction"] = "Cooks."
    data["domains"].reverse()
    assert load(write(tmp_path, data)) == [
        "bakery.json: skills: 0 created, 0 changed, 1 unchanged; everything else: 1 created, 8 changed"
    ]
    assert Framework.objects.get().attribution == "© Guild"
    assert list(Level.objects.order_by("rank").values_list("slug", "name", "rank")) == [
        ("starter", "Starter", 1), ("senior", "Master", 2), ("junior", "Junior", 3)
    ]  # fmt: skip
    assert list(RoleLevel.objects.values_list("level__slug", "title")) == [("senior", "Master baker")]
    assert list(Domain.objects.order_by("position").values_list("name", flat=True)) == ["Selling", "Baking"]
    assert CatalogueVersion.objects.get_number() == version + 1
    assert load(write(tmp_path, data)) == NOTHING


def test_a_level_gone_from_the_file_goes_to_the_end_of_its_track(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    data["levels"] = [{"name": "Senior"}, {"name": "Expert"}]
    del cells_of(data)[0], cells_of(data)[1]
    assert load(write(tmp_path, data))[1:] == ['bakery.json: level "Junior": no longer in the file, kept']
    assert list(Level.objects.order_by("rank").values_list("slug", flat=True)) == ["senior", "expert", "junior"]


def test_a_skill_may_move_to_another_group(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    groups = data["domains"][0]["groups"]
    groups.append({"name": "Bread", "skills": [groups[0]["skills"].pop()]})
    load(write(tmp_path, data))
    assert str(Skill.objects.get().group) == "Bread"


def test_the_day_of_an_update_is_the_date_of_the_revision_that_brings_it(tmp_path: Path) -> None:
    data = small_framework()
    skill_of(data)["updated"] = "2024-02-29"
    load(write(tmp_path, data))
    cells_of(data)[0]["description"] = "Feeds it twice a day."
    skill_of(data)["updated"] = "2025-03-17"
    load(write(tmp_path, data))
    dates = Revision.objects.order_by("number").values_list("published_at", flat=True)
    assert list(dates) == [datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2025, 3, 17, 12, tzinfo=UTC)]


@pytest.mark.parametrize("day", ["2024-02-29", "2024-02-28", "2999-01-01"])
def test_history_neither_runs_backwards_nor_ahead(tmp_path: Path, day: str) -> None:
    data = small_framework()
    skill_of(data)["updated"] = "2024-02-29"
    load(write(tmp_path, data))
    cells_of(data)[0]["description"] = "Feeds it twice a day."
    skill_of(data)["updated"] = day
    load(write(tmp_path, data))
    age = timezone.now() - Revision.objects.get(number=2).published_at
    assert timedelta(0) <= age < timedelta(minutes=5)


def test_a_changed_day_alone_publishes_nothing(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    skill_of(data)["updated"] = "2025-03-17"
    assert load(write(tmp_path, data)) == NOTHING


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    page = (settings.BASE_DIR / "docs" / "data-format.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    path = write(tmp_path, json.loads(example))
    assert load(path) == [
        "bakery.json: skills: 1 created, 0 changed, 0 unchanged; everything else: 10 created, 0 changed"
    ]
    assert load(path) == NOTHING
