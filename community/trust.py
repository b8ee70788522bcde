"""For whom the limits of new accounts are lifted. Rule: "Trust and limits"."""

from accounts.models import User
from community import rules
from community.models import State, Suggestion

TRUSTED_AFTER = 5
"""So many accepted suggestions lift the limits."""

ACCEPTED = (State.ACCEPTED, State.ACCEPTED_WITH_CHANGES)


def is_trusted(person: User) -> bool:
    """Whether somebody is new no more: five of their suggestions were accepted, or they review or moderate."""
    if rules.is_reviewer(person) or rules.is_moderator(person):
        return True
    return Suggestion.objects.filter(author=person, state__in=ACCEPTED).count() >= TRUSTED_AFTER
