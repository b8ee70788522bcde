"""Setting aside what the text has moved away from and nobody took up. It can be renewed on today's text."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from community.events import recording
from community.models import ChangeOutcome, State, SuggestedChange, Suggestion
from community.suggestions import moves
from community.suggestions.conflicts import conflicting

OUTDATED_AFTER = timedelta(days=30)
AT_ONCE = 50


def set_aside_outdated() -> bool:
    """Call outdated what conflicts with today's text for 30 days; return whether there may be more.

    What moderators hid or hold stays as it is until they have decided.

    The changes that conflict are superseded, which does not count against their author.
    """
    found = list(_left_lying()[:AT_ONCE])
    for suggestion in found:
        with transaction.atomic():
            _set_aside(moves.locked(suggestion))
    return len(found) == AT_ONCE


def _set_aside(suggestion: Suggestion) -> None:
    if _left_lying().filter(pk=suggestion.pk).exists():
        superseded = conflicting(SuggestedChange.objects.filter(suggestion=suggestion, outcome=ChangeOutcome.PENDING))
        SuggestedChange.objects.filter(pk__in=[row.pk for row in superseded]).update(outcome=ChangeOutcome.SUPERSEDED)
        moves.move(suggestion, State.OUTDATED, None, claimed_by=None, claimed_until=None)
        recording.outdated(suggestion)


def _left_lying() -> QuerySet[Suggestion]:
    now = timezone.now()
    pending = SuggestedChange.objects.filter(suggestion=OuterRef("pk"), outcome=ChangeOutcome.PENDING)
    rows = Suggestion.objects.public().filter(Exists(conflicting(pending)), state=State.OPEN)
    rows = rows.exclude(claimed_until__gt=now)
    return rows.annotate(changed_at=Max("steps__made_at")).filter(changed_at__lte=now - OUTDATED_AFTER).order_by("pk")
