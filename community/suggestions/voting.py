"""Votes: they sort, they never decide by themselves."""

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.models import Suggestion, Vote
from community.posting.refusals import NotAllowed
from community.suggestions import moves


def vote(suggestion: Suggestion, person: User, value: int) -> int:
    """Give, change or (0) take back one's vote; returns the sum of all. Twice does no harm.

    Raises `NotAllowed`, and `ValueError` for a value other than -1, 0 and 1.
    """
    if value not in {1, 0, -1}:
        raise ValueError("a vote is +1, −1, or 0 for none")
    with transaction.atomic():
        found = moves.lock_suggestion(suggestion)
        if not rules.may_vote(person, found):
            raise NotAllowed(_("One votes on open suggestions of others."))
        if value == 0:
            Vote.objects.filter(suggestion=found, user=person).delete()
        else:
            Vote.objects.update_or_create(
                suggestion=found,
                user=person,
                defaults={"value": value, "author": found.author, "cast_at": timezone.now()},
            )
        return int(Vote.objects.filter(suggestion=found).aggregate(sum=Sum("value", default=0))["sum"])
