"""Mark suggestions as outdated that conflict with today's text and that nobody decides. They can be renewed."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from community.events import recording
from community.models import ChangeOutcome, State, SuggestedChange, Suggestion
from community.suggestions import states
from community.suggestions.conflicts import filter_conflicting

OUTDATED_AFTER = timedelta(days=30)
BATCH_SIZE = 50
"""So many suggestions at most are marked in one call."""


def mark_outdated_suggestions() -> bool:
    """Mark a batch of suggestions as outdated; return whether there may be more.

    1. Find open suggestions that conflict with today's text and did not change for 30 days. Suggestions that
       moderators hid or hold are left out until they have decided.
    2. Mark the conflicting changes of each as superseded, which does not count against their author.
    3. Set the state to outdated and end the claim.
    4. Record an event: the author is notified.
    """
    suggestions = list(_list_outdated()[:BATCH_SIZE])
    for suggestion in suggestions:
        with transaction.atomic():
            _mark_outdated(states.lock_suggestion(suggestion))
    return len(suggestions) == BATCH_SIZE


def _mark_outdated(suggestion: Suggestion) -> None:
    """Mark a locked suggestion as outdated, if it is still due."""
    # Check again: before the lock, the author may have changed it, or a reviewer decided on it or claimed it.
    if _list_outdated().filter(pk=suggestion.pk).exists():
        superseded = filter_conflicting(
            SuggestedChange.objects.filter(suggestion=suggestion, outcome=ChangeOutcome.PENDING)
        )
        SuggestedChange.objects.filter(pk__in=[row.pk for row in superseded]).update(outcome=ChangeOutcome.SUPERSEDED)
        states.change_state(suggestion, State.OUTDATED, None, claimed_by=None, claimed_until=None)
        recording.record_outdated(suggestion)


def _list_outdated() -> QuerySet[Suggestion]:
    """Return the suggestions that are due, without those that a reviewer holds."""
    now = timezone.now()
    pending = SuggestedChange.objects.filter(suggestion=OuterRef("pk"), outcome=ChangeOutcome.PENDING)
    rows = Suggestion.objects.public().filter(Exists(filter_conflicting(pending)), state=State.OPEN)
    rows = rows.exclude(claimed_until__gt=now)
    # Each state change and each edit adds a step: the latest one is the last change of the suggestion.
    return rows.annotate(changed_at=Max("steps__made_at")).filter(changed_at__lte=now - OUTDATED_AFTER).order_by("pk")
