"""How much a new account may have under review at once. Rule: "Trust and limits"."""

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import ngettext

from accounts.models import User
from community import rules
from community.models import State, Suggestion
from community.suggestions.moves import OPEN_STATES
from community.suggestions.refusals import OverLimit

MOST_OPEN_WHILE_NEW = 5
TRUSTED_AFTER = 5
"""So many accepted suggestions lift the limit."""

ACCEPTED = (State.ACCEPTED, State.ACCEPTED_WITH_CHANGES)


def require_room(author: User, suggestion: Suggestion) -> None:
    """Raise `OverLimit` when a new account has all it may have under review besides this suggestion.

    Locks the author's row until the transaction ends, so that two forms at once count each other.
    """
    assert transaction.get_connection().in_atomic_block
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    others = Suggestion.objects.filter(author=author).exclude(pk=suggestion.pk)
    counts = others.aggregate(
        open=Count("pk", filter=Q(state__in=OPEN_STATES)), accepted=Count("pk", filter=Q(state__in=ACCEPTED))
    )
    if counts["open"] < MOST_OPEN_WHILE_NEW or counts["accepted"] >= TRUSTED_AFTER or rules.is_reviewer(author):
        return
    raise OverLimit(
        ngettext(
            "A new account may have %(count)d suggestion under review at once.",
            "A new account may have %(count)d suggestions under review at once.",
            MOST_OPEN_WHILE_NEW,
        )
        % {"count": MOST_OPEN_WHILE_NEW}
    )
