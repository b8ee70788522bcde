"""The product's own traps, each with the right form in its message."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("skills", "accounts", "community", "config")
CODE = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

MAY_MARK_SAFE = {"skills/text/markdown.py", "skills/text/new_words.py", "community/skill_page/slots.py"}
MAY_CATCH_ALL = {  # the outermost borders: one job's error must not end the others, and an error page may not fail
    "config/worker.py",
    "config/error_pages/handlers.py",
}
IN_MAIL = "templates/community/notifications/mail/"  # mail programs know nothing but inline style
MAY_WRITE_SKILLS = {"skills/revisions/publishing.py", "skills/revisions/writing.py"}
MAY_ASK_FOR_IT = {"skills/revisions/publishing.py", "skills/revisions/writing.py"}
WRITES = {"create", "bulk_create", "bulk_update", "update", "update_or_create", "get_or_create", "delete"}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
SCRIPT = re.compile(r"<script|<style|\son[a-z]+=|javascript:", re.IGNORECASE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))


def words_of(call: ast.Call) -> list[str]:
    """Return the dotted names of a call: `skill.requirements.all().delete()` → skill, requirements, all, delete."""
    words: list[str] = []
    node: ast.expr = call.func
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            words.append(node.attr)
            node = node.value
        else:
            return [*([node.id] if isinstance(node, ast.Name) else []), *reversed(words)]


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_revisions_alone_have_content_written(path: Path) -> None:
    if name_of(path) not in MAY_ASK_FOR_IT:
        asked = [words_of(call) for call in calls(path)]
        assert not [words for words in asked if words in (["writing", "write"], ["writing", "write_cells"])]


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_skills_and_requirements_are_written_by_revisions_alone(path: Path) -> None:
    if name_of(path) in MAY_WRITE_SKILLS:
        return
    for call in calls(path):
        words = words_of(call)
        touches = {"Requirement", "requirements", "Skill", "skills"} & set(words[:-1])
        assert not (touches and words[-1] in WRITES), f"line {call.lineno}: change content with revisions.publish(…)"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_text_is_marked_safe_in_few_places(path: Path) -> None:
    used = any("mark_safe" in words_of(call) for call in calls(path))
    assert not used or name_of(path) in MAY_MARK_SAFE, "build HTML with format_html, which escapes"


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_counts_of_queries_are_really_counted(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    entered = {id(item.context_expr) for node in ast.walk(tree) if isinstance(node, ast.With) for item in node.items}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and words_of(node)[-1:] in (["assertNumQueries"], ["django_assert_num_queries"]):
            assert id(node) in entered, f"line {node.lineno}: without `with` it counts nothing"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    inline = SCRIPT if name_of(path).startswith(IN_MAIL) else INLINE
    found = inline.search(path.read_text(encoding="utf-8"))
    assert found is None, f"{found}: the policy forbids it; put it into static/js or static/css"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_error_is_caught_without_its_name(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            names = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {""}
            if name_of(path) in MAY_CATCH_ALL and names == {"Exception"}:
                continue
            assert not names & {"", "Exception", "BaseException"}, f"line {node.lineno}: name the error"
