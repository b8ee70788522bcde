"""Setting aside what the text has moved away from and nobody took up. It can be renewed on today's text."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from community.events import recording
from community.models import ChangeOutcome, State, SuggestedChange, Suggestion
from community.suggestions import moves
from community.suggestions.conflicts import filter_conflicting

OUTDATED_AFTER = timedelta(days=30)
BATCH_SIZE = 50


def mark_outdated_suggestions() -> bool:
    """Call outdated what conflicts with today's text for 30 days; return whether there may be more.

    What moderators hid or hold stays as it is until they have decided.

    The changes that conflict are superseded, which does not count against their author.
    """
    found = list(_find_outdated()[:BATCH_SIZE])
    for suggestion in found:
        with transaction.atomic():
            _mark_outdated(moves.lock_suggestion(suggestion))
    return len(found) == BATCH_SIZE


def _mark_outdated(suggestion: Suggestion) -> None:
    if _find_outdated().filter(pk=suggestion.pk).exists():
        superseded = filter_conflicting(
            SuggestedChange.objects.filter(suggestion=suggestion, outcome=ChangeOutcome.PENDING)
        )
        SuggestedChange.objects.filter(pk__in=[row.pk for row in superseded]).update(outcome=ChangeOutcome.SUPERSEDED)
        moves.change_state(suggestion, State.OUTDATED, None, claimed_by=None, claimed_until=None)
        recording.record_outdated(suggestion)


def _find_outdated() -> QuerySet[Suggestion]:
    now = timezone.now()
    pending = SuggestedChange.objects.filter(suggestion=OuterRef("pk"), outcome=ChangeOutcome.PENDING)
    rows = Suggestion.objects.public().filter(Exists(filter_conflicting(pending)), state=State.OPEN)
    rows = rows.exclude(claimed_until__gt=now)
    return rows.annotate(changed_at=Max("steps__made_at")).filter(changed_at__lte=now - OUTDATED_AFTER).order_by("pk")
