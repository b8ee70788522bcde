"""An account is deleted while others decide on what it suggested: one after the other, never in a deadlock."""

from functools import partial

import pytest

from accounts.models import User
from accounts.privacy import delete_account
from community.models import State, Suggestion
from community.review import deciding
from community.suggestions.refusals import TooLate
from skills.models import Significance
from tests.community.suggestions.world import World
from tests.races import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL


@pytest.mark.parametrize("time", range(8))
def test_leaving_while_a_reviewer_accepts_never_ends_in_a_deadlock(world: World, time: int) -> None:
    made = world.suggested()
    left, decided = at_once(
        partial(delete_account, world.author),
        partial(deciding.accept, made, world.reviewer, significance=Significance.MEDIUM),
    )
    assert left is None
    assert not User.objects.filter(pk=world.author.pk).exists()
    is_accepted = Suggestion.objects.get().state == State.ACCEPTED
    assert isinstance(decided, TooLate) is not is_accepted
    assert world.skill.revisions.count() == (2 if is_accepted else 1)
