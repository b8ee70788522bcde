"""The product's own traps, each with the right form in its message."""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("skills", "accounts", "community", "config")
CODE = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

MAY_MARK_SAFE = {"skills/text/markup/markdown.py", "skills/text/new_words.py"}
MAY_CATCH_ALL = {  # the outermost borders: one job's error must not end the others, and an error page may not fail
    "config/worker.py",
    "config/error_pages/handlers.py",
}
IN_MAIL = "templates/community/notifications/mail/"  # mail programs know nothing but inline style
MAY_WRITE_SKILLS = {"skills/revisions/publishing.py", "skills/revisions/writing.py"}
MAY_ASK_FOR_IT = {"skills/revisions/publishing.py", "skills/revisions/writing.py"}
SILENCED = (*APPS, "benchmarks", "scripts")
TOOLS = [path for folder in ("benchmarks", "scripts") for path in sorted((ROOT / folder).rglob("*.py"))]
MOST_SILENCERS = 15
SILENCER = re.compile(r"#\s*(?:type:\s*ignore|noqa|ruff:|mypy:|pylint:|nosec|pragma:)")
WITH_REASON = re.compile(r"# (?:type: ignore\[[a-z, -]+\]  # |noqa: [A-Z0-9, ]+ - )\S+ \S+")
SAYS_WHAT_IT_RAISES = ("skills", "accounts", "community", "config")
LEAST_LINES = 2
MOST_SHORT_DOCSTRINGS = 0.05
MOST_FORBIDDEN = 2  # views that answer 403 themselves, because their own page says why
BY_NATURE = {  # what silences a rule for many files, because it cannot hold there
    "tests/**": ["ARG", "D1", "D401", "S", "PLR2004", "PLR0913"],
    "**/admin/*.py": ["ARG002"],  # Django calls with more than a page needs
    "**/admin.py": ["ARG002"],
    "**/apps.py": ["PLC0415"],  # ready() is the first place where models may be imported
}
REFUSED_WORDS = re.compile(  # archaic, or with a meaning that only this project gave them
    r"\b(?:deeds?|told|wish(?:es|ed)?|twins?|offices?|lead(?:s|ing)? (?:on|to)|led (?:on|to)|(?:un)?cover(?:s|ed|ing)?"
    r"|bur(?:y|ied|ies)|stands?|stood|somebody|anew)\b",
    re.IGNORECASE,
)
MAY_USE_REFUSED_WORDS = {
    "tests/test_house_rules.py",
    "community/posting/renamed_fields.py",  # what forms of earlier versions send
    "tests/community/posting/test_renamed_fields.py",
}
STORED = ('db_column="', '"event_deed_known"', '"watch-wish"')  # in databases and sessions of sites that run
SINGLE_WORDS = (  # where "words" are words; anywhere else a person's text is a message, a reason or a text
    *("skills/search/", "skills/text/", "skills/browse/results.py", "skills/content/checks.py"),
    *("skills/profile/page.py", "community/drafting/typos.py", "community/demo/order.py"),
)
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


