"""The reviewers' queue: what each filter leaves, and that its size costs nothing."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from community.drafting import drafts
from community.drafting.typos import is_tiny
from community.models import SuggestedChange, Suggestion, Watch
from community.review import deciding
from community.review import queue as review_queue
from skills.content.changes import Change, Field
from skills.models import Significance
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World
from tests.factories import cell, make_domain, make_group, make_skill, make_user


def left(world: World, name: str) -> list[Suggestion]:
    return list(review_queue.list_filtered(name, world.reviewer))


def test_oldest_comes_first_and_decided_is_gone(world: World) -> None:
    first, second, declined = world.suggested(), world.suggested(), world.suggested()
    deciding.decline(declined, world.reviewer, world.spam)
    draft = drafts.start(world.author, world.skill, [world.kneading("Draft.")])
    assert left(world, "oldest") == [first, second]
    assert draft not in left(world, "oldest")


def test_most_watched_skill_comes_first(world: World) -> None:
    here = world.suggested()
    other = make_skill(world.skill.group, "Frying", {})
    Watch.objects.create(user=make_user(), skill=other)
    draft = drafts.start(world.author, other, [Change(Field.SUMMARY, "", "Fries.")], reason="Said.")
    there = drafts.submit(draft, world.author)
    assert left(world, "most-watched") == [there, here]


@pytest.mark.parametrize("target", ["skill", "group", "domain"])
def test_watched_skill_is_mine_unless_muted(world: World, target: str) -> None:
    suggestion = world.suggested()
    assert left(world, "my-skills") == []
    group = world.skill.group
    things = {"skill": world.skill, "group": group, "domain": group.domain}
    Watch.objects.create(user=world.reviewer, **{target: things[target]})
    assert left(world, "my-skills") == [suggestion]
    Watch.objects.update_or_create(user=world.reviewer, skill=world.skill, defaults={"level": Watch.Level.MUTE})
    assert left(world, "my-skills") == []


def test_only_slips_of_the_pen_are_typos(world: World) -> None:
    typo = world.suggested(world.kneading("Kneeds."))
    world.suggested(world.kneading("Kneads dough."))
    world.suggested(world.kneading("Kneats."), world.cell(SENIOR, None, "Teaches."))
    assert left(world, "typos") == [typo]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Uses teh oven.", "Uses the oven.", True),
        ("Uses the oven", "Uses the oven.", True),
        ("Must use it.", "Must not use it.", False),
        ("Bakes bread.", "Sells bread.", False),
        ("It is optional.", "It is.", False),
        (f"Ba{'k' * 90}es.", f"Ba{'k' * 89}es.", True),
        (f"Ba{'k' * 4000}es.", f"Ba{'k' * 3999}es.", False),  # comparing its letters would take minutes
    ],
)
def test_new_or_other_words_are_more_than_a_typo(before: str, after: str, expected: bool) -> None:
    assert is_tiny(Change(Field.SUMMARY, before, after)) is expected


def test_changed_obligation_is_more_than_a_typo() -> None:
    change = Change(Field.REQUIREMENT, cell("Kneads."), cell("Kneeds.", "optional"), JUNIOR)
    assert is_tiny(change) is False


def test_removed_requirement_is_a_removal(world: World) -> None:
    world.suggested()
    removal = world.suggested(world.cell(MIDDLE, "Bakes.", None))
    assert left(world, "removals") == [removal]


def test_text_changed_since_is_a_conflict(world: World) -> None:
    changed = world.suggested()
    world.suggested(world.cell(MIDDLE, "Bakes.", None))
    made_meanwhile = world.suggested(world.cell(SENIOR, None, "Teaches."))
    assert left(world, "conflicts") == []
    world.publish(world.kneading("Kneads daily."), world.cell(SENIOR, None, "Leads."))
    assert left(world, "conflicts") == [changed, made_meanwhile]


def test_proposed_text_that_is_there_already_is_no_conflict(world: World) -> None:
    world.suggested()
    world.publish(world.kneading())
    assert left(world, "conflicts") == []


@pytest.mark.parametrize("field", [Field.NAME, Field.SUMMARY, Field.TAG_LINE])
def test_changed_field_of_the_skill_is_a_conflict(world: World, field: Field) -> None:
    base = world.skill.name if field is Field.NAME else ""
    suggestion = world.suggested(Change(field, base, "Proposed"))
    assert left(world, "conflicts") == []
    world.publish(Change(field, base, "Otherwise"))
    assert left(world, "conflicts") == [suggestion]


def test_moved_skill_is_a_conflict_of_its_group(world: World) -> None:
    group = world.skill.group
    groups = [make_group(group.domain) for _number in range(2)]
    base, one, other = (f"{group.domain.key}/{found.key}" for found in (group, *groups))
    suggestion = world.suggested(Change(Field.GROUP, base, one))
    assert left(world, "conflicts") == []
    world.publish(Change(Field.GROUP, base, other))
    assert left(world, "conflicts") == [suggestion]


def test_author_without_accepted_suggestion_contributes_first(world: World) -> None:
    deciding.accept(world.suggested(), world.reviewer, significance=Significance.MEDIUM)
    world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    first = world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."), author=make_user())
    assert left(world, "first") == [first]


def test_counts_tell_what_each_filter_leaves(world: World) -> None:
    world.suggested(world.kneading("Kneeds."))
    world.suggested(world.cell(MIDDLE, "Bakes.", None))
    counts = review_queue.count_by_filter(world.reviewer)
    assert counts == {name: len(left(world, name)) for name in review_queue.FILTERS}
    assert counts["oldest"] == 2
    assert counts["typos"] == counts["removals"] == 1


def test_domain_filter_leaves_only_its_skills(world: World, client: Client) -> None:
    here = world.suggested()
    other = make_skill(make_group(make_domain(world.skill.framework, "Shop")), "Selling", {})
    draft = drafts.start(world.author, other, [Change(Field.SUMMARY, "", "Sells.")], reason="Said.")
    there = drafts.submit(draft, world.author)
    client.force_login(world.reviewer)
    domain = other.group.domain
    queue = client.get(f"/en/review/?domain={domain.slug}").context["queue"]
    assert list(queue.page.object_list) == [there]
    assert queue.counts["oldest"] == 1
    assert [(row["slug"], row["count"]) for row in queue.domains] == [
        (world.skill.group.domain.slug, 1),
        (domain.slug, 1),
    ]
    assert here not in queue.page.object_list


def test_after_the_last_of_a_filter_in_a_domain_nothing_of_another_domain_follows(world: World) -> None:
    typo, more = world.suggested(world.kneading("Kneeds.")), world.suggested()
    other = make_skill(make_group(make_domain(world.skill.framework, "Shop")), "Selling", {})
    there = drafts.submit(
        drafts.start(world.author, other, [Change(Field.NAME, "Selling", "Seling")], reason="Said."), world.author
    )
    domain = world.skill.group.domain.slug
    query = QueryDict(f"filter=typos&domain={domain}")
    assert left(world, "typos") == [typo, there]
    assert review_queue.find_first_to_review(world.reviewer, query, typo.pk) is None
    deciding.decline(typo, world.reviewer, world.spam)
    deciding.decline(more, world.reviewer, world.spam)
    assert review_queue.find_first_to_review(world.reviewer, query, more.pk) == there.pk


def fill(world: World, count: int) -> None:
    """Add many open suggestions to the queue, each by a new person."""
    now = timezone.now()
    rows = Suggestion.objects.bulk_create(
        Suggestion(skill=world.skill, author=world.author, state="open", reason="Clearer.", submitted_at=now)
        for _number in range(count)
    )
    change = world.kneading().as_json()
    SuggestedChange.objects.bulk_create(SuggestedChange(suggestion=row, **change) for row in rows)


@pytest.mark.parametrize("name", review_queue.FILTERS)
def test_queue_costs_the_same_with_ten_and_ten_thousand(
    name: str, world: World, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(world, 10)
    client.force_login(world.reviewer)
    with django_assert_max_num_queries(15) as few:
        assert client.get(f"/en/review/?filter={name}").status_code == 200
    fill(world, 9_990 if name == "oldest" else 200)
    with django_assert_max_num_queries(15) as many:
        response = client.get(f"/en/review/?filter={name}")
    assert len(many) == len(few)
    assert len(response.context["queue"].page.object_list) <= review_queue.PAGE_SIZE
