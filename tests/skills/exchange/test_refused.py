"""Files that are not loaded: what the operator reads, and that nothing of them arrives."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from skills.models import Framework, Requirement, Skill
from tests.framework_files import load, small_framework, write

pytestmark = pytest.mark.django_db

SKILL = "domains[0].groups[0].skills[0]"


def refused(*paths: Path) -> list[str]:
    """Run the command, expect it to fail, and return what it said on standard error."""
    errors = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("load_content", *map(str, paths), stderr=errors, stdout=StringIO())
    assert error.value.returncode == 1
    return [line.replace(f"{paths[0].parent}/", "") for line in errors.getvalue().splitlines()]


def test_a_broken_file_changes_nothing_and_names_file_path_and_reason(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    cells = data["domains"][0]["groups"][0]["skills"][0]["requirements"]
    data["framework"]["name"] = "Other"
    cells[0]["description"] = "Other."
    cells[1]["role"] = "smith"
    assert refused(write(tmp_path, data)) == [
        f'bakery.json: {SKILL}.requirements[1].role (skill "Sourdough"): there is no role "smith" in this file'
    ]
    assert Framework.objects.get().name == "Bakery"
    assert not Requirement.objects.filter(description="Other.").exists()


def test_a_name_that_is_taken_is_a_fault_and_changes_nothing(tmp_path: Path) -> None:
    data = small_framework()
    load(write(tmp_path, data))
    data["framework"]["name"] = "Other"
    data["domains"][0]["groups"][0]["skills"][0]["key"] = "another"
    reason = "belongs to something else here, which has to be renamed first"
    assert refused(write(tmp_path, data)) == [f'bakery.json: {SKILL}: the name "Sourdough" {reason}']
    assert Framework.objects.get().name == "Bakery"
    data["roles"] = [{"key": "baker", "name": "Cook"}, {"key": "cook", "name": "Baker"}]
    assert refused(write(tmp_path, data)) == [f'bakery.json: roles[0]: the name "Cook" {reason}']


def test_at_most_twenty_faults_are_shown(tmp_path: Path) -> None:
    data = small_framework()
    data["domains"] *= 25
    lines = refused(write(tmp_path, data))
    assert len(lines) == 21
    assert lines[-1] == "bakery.json: … and 52 more"


def test_good_files_are_loaded_beside_a_broken_one(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    write(tmp_path, small_framework())
    other = small_framework()
    write(tmp_path, other, "c.json")
    assert [line.split("/")[-1] for line in refused(tmp_path)] == [
        "a.json: line 1, column 2: is not JSON: Expecting property name enclosed in double quotes",
        "bakery.json already",
    ]
    assert Skill.objects.count() == 1


def test_a_directory_without_files_and_a_missing_path_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "directory.json").mkdir()
    paths = [tmp_path / "empty", tmp_path / "absent.json", tmp_path / "directory.json"]
    assert refused(*paths) == [
        "empty: holds no .json file",
        "absent.json: there is no such file",
        "directory.json: holds no .json file",
    ]
