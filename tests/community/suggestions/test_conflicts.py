"""Which changes still fit the current content: the database and `Change.compare_with` agree."""

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.models import State, SuggestedChange, Suggestion
from community.suggestions.changes import build_change
from community.suggestions.conflicts import annotate_fit, filter_conflicting
from skills import revisions
from skills.content.changes import (
    DUPLICATE_PREFIX,
    SUGGESTED_CONTENT,
    Change,
    Field,
    Fit,
    InvalidChange,
    SkillContent,
    find_changes,
)
from skills.content.matrix import Cell, Matrix, Place
from skills.models import Framework, Group, Revision, Skill
from skills.revisions import NothingToPublish, unpublished
from tests.factories import make_domain, make_framework, make_group, make_role, make_skill, make_user

PLACES = [Place("baker", "junior"), Place("baker", "senior"), Place("cook", "junior")]
GROUPS = ["kitchen/ovens", "kitchen/doughs"]
STATUSES = ["current", "retired", f"{DUPLICATE_PREFIX}other"]
TEXTS = ["", "Kneads.", "Kneads", "kneads.", "1", "true", "null", '"', '["Kneads.", ""]', "a\nb", "ä", "a\u0308", "🎉"]

texts = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
names = st.sampled_from(["Baking", "Bread", " Baking", "baking"])
cells = st.builds(
    Cell, texts.filter(str.strip), st.sampled_from(["mandatory", "optional"]), st.sampled_from(["", "expert", "1"])
)
contents = st.builds(
    SkillContent,
    names,
    texts,
    texts,
    st.sampled_from(GROUPS),
    st.builds(Matrix, st.dictionaries(st.sampled_from(PLACES), cells, max_size=3)),
    st.sampled_from(STATUSES),
)
VALUES: dict[Field, st.SearchStrategy[str | Cell | None]] = {
    Field.NAME: names | st.just(""),
    Field.SUMMARY: texts,
    Field.TAG_LINE: texts,
    Field.GROUP: st.sampled_from([*GROUPS, ""]),
    Field.STATUS: st.sampled_from([*STATUSES, "suggested"]),
}
SLOTS = [*((field, None) for field in VALUES), *((Field.REQUIREMENT, place) for place in PLACES)]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[SkillContent], bool, list[Change]]:
    """Draw the contents of a skill one after the other, whether it ends as only suggested, and a change of each field.

    A change takes base and proposed value from any of these contents, so that all three results occur.
    """
    versions = draw(st.lists(contents, max_size=2))
    versions[:1] = [replace(content, status="current") for content in versions[:1]]  # as every skill begins
    changes = []
    for field, place in SLOTS:
        empty = Change(field, None, None, place)
        occurring = st.sampled_from([content.get_value(empty) for content in [*versions, SUGGESTED_CONTENT]])
        other = VALUES.get(field, cells | st.none())
        changes.append(replace(empty, base=draw(occurring | other), proposed=draw(occurring | other)))
    return versions, draw(st.booleans()), changes


@pytest.fixture
def framework(db: None) -> Framework:
    framework = make_framework()
    for name in ("Baker", "Cook"):
        make_role(framework, name)
    domain = make_domain(framework, "Kitchen")
    ovens, _doughs = make_group(domain, "Ovens"), make_group(domain, "Doughs")
    Skill.objects.filter(pk=make_skill(ovens, "Other").pk).update(key="other")
    return framework


def skill_with_versions(framework: Framework, versions: list[SkillContent]) -> Skill:
    """Return a skill with these contents as revisions, one after the other; only suggested if there are none.

    A content that cannot be published is left out.
    """
    group = Group.objects.get(domain__framework=framework, key="ovens")
    skill = unpublished.build_suggested_skill(framework, group)
    unpublished.save_name_and_group(skill, group, "Baking")
    for content in versions:
        skill = Skill.objects.with_group().get(pk=skill.pk)
        changes = find_changes(revisions.get_content(skill), content)
        try:
            with transaction.atomic():
                revisions.publish(skill, changes, author=None, origin=Revision.Origin.ADMIN)
        except (InvalidChange, NothingToPublish):
            continue
    return skill


def keep(skill: Skill, changes: list[Change]) -> Suggestion:
    suggestion = Suggestion.objects.create(skill=skill, state=State.DRAFT)
    for change in changes:
        SuggestedChange.objects.create(suggestion=suggestion, **change.as_json())
    return suggestion


def assert_database_agrees(skill: Skill, changes: list[Change]) -> None:
    today = revisions.get_content(Skill.objects.with_group().get(pk=skill.pk))
    rows = keep(skill, changes).changes.all()
    by_value = {row.pk: build_change(row).compare_with(today) for row in rows}
    assert {row.pk: row.fit for row in annotate_fit(rows)} == by_value  # type: ignore[attr-defined]
    expected = {pk for pk, fit in by_value.items() if fit is Fit.CONFLICTS}
    assert {row.pk for row in filter_conflicting(rows)} == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scenes())
def test_the_database_and_the_value_of_a_change_agree(
    framework: Framework, scene: tuple[list[SkillContent], bool, list[Change]]
) -> None:
    versions, is_taken_back, changes = scene
    with transaction.atomic():
        skill = skill_with_versions(framework, versions)
        if is_taken_back and Skill.objects.get(pk=skill.pk).is_current:
            revisions.unpublish(skill, author=make_user(), summary="")
        assert_database_agrees(skill, changes)
        transaction.set_rollback(True)
