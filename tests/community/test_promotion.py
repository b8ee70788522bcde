"""Who is proposed as a reviewer."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community.models import Suggestion
from community.promotion import promote, proposed_reviewers
from community.rules import is_reviewer
from tests.community.suggestions.world import World
from tests.factories import make_user


def contribute(world: World, person: User, count: int, accepted: int, days: int) -> None:
    now = timezone.now()
    Suggestion.objects.bulk_create(
        Suggestion(
            skill=world.skill,
            author=person,
            state="accepted" if number < accepted else "declined",
            reason="x",
            submitted_at=now - timedelta(days=days if number == 0 else 0),
        )
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("count", "accepted", "days", "expected"),
    [(10, 5, 14, True), (9, 5, 14, False), (10, 4, 14, False), (10, 5, 13, False)],
)
def test_ten_suggestions_five_accepted_over_two_weeks(
    world: World, count: int, accepted: int, days: int, expected: bool
) -> None:
    contribute(world, world.author, count, accepted, days)
    assert list(proposed_reviewers()) == ([world.author] if expected else [])


def test_reviewers_and_closed_accounts_are_not_proposed(world: World) -> None:
    closed = make_user(is_active=False)
    for person in (world.reviewer, closed, make_user(is_superuser=True)):
        contribute(world, person, 10, 5, 14)
    assert list(proposed_reviewers()) == []


def test_proposals_are_one_query(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for person in (world.author, make_user()):
        contribute(world, person, 10, 5, 14)
    with django_assert_num_queries(1):
        assert len(proposed_reviewers()) == 2


def test_only_who_is_proposed_is_promoted(world: World) -> None:
    contribute(world, world.author, 10, 5, 14)
    other = make_user()
    assert promote(User.objects.filter(pk__in=[world.author.pk, other.pk])) == [world.author]
    assert is_reviewer(world.author)
    assert not is_reviewer(other)
