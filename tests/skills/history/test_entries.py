"""The history as values: differences between contents, replay, blame, contributors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from skills import revisions
from skills.content.changes import NO_CONTENT, Change, Field, SkillContent, find_changes
from skills.content.matrix import Cell, Matrix, Place
from skills.content.names import load_names
from skills.history.blame import build_blame_lines
from skills.models import Obligation, Revision, Skill
from skills.revisions import Review, authorship
from tests.factories import cell, make_domain, make_framework, make_group, make_role, make_skill, make_user

TEXTS = st.text(max_size=30)
CELLS = st.builds(Cell, TEXTS, st.sampled_from(Obligation.values), st.text(max_size=5))
PLACES = st.builds(Place, st.sampled_from(["baker", "miller", "smith"]), st.sampled_from(["junior", "senior", "lead"]))
CONTENTS = st.builds(
    SkillContent, TEXTS, TEXTS, TEXTS, st.sampled_from(["a/b", "a/c"]), st.dictionaries(PLACES, CELLS).map(Matrix)
)
JUNIOR = Place("baker", "junior")


def applied(content: SkillContent, changes: list[Change]) -> SkillContent:
    for change in changes:
        content = content.apply(change)
    return content


@given(before=CONTENTS, after=CONTENTS)
def test_difference_applied_to_the_first_content_gives_the_second(before: SkillContent, after: SkillContent) -> None:
    assert applied(before, find_changes(before, after)) == after


@given(contents=st.lists(CONTENTS, max_size=5))
def test_replay_of_kept_changes_gives_each_content_in_turn(contents: list[SkillContent]) -> None:
    today = NO_CONTENT
    for content in contents:
        kept = [change.as_json() for change in find_changes(today, content)]
        today = applied(today, [Change.from_json(change) for change in kept])
        assert today == SkillContent.from_json(content.as_json())


@pytest.fixture
def skill(db: None) -> Skill:
    framework = make_framework()
    role = make_role(framework, "Baker")
    cells = {(role, level): cell(f"Bakes as {level.name}.") for level in framework.levels.order_by("rank")[:2]}
    return make_skill(make_group(make_domain(framework)), "Baking", cells)


def rewrite(skill: Skill, author: object, **fields: str) -> Revision:
    """Publish the junior cell with another text or another obligation."""
    before = revisions.get_content(skill).matrix.get(JUNIOR)
    assert before
    after = Cell(**{"description": before.description, "obligation": before.obligation, **fields})
    change = Change(Field.REQUIREMENT, before, after, JUNIOR)
    return revisions.publish(skill, [change], author=author, origin=Revision.Origin.ADMIN)  # type: ignore[arg-type]


def test_replay_of_all_revisions_equals_the_content_in_the_database(skill: Skill) -> None:
    for number in range(4):
        rewrite(skill, None, description=f"Text {number}.")
    content = NO_CONTENT
    for row in skill.revisions.order_by("number"):
        content = applied(content, [Change.from_json(change) for change in row.changes])
        assert content == SkillContent.from_json(row.content)
    assert content == revisions.get_content(skill)


def test_blame_names_who_gave_a_text_its_wording_not_who_changed_the_obligation(
    skill: Skill, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    writer = make_user("writer")
    rewrite(skill, writer, description="Kneads.")
    rewrite(skill, make_user("other"), obligation="optional")
    loaded, names = Skill.objects.with_group().get(pk=skill.pk), load_names(skill.framework)
    with django_assert_num_queries(3):
        lines = build_blame_lines(loaded, names)
    found = [(line.step.slug, line.entry.revision.number, line.entry.author_label) for line in lines if line.step]
    assert found == [("junior", 2, "writer"), ("middle", 1, "Import")]


def test_contributors_are_authors_and_co_authors_most_revisions_first(
    skill: Skill, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mara, lea = make_user("mara"), make_user("lea")
    rewrite(skill, lea, description="One.")
    rewrite(skill, mara, description="Two.")
    before = revisions.get_content(skill).summary
    revisions.publish(
        skill,
        [Change(Field.SUMMARY, before, "What bakers do.")],
        author=mara,
        origin=Revision.Origin.SUGGESTION,
        review=Review(lea, is_co_written=True),
    )
    with django_assert_num_queries(1):
        found = authorship.list_contributors(skill)
    assert [(person.name, person.written_count, person.co_written_count) for person in found] == [
        ("mara", 2, 0),
        ("lea", 1, 1),
    ]


def test_author_whose_account_is_gone_is_called_a_deleted_account(skill: Skill) -> None:
    writer = make_user()
    made = rewrite(skill, writer, description="Kneads.")
    writer.delete()
    made.refresh_from_db()
    assert authorship.describe_author(made) in {"deleted account", "gelöschtes Konto"}
    assert authorship.describe_author(skill.revisions.get(number=1)) == "Import"
