"""What a framework file may say, and how a broken one is refused: fault by fault, with its place."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from skills.content.matrix import Cell, Place
from skills.exchange import framework_file
from skills.exchange.framework_file import FrameworkFile, LevelEntry, RoleLevelEntry
from skills.exchange.strict_json import FileRefusedError
from tests.framework_files import small_framework

SKILL = "domains[0].groups[0].skills[0]"
CELL = f"{SKILL}.requirements[0]"


def read(data: Any) -> FrameworkFile:
    return framework_file.parse(json.dumps(data).encode())


def faults(content: bytes | dict[str, Any]) -> list[str]:
    if isinstance(content, dict):
        content = json.dumps(content).encode()
    with pytest.raises(FileRefusedError) as refused:
        framework_file.parse(content)
    return [f"{fault.where}: {fault.reason}" if fault.where else fault.reason for fault in refused.value.faults]


def skill_of(data: Any) -> Any:
    return data["domains"][0]["groups"][0]["skills"][0]


def put(data: Any, where: str, value: Any) -> None:
    """Set the value at a path such as "roles[0].key"."""
    *parents, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", where)]
    for step in parents:
        data = data[step]
    data[last] = value


def test_keys_ranks_and_obligation_are_filled_in_where_they_are_left_out() -> None:
    data = small_framework()
    data["levels"] = [{"name": "IC 1", "track": "IC"}, {"name": "M 1", "track": "M"}, {"name": "IC 2", "track": "IC"}]
    data["roles"] = [{"name": "Übung & Lehre", "levels": [{"level": "ic-1", "title": "Lehrling"}]}]
    skill_of(data)["requirements"] = [{"role": "uebung-lehre", "level": "ic-2", "description": "Does it."}]
    file = read(data)
    assert file.levels == (
        LevelEntry("ic-1", "IC 1", "IC", 1),
        LevelEntry("m-1", "M 1", "M", 1),
        LevelEntry("ic-2", "IC 2", "IC", 2),
    )
    assert [(role.key, role.levels) for role in file.roles] == [
        ("uebung-lehre", (RoleLevelEntry("ic-1", "Lehrling", ""),))
    ]
    assert file.skills[0].content.matrix.cells == {Place("uebung-lehre", "ic-2"): Cell("Does it.", "not_stated", "")}


def test_tags_make_the_tag_line_and_a_day_is_read() -> None:
    data = small_framework()
    skill_of(data).update(tags=["W&B", " MLflow"], updated="2026-03-17")
    skill = read(data).skills[0]
    assert (skill.content.tag_line, skill.updated) == ("W&B, MLflow", date(2026, 3, 17))


def test_a_tag_line_is_kept_as_it_is() -> None:
    data = small_framework()
    del skill_of(data)["tags"]
    skill_of(data)["tag_line"] = "W&B,ClearML , Neptune"
    assert read(data).skills[0].content.tag_line == "W&B,ClearML , Neptune"


def test_a_byte_order_mark_is_no_fault() -> None:
    assert framework_file.parse(b"\xef\xbb\xbf" + json.dumps(small_framework()).encode()).framework.slug == "bakery"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"format": 1,\n "levels" 2}', "line 2, column 11: is not JSON: Expecting ':' delimiter"),
        (b"", "line 1, column 1: is not JSON: Expecting value"),
        ('{"name": "ü"}'.encode("latin-1"), "is not UTF-8 (byte 10)"),
        ("{}".encode("utf-16"), "is not UTF-8 (byte 0)"),
        (b'{"a": {"b": 1, "b": 2}}', "a.b: is given twice"),
        (b'{"a b": [{"": 1, "": 2}]}', '["a b"][0][""]: is given twice'),
        (b'{"a": ["x", "b\\u0000"]}', "a[1]: holds a NUL character (U+0000, character 2)"),
        (b'{"a": "\\ud83d!"}', "a: holds half of a surrogate pair (U+D83D, character 1)"),
        (b'{"\\udc00": 1}', '["\\udc00"]: holds half of a surrogate pair (U+DC00, character 1)'),
        (b'{"a": NaN}', "is not JSON that can be read: NaN is no JSON value"),
        (b"[]", "must be of type object, but is []"),
        (b"null", "must be of type object, but is null"),
    ],
)
def test_text_that_is_not_strict_json_is_refused(content: bytes, fault: str) -> None:
    assert faults(content) == [fault]


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 900 + b"]" * 900, b"9" * 5000])
def test_deep_nesting_and_huge_numbers_are_refused(content: bytes) -> None:
    assert len(faults(content)) == 1


OBLIGATIONS = '["mandatory", "optional", "not_stated"]'
KEY = "lower-case letters a to z, digits, - and _, at most 120 characters"
ADDRESS = "an address that begins with http:// or https://, or nothing"


@pytest.mark.parametrize(
    ("where", "value", "reason"),
    [
        ("format", "other/2", 'must be "stufenplan-framework/1", but is "other/2"'),
        ("levels", [], "must be a list of at least one level, but is []"),
        ("framework.name", 7, "must be of type string, but is 7"),
        ("framework.name", " \n", 'must be a name that is not blank, but is " \\n"'),
        ("framework.name", "n" * 201, "is 201 characters long, the limit is 200"),
        ("framework.url", "javascript:alert(1)", f'must be {ADDRESS}, but is "javascript:alert(1)"'),
        ("roles[0].key", "Baker", f'must be {KEY}, but is "Baker"'),
        ("roles[0].key", "baker\n", f'must be {KEY}, but is "baker\\n"'),
        (f"{CELL}.obligation", "must", f'must be {OBLIGATIONS}, but is "must"'),
        (f"{CELL}.obligation", None, f"must be {OBLIGATIONS}, but is null"),
        (f"{CELL}.description", "\u2028 ", 'must be Markdown that is not blank, but is "\\u2028 "'),
        (f"{CELL}.description", "d" * 8001, "is 8001 characters long, the limit is 8000"),
        (f"{CELL}.role", "smith", 'there is no role "smith" in this file'),
        (f"{CELL}.role", "BAKER ", 'there is no role "BAKER " in this file; the key of "Baker" is "baker"'),
        (f"{CELL}.level", "SENIOR", 'there is no level "SENIOR" in this file; the key of "Senior" is "senior"'),
        (f"{CELL}.level", "x" * 99, f'there is no level "{"x" * 59}… in this file'),
        (f"{SKILL}.updated", "2026-02-30", 'there is no day "2026-02-30"'),
        (f"{SKILL}.updated", "17.3.2026", 'must be a day written as 2026-03-17, but is "17.3.2026"'),
        (f"{SKILL}.tags[0]", "a,b", 'must be a word or phrase without a comma, but is "a,b"'),
        (f"{SKILL}.tags", ["t" * 300, "u" * 300], "make a line of more than 500 characters"),
        ("roles[0].levels[0].level", "boss", 'there is no level "boss" in this file'),
    ],
)
def test_a_fault_is_named_with_its_path_and_reason(where: str, value: Any, reason: str) -> None:
    data = small_framework()
    data["roles"][0]["levels"] = [{"level": "junior"}]
    put(data, where, value)
    assert faults(data) == [f"{where}: {reason}"]


def test_a_role_or_level_is_found_by_its_name_where_a_key_is_expected() -> None:
    data = small_framework()
    data["roles"] = [{"key": "cook", "name": "Head Baker", "levels": [{"level": "Level 2"}]}, {"name": "cook"}]
    data["roles"][1]["key"] = "helper"
    data["levels"] = [{"slug": "l1", "name": "Level 1"}, {"slug": "l2", "name": "Level 2"}]
    skill_of(data)["requirements"] = [
        {"role": "Head Baker", "level": "Level 1", "description": "Bakes."},
        {"role": "cook", "level": "Level 2", "description": "A key comes before the name of another role."},
        {"role": "helper", "level": "l2", "description": "Helps."},
    ]
    file = read(data)
    assert file.roles[0].levels == (RoleLevelEntry("l2", "", ""),)
    places = [Place("cook", "l1"), Place("cook", "l2"), Place("helper", "l2")]
    assert list(file.skills[0].content.matrix.cells) == places


def test_the_same_cell_by_key_and_by_name_is_refused() -> None:
    data = small_framework()
    cells = skill_of(data)["requirements"]
    cells.append({**cells[0], "role": "Baker", "level": "Junior"})
    twice = f"{SKILL}.requirements[{len(cells) - 1}]: has the same role and level as {SKILL}.requirements[0]"
    assert faults(data) == [f'{twice}: ["baker", "junior"]']


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            '{"name": "Rye\\n\\u2028", "summary": 1}',
            '.summary (skill "Rye\\n\\u2028"): must be of type string, but is 1',
        ),
        (
            '{"name": "Rye", "summary": "\\u0000"}',
            '.summary (skill "Rye"): holds a NUL character (U+0000, character 1)',
        ),
        ('{"name": ["Rye"], "requirements": []}', '.name: must be of type string, but is ["Rye"]'),
        ("[]", ": must be of type object, but is []"),
    ],
)
def test_a_fault_in_a_skill_names_the_skill(content: str, line: str) -> None:
    data = small_framework()
    data["domains"][0]["groups"][0]["skills"] = ["skill"]
    with pytest.raises(FileRefusedError) as refused:
        framework_file.parse(json.dumps(data).replace('"skill"', content).encode())
    assert f"{SKILL}{line}" in [str(fault) for fault in refused.value.faults]


def test_a_level_with_a_long_name_needs_a_slug_of_its_own() -> None:
    data = small_framework()
    data["levels"].append({"name": "l" * 41})
    assert faults(data) == ['levels[2]: needs a "slug" of at most 40 characters']


def test_a_field_too_many_and_one_too_few_are_named() -> None:
    data = small_framework()
    data["frameworks"] = data["framework"].pop("licence")
    assert faults(data) == ['has unknown fields: "frameworks"', 'framework: "licence" is a required property']


def test_tags_and_tag_line_together_are_refused() -> None:
    data = small_framework()
    skill_of(data)["tag_line"] = "a"
    assert faults(data) == [f'{SKILL}: has both "tags" and "tag_line", give one of them']


def test_the_same_cell_twice_is_refused_rather_than_one_kept_silently() -> None:
    data = small_framework()
    cells = skill_of(data)["requirements"]
    cells.append({**cells[0], "description": "Something else."})
    twice = f"{SKILL}.requirements[{len(cells) - 1}]: has the same role and level as {SKILL}.requirements[0]"
    assert faults(data) == [f'{twice}: ["baker", "junior"]']


def test_duplicates_are_refused() -> None:
    data = small_framework()
    data["levels"].append({"slug": "junior", "name": "Starter"})
    data["roles"].append({"key": "second", "name": "Baker"})
    data["domains"][0]["groups"].append({"name": "Dough", "skills": [{"name": "Sourdough", "requirements": []}]})
    assert faults(data) == [
        'levels[2]: has the same slug as levels[0]: "junior"',
        'roles[2]: has the same name as roles[0]: "Baker"',
        'domains[0].groups[1]: has the same key as domains[0].groups[0]: "dough"',
        'domains[0].groups[1]: has the same name as domains[0].groups[0]: "Dough"',
        f'domains[0].groups[1].skills[0]: has the same key as {SKILL}: "sourdough"',
    ]


def test_two_skills_of_the_same_name_in_two_groups_are_distinguished_by_key() -> None:
    data = small_framework()
    same_name = {"key": "sourdough-cakes", "name": "Sourdough", "requirements": []}
    data["domains"][0]["groups"].append({"name": "Cakes", "skills": [same_name]})
    assert [(skill.key, skill.content.group) for skill in read(data).skills] == [
        ("sourdough", "baking/dough"),
        ("sourdough-cakes", "baking/cakes"),
    ]


def test_a_missing_file_and_an_unreadable_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("{}")
    reasons = []
    for path in (tmp_path / "absent.json", tmp_path / "file" / "below.json", tmp_path):
        with pytest.raises(FileRefusedError) as refused:
            framework_file.read_content(path)
        reasons.append(str(refused.value))
    assert reasons == ["there is no such file", "cannot be read: Not a directory", "cannot be read: Is a directory"]
