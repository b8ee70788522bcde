"""The frameworks that ship with the product: whole, word for word, and with their terms."""

from collections import Counter

import pytest
from django.conf import settings
from django.core.management import call_command

from skills.content.matrix import Place
from skills.exchange.framework_file import FrameworkFile
from skills.models import Obligation, Requirement, Revision, RoleLevel, Skill
from tests.framework_files import read

CONTENT = settings.BASE_DIR / "content"
CROWN_COPYRIGHT = (
    "© Crown copyright. Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: Government Digital and Data Profession Capability Framework."
)
DROPBOX_COPYRIGHT = (
    "Unless otherwise noted: Copyright (c) 2021 Dropbox, Inc. Licensed under the Apache License, Version 2.0"
)
FIVE_LEVELS = [(name, "") for name in ("Junior", "Middle", "Senior", "Lead", "Principal")]


@pytest.fixture(scope="module")
def files() -> dict[str, FrameworkFile]:
    return {path.stem: read(path) for path in sorted(CONTENT.glob("*.json"))}


def figures(file: FrameworkFile) -> dict[str, int]:
    cells = [cell for skill in file.skills for cell in skill.content.matrix.cells.values()]
    obligations = Counter(cell.obligation for cell in cells)
    return {
        "roles": len(file.roles),
        "domains": len(file.domains),
        "groups": sum(len(domain.groups) for domain in file.domains),
        "skills": len(file.skills),
        "requirements": len(cells),
        "mandatory": obligations[Obligation.MANDATORY],
        "optional": obligations[Obligation.OPTIONAL],
        "not stated": obligations[Obligation.NOT_STATED],
        "titles": sum(bool(level.title) for role in file.roles for level in role.levels),
        "introductions": sum(bool(level.introduction) for role in file.roles for level in role.levels),
    }


def cell_text(file: FrameworkFile, skill: str, role: str, level: str) -> str:
    [found] = [entry for entry in file.skills if entry.content.name == skill]
    return found.content.matrix.cells[Place(role, level)].description


def test_three_frameworks_ship(files: dict[str, FrameworkFile]) -> None:
    assert [(stem, file.framework.slug) for stem, file in files.items()] == [
        ("01-stufenplan", "stufenplan"),
        ("02-ddat", "ddat"),
        ("03-dropbox", "dropbox"),
    ]


def test_experiment_tracking_has_its_figures_and_words(files: dict[str, FrameworkFile]) -> None:
    file = files["01-stufenplan"]
    assert figures(file) == {
        "roles": 7, "domains": 1, "groups": 1, "skills": 1, "requirements": 35,
        "mandatory": 25, "optional": 10, "not stated": 0, "titles": 0, "introductions": 0,
    }  # fmt: skip
    [skill] = file.skills
    assert (skill.content.name, skill.content.summary, skill.content.group) == (
        "Experiment Tracking", "", "machine-learning-ai/mlops",
    )  # fmt: skip
    assert skill.content.tag_line == "W&B, ClearML, Neptune, hyperparameter optimization, model comparison"
    assert str(skill.updated) == "2026-03-17"
    assert [role.name for role in file.roles] == [
        "Computer Vision Engineer", "Data Analyst", "Data Scientist", "LLM Engineer", "ML Engineer", "MLOps Engineer",
        "NLP Engineer",
    ]  # fmt: skip
    assert [(level.name, level.track) for level in file.levels] == FIVE_LEVELS
    mandatory = Counter(
        place.level for place, cell in skill.content.matrix.cells.items() if cell.obligation == Obligation.MANDATORY
    )
    assert [mandatory[level.slug] for level in file.levels] == [2, 2, 7, 7, 7]
    assert cell_text(file, "Experiment Tracking", "ml-engineer", "junior") == (
        "Logs ML experiments: parameters, metrics, models. Uses MLflow or W&B for comparing experiments. "
        "Understands the importance of reproducibility."
    )


