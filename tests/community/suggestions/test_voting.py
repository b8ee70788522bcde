"""One vote a person, never the author's, on what is open."""

import pytest
from django.db import IntegrityError, transaction

from community.models import Vote
from community.posting.refusals import NotAllowed
from community.review import deciding
from community.suggestions import voting
from tests.community.suggestions.world import World
from tests.factories import make_user


def test_a_vote_is_given_changed_and_taken_back(world: World) -> None:
    suggestion, member = world.suggested(), make_user()
    assert [voting.vote(suggestion, member, value) for value in (1, 1, -1, 0, 0)] == [1, 1, -1, 0, 0]
    assert Vote.objects.count() == 0


def test_votes_of_several_people_add_up(world: World) -> None:
    suggestion = world.suggested()
    assert [voting.vote(suggestion, make_user(), value) for value in (1, 1, -1)] == [1, 2, 1]


def test_author_has_no_vote(world: World) -> None:
    suggestion = world.suggested()
    with pytest.raises(NotAllowed):
        voting.vote(suggestion, world.author, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(suggestion=suggestion, user=world.author, author=world.author, value=1)


def test_what_is_decided_has_no_more_votes(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    with pytest.raises(NotAllowed):
        voting.vote(suggestion, make_user(), 1)