def silencers() -> Iterator[tuple[str, str]]:
    """Yield place and text of each comment that silences a check; `fmt: skip` concerns only how a table looks."""
    for path in sorted(path for folder in SILENCED for path in (ROOT / folder).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
            if token.type == tokenize.COMMENT and SILENCER.search(token.string):
                yield f"{name_of(path)}:{token.start[0]}", token.string


def test_silencers_are_few_and_each_says_why() -> None:
    found = dict(silencers())
    assert found, "the search finds none any more: does it still look where they are?"
    assert len(found) <= MOST_SILENCERS, "mend what is silenced, or make two of these one"
    without = [place for place, text in found.items() if not WITH_REASON.search(text)]
    assert without == [], "write `# noqa: CODE - reason` or `# type: ignore[code]  # reason`"


@pytest.mark.parametrize(
    ("comment", "is_fine"),
    [
        ("# noqa: S308 - nh3 has cleaned it", True),
        ("# type: ignore[misc]  # the stubs leave it out", True),
        ("# noqa: S308", False),
        ("# noqa - all of it", False),
        ("# type: ignore  # no idea", False),
        ("# type: ignore[misc]", False),
        ("# ruff: noqa: S308", False),
    ],
)
def test_a_silencer_names_its_rule_and_its_reason(comment: str, is_fine: bool) -> None:
    assert SILENCER.search(comment)
    assert bool(WITH_REASON.search(comment)) is is_fine


def test_no_check_is_silenced_for_whole_files() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert settings["ruff"]["lint"]["per-file-ignores"] == BY_NATURE
    assert settings["mypy"]["strict"] is True
    loosened = {
        (str(override["module"]), name)
        for override in settings["mypy"]["overrides"]
        for name in override
        if name not in {"module", "ignore_missing_imports", "follow_untyped_imports"}
    }
    assert loosened == {("*.migrations.*", "ignore_errors")}


def functions_of(node: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """Yield the public functions of a module, and the public methods of its public classes."""
    for part in node.body:
        if isinstance(part, ast.ClassDef) and not part.name.startswith("_"):
            yield from functions_of(part)
        elif isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
            yield part


def raised_in(node: ast.AST) -> Iterator[str]:
    """Yield the names of the errors that a function raises itself, not in what is defined inside it."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(part, ast.Raise) and part.exc is not None:
            error = part.exc.func if isinstance(part.exc, ast.Call) else part.exc
            yield ast.unparse(error).split(".")[-1]
        yield from raised_in(part)


@pytest.mark.parametrize("path", [path for path in CODE if name_of(path).startswith(SAYS_WHAT_IT_RAISES)], ids=name_of)
def test_public_functions_say_what_they_raise(path: Path) -> None:
    for function in functions_of(ast.parse(path.read_text(encoding="utf-8"))):
        said = ast.get_docstring(function) or ""
        raised = {error for error in raised_in(function) if error[:1].isupper()}
        silent = {error for error in raised if error not in said}
        assert not silent, f"{function.name}, line {function.lineno}: say in the docstring that it raises {silent}"


def test_each_type_has_a_name_of_its_own() -> None:
    """A class or an alias of a type, at the top of a module. Django asks for commands of one name."""
    found: dict[str, list[str]] = {}
    for path in CODE:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                found.setdefault(node.name, []).append(name_of(path))
            elif isinstance(node, ast.TypeAlias):
                found.setdefault(node.name.id, []).append(name_of(path))
    assert found
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_few_views_answer_403_themselves() -> None:
    views = [path for path in CODE if path.stem == "views" or path.stem.endswith("_views")]
    by_hand = [
        f"{name_of(path)}:{node.lineno}"
        for path in views
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "FORBIDDEN")
        or (isinstance(node, ast.Name) and node.id == "HttpResponseForbidden")
        or (isinstance(node, ast.Constant) and node.value == 403)
    ]
    assert views != []
    assert len(by_hand) <= MOST_FORBIDDEN, f"{by_hand}: raise PermissionDenied, or a refusal of community"


def has_arguments(function: ast.FunctionDef) -> bool:
    arguments = function.args
    named = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    return any(argument is not None and argument.arg not in {"self", "cls", "request"} for argument in named)


def decorators_of(function: ast.FunctionDef) -> set[str]:
    return {ast.unparse(decorator).split("(")[0].split(".")[-1] for decorator in function.decorator_list}


def test_docstrings_say_what_comes_in_and_what_goes_out() -> None:
    """One line is enough where nothing comes in; ruff asks for a docstring of every public function."""
    short, total = [], 0
    for path in CODE:
        for function in functions_of(ast.parse(path.read_text(encoding="utf-8"))):
            if not has_arguments(function) or decorators_of(function) & {"override", "property", "cached_property"}:
                continue
            total += 1
            lines = [line for line in (ast.get_docstring(function) or "").splitlines() if line.strip()]
            if len(lines) < LEAST_LINES:
                short.append(f"{name_of(path)}:{function.lineno} {function.name}")
    assert total > 0
    assert len(short) / total <= MOST_SHORT_DOCSTRINGS, f"Say more in the docstring of: {short}"


def spaced(text: str) -> str:
    """Return a text with the names in it taken apart: `sentTo_all` → `sent To all`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ")


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("def do_deed() -> None:", True),
        ("class DeedOfOne:", True),
        ("# Somebody did it.", True),
        ("This leads to the page.", True),
        ("# indeed, an official understands", False),
        ("This page is misleading to nobody.", False),
    ],
)
def test_refused_words_are_found_in_names_and_in_texts(text: str, is_refused: bool) -> None:
    assert bool(REFUSED_WORDS.search(spaced(text))) == is_refused


@pytest.mark.parametrize(
    "path", [path for path in [*CODE, *TESTS, *TOOLS] if name_of(path) not in MAY_USE_REFUSED_WORDS], ids=name_of
)
def test_code_says_it_with_the_words_of_the_field(path: Path) -> None:
    found = [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if REFUSED_WORDS.search(spaced(line)) and not any(name in line for name in STORED)
    ]
    assert found == []


@pytest.mark.parametrize("path", [path for path in CODE if not name_of(path).startswith(SINGLE_WORDS)], ids=name_of)
def test_a_text_is_not_called_words(path: Path) -> None:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    names = {token.string for token in tokens if token.type == tokenize.NAME}
    assert [name for name in names if "words" in spaced(name).lower().split()] == []


def test_english_readers_see_the_words_of_the_field() -> None:
    catalogue = (ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    messages = re.findall(r'^(?:msgctxt|msgid|msgid_plural) ((?:".*"\n)+)', catalogue, re.MULTILINE)
    texts = ["".join(re.findall(r'"(.*)"\n', message)) for message in messages]
    assert "Suggestions" in texts
    assert [text for text in texts if REFUSED_WORDS.search(text)] == []