def test_the_government_framework_is_whole(files: dict[str, FrameworkFile]) -> None:
    file = files["02-ddat"]
    assert figures(file) == {
        "roles": 36, "domains": 7, "groups": 26, "skills": 154, "requirements": 1316,
        "mandatory": 1316, "optional": 0, "not stated": 0, "titles": 153, "introductions": 0,
    }  # fmt: skip
    assert [(level.name, level.track) for level in file.levels] == FIVE_LEVELS
    cells = [cell for skill in file.skills for cell in skill.content.matrix.cells.values()]
    assert Counter(cell.proficiency for cell in cells) == {
        "Awareness": 202, "Working": 378, "Practitioner": 429, "Expert": 307
    }  # fmt: skip
    assert sum(not skill.content.summary for skill in file.skills) == 37  # the source has no text for these
    assert cell_text(file, "Business architecture", "business-architect", "junior") == (
        "You can:\n"
        "- help support the adoption of business architecture\n"
        "- clearly communicate business architecture frameworks, principles, and techniques\n"
        "- support the production of a multidimensional view of your organisation\n"
        "- assess the impact of strategies on the organisation, highlighting risks and issues"
    )
    titles = {(role.key, level.level_slug): level.title for role in file.roles for level in role.levels}
    assert titles["frontend-developer", "principal"] == "Head of frontend development"


def test_the_government_framework_keeps_its_typography(files: dict[str, FrameworkFile]) -> None:
    contents = [skill.content for skill in files["02-ddat"].skills]
    texts = [cell.description for content in contents for cell in content.matrix.cells.values()]
    characters = Counter("".join([*texts, *(content.summary for content in contents)]))
    kept = {
        name: characters[char] for name, char in {"’": "\u2019", "zero width": "\u200b", "no-break": "\xa0"}.items()
    }
    assert kept == {"’": 62, "zero width": 13, "no-break": 1}


def test_the_dropbox_framework_is_whole(files: dict[str, FrameworkFile]) -> None:
    file = files["03-dropbox"]
    assert figures(file) == {
        "roles": 9, "domains": 3, "groups": 6, "skills": 44, "requirements": 883,
        "mandatory": 0, "optional": 0, "not stated": 883, "titles": 48, "introductions": 48,
    }  # fmt: skip
    assert [(level.name, level.track, level.rank) for level in file.levels] == [
        *((f"IC{rank}", "IC", rank) for rank in range(1, 8)),
        *((f"M{rank + 2}", "M", rank) for rank in range(1, 6)),
    ]
    introduction = file.roles[0].levels[0]
    assert (file.roles[0].name, introduction.title, introduction.introduction) == (
        "Data Engineer",
        "IC1 Data Engineer",
        "***I deliver lots of high quality production-ready code and data models with direction from the team***",
    )


def test_the_doubled_cell_holds_both_texts_in_order(files: dict[str, FrameworkFile]) -> None:
    role = "software-development-engineer-in-test"
    first, second = cell_text(files["03-dropbox"], "Quality Engineering Fluency", role, "ic2").split("\n\n")
    assert first.startswith("- I am beginning to specialize in managing quality within a specific engineering")
    assert second.startswith("- I am hyper-focused on contributing to the delivery of risk-driven quality")
    assert "twice with different text, both texts are shown" in files["03-dropbox"].framework.adaptation


def test_each_framework_states_its_terms_word_for_word(files: dict[str, FrameworkFile]) -> None:
    assert [(file.framework.licence, file.framework.attribution) for file in files.values()] == [
        ("the project's own content", ""),
        ("Open Government Licence v3.0", CROWN_COPYRIGHT),
        ("Apache License 2.0", DROPBOX_COPYRIGHT),
    ]
    assert (CONTENT / "LICENCES" / "Apache-2.0.txt").read_text().lstrip().startswith("Apache License")


@pytest.mark.django_db
def test_all_of_it_arrives_in_the_database() -> None:
    call_command("load_content", verbosity=0)
    assert Skill.objects.count() == Revision.objects.count() == 199
    assert (Requirement.objects.count(), RoleLevel.objects.count()) == (2234, 201)
    experiment_tracking = Skill.objects.get(slug="experiment-tracking")
    assert str(experiment_tracking.revisions.get().published_at) == "2026-03-17 12:00:00+00:00"
