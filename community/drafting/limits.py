"""How many suggestions a new account may have under review at once."""

from django.db import transaction
from django.utils.translation import ngettext

from accounts.models import User
from community.models import Suggestion
from community.models.suggestions import OPEN_STATES
from community.posting.refusals import OverLimit
from community.posting.trust import is_trusted

MAX_OPEN_WHILE_NEW = 5
RETRY_AFTER_SECONDS = 3600
"""When to try again. Only a decision on a suggestion ends the limit, and nobody knows when that happens."""


def require_below_limit(author: User, suggestion: Suggestion) -> None:
    """Raise `OverLimit` if a new account has `MAX_OPEN_WHILE_NEW` other suggestions under review.

    `suggestion` itself is not counted. Trusted accounts have no limit. Must be called in a transaction: it locks the
    author's row until the end, so that of two forms sent at once the second counts the first.
    """
    assert transaction.get_connection().in_atomic_block
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    others = Suggestion.objects.filter(author=author, state__in=OPEN_STATES).exclude(pk=suggestion.pk)
    # Trust costs further queries, so it is checked only if the limit is reached.
    if others.count() < MAX_OPEN_WHILE_NEW or is_trusted(author):
        return
    raise OverLimit(
        ngettext(
            "A new account may have %(count)d suggestion under review at once.",
            "A new account may have %(count)d suggestions under review at once.",
            MAX_OPEN_WHILE_NEW,
        )
        % {"count": MAX_OPEN_WHILE_NEW},
        RETRY_AFTER_SECONDS,
        is_review_limit=True,
    )
