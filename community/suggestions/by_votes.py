"""Accepting what enough people voted for, where a site wants that. Rule: "Votes"; off unless AUTO_ACCEPT_VOTES is set.

Nobody is credited as reviewer. Whatever a reviewer would have to look at stays for them: a vote
against, a conflict, a finding, a claim, a part that is decided, a second reader who is asked for.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community import events
from community.models import Decision, Outcome, State, SuggestedChange, Suggestion, Verdict
from community.suggestions import drafting, moves
from community.suggestions.deciding import decided, publish_chosen
from community.suggestions.refusals import ChangedMeanwhile, Unfit
from skills.models import Significance

AT_ONCE = 50


def accept_due() -> None:
    """Accept what is due, each by itself; called by the worker's schedule."""
    if settings.AUTO_ACCEPT_VOTES:
        # In any order: what is not accepted for another reason must not stand in the way of the rest for ever.
        for suggestion in _due().order_by("?")[:AT_ONCE]:
            accept_by_votes(suggestion)


def accept_by_votes(suggestion: Suggestion) -> Decision | None:
    """Accept a suggestion by its votes and return the decision, or None where that is not to be."""
    try:
        with transaction.atomic():
            found = moves.locked(suggestion)
            if not _due().filter(pk=found.pk).exists() or drafting.findings_of(found, drafting.changes_of(found)):
                return None
            return _accept(found)
    except (ChangedMeanwhile, Unfit):
        return None


def _accept(suggestion: Suggestion) -> Decision:
    rows = list(suggestion.changes.all())
    wanted = {row.pk: drafting.change_of(row) for row in rows}
    revision = publish_chosen(suggestion, rows, wanted, None, Significance.MEDIUM)
    words = _("Accepted by %(votes)d votes and none against, after %(days)d days.") % {
        "votes": suggestion.votes.count(),
        "days": settings.AUTO_ACCEPT_DAYS,
    }
    decision = decided(suggestion, None, Verdict.ACCEPT, revision=revision, words=words)
    moves.move(suggestion, State.ACCEPTED, None, words, claimed_by=None, claimed_until=None)
    events.decided(decision)
    return decision


def _due() -> QuerySet[Suggestion]:
    """Return what has votes enough, none against, and stands unchanged for long enough."""
    now = timezone.now()
    rows = Suggestion.objects.filter(state=State.OPEN, second_reader_asked=False).exclude(claimed_until__gt=now)
    parts = SuggestedChange.objects.filter(suggestion=OuterRef("pk")).exclude(outcome=Outcome.PENDING)
    rows = rows.exclude(Exists(parts))
    counted = rows.annotate(
        ups=Count("votes", filter=Q(votes__value=1), distinct=True),
        downs=Count("votes", filter=Q(votes__value=-1), distinct=True),
        changed_at=Max("steps__made_at"),
    )
    return counted.filter(
        ups__gte=settings.AUTO_ACCEPT_VOTES,
        downs=0,
        changed_at__lte=now - timedelta(days=settings.AUTO_ACCEPT_DAYS),
    )
