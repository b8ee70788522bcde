"""Votes on suggestions. They sort lists and decide nothing by themselves, but see `community/review/by_votes.py`."""

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.models import Suggestion, Vote
from community.posting.refusals import ChangedElsewhere, NotAllowed
from community.suggestions import states
from community.suggestions.whole_skills import require_acceptable


def vote(suggestion: Suggestion, person: User, value: int, *, displayed: int | None = None) -> int:
    """Save, change or delete the vote of a person and return the sum of all votes.

    1. Lock the suggestion; check `rules.may_vote`, that its skill was not retired, and that the person has voted
       nothing else since the page was opened: `displayed` is the vote that it displays, None for no check.
    2. Save `value` (1 for, -1 against) as the person's only vote; 0 deletes the vote. Sending it twice does no harm.

    Raises `NotAllowed`, `SkillRetired`, `ChangedElsewhere`, and `ValueError` for a value other than -1, 0 and 1.
    """
    if value not in {1, 0, -1}:
        raise ValueError("a vote is +1, −1, or 0 for none")
    with transaction.atomic():
        # The lock keeps a decision from closing the suggestion between the check and the vote.
        suggestion = states.lock_suggestion(suggestion)
        if not rules.may_vote(person, suggestion):
            raise NotAllowed(_("You can only vote on open suggestions of others."))
        require_acceptable(suggestion)
        if displayed is not None:
            current = (
                Vote.objects.filter(suggestion=suggestion, user=person).values_list("value", flat=True).first() or 0
            )
            if current not in {displayed, value}:
                raise ChangedElsewhere(
                    _("In another window you voted differently. Press the button again to change that.")
                )
        if value == 0:
            Vote.objects.filter(suggestion=suggestion, user=person).delete()
        else:
            Vote.objects.update_or_create(
                suggestion=suggestion,
                user=person,
                # The vote repeats the author, so that the database itself refuses votes on one's own suggestion.
                defaults={"value": value, "author": suggestion.author, "cast_at": timezone.now()},
            )
        return int(Vote.objects.filter(suggestion=suggestion).aggregate(sum=Sum("value", default=0))["sum"])
