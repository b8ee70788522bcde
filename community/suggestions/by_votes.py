"""Accepting what enough people voted for, where a site wants that. Rule: "Votes"; off unless AUTO_ACCEPT_VOTES is set.

Nobody is credited as reviewer. Whatever a reviewer would have to look at stays for them: a vote
against, a conflict, a finding, a claim, a part that is decided, a second reader who is asked for.
What concerns moderators stays as well: what they hid or hold, what is reported and not decided,
what an account wrote that is suspended, switched off, hidden or swept. The waiting time begins
with the latest change of any kind and with the moment at which moderators showed it again.
Only accounts vote here that are trusted (`community/trust.py`) and in good standing; votes of
others count neither for nor against. All of it is asked again once the row is locked.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import events
from community.models import (
    Act,
    ActKind,
    Decision,
    Outcome,
    Report,
    State,
    SuggestedChange,
    Suggestion,
    Sweep,
    Verdict,
    Vote,
)
from community.suggestions import drafting, moves
from community.suggestions.deciding import decided, publish_chosen
from community.suggestions.refusals import ChangedMeanwhile, Unfit
from community.trust import trusted_people
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
        "votes": counted_votes().filter(suggestion=suggestion).count(),
        "days": settings.AUTO_ACCEPT_DAYS,
    }
    decision = decided(suggestion, None, Verdict.ACCEPT, revision=revision, words=words)
    moves.move(suggestion, State.ACCEPTED, None, words, claimed_by=None, claimed_until=None)
    events.decided(decision)
    return decision


def counted_votes() -> QuerySet[Vote]:
    """Return the votes that count here: of trusted accounts that are active, shown and neither suspended nor swept.

    A vote that a deleted account left behind has no user and does not count.
    """
    return Vote.objects.filter(user__in=_in_good_standing(trusted_people()).values("pk"))


def _in_good_standing(people: QuerySet[User]) -> QuerySet[User]:
    """Leave out accounts that are switched off, suspended, hidden, or swept by a sweep that is not undone."""
    swept = Sweep.objects.filter(person=OuterRef("pk")).exclude(state=Sweep.State.UNDONE)
    found = people.filter(~Exists(swept), is_active=True, profile_hidden_at__isnull=True)
    return found.exclude(suspended_until__gt=timezone.now())


def _due() -> QuerySet[Suggestion]:
    """Return what has votes enough, none against, nothing for moderators, and is unchanged for long enough."""
    now = timezone.now()
    waited = now - timedelta(days=settings.AUTO_ACCEPT_DAYS)
    rows = Suggestion.objects.public().filter(
        state=State.OPEN,
        second_reader_asked=False,
        author__in=_in_good_standing(User.objects.all()).values("pk"),
    )
    rows = rows.exclude(claimed_until__gt=now)
    parts = SuggestedChange.objects.filter(suggestion=OuterRef("pk")).exclude(outcome=Outcome.PENDING)
    reports = Report.objects.filter(Q(suggestion=OuterRef("pk")) | Q(person=OuterRef("author")), outcome="")
    rows = rows.filter(~Exists(parts), ~Exists(reports), ~Exists(_shown_again().filter(at__gt=waited)))
    counted = Q(votes__in=counted_votes())
    tallied = rows.annotate(
        ups=Count("votes", filter=counted & Q(votes__value=1), distinct=True),
        downs=Count("votes", filter=counted & Q(votes__value=-1), distinct=True),
        changed_at=Max("steps__made_at"),
    )
    return tallied.filter(ups__gte=settings.AUTO_ACCEPT_VOTES, downs=0, changed_at__lte=waited)


def _shown_again() -> QuerySet[Act]:
    """Return when moderators showed a suggestion again: nobody could object to it before."""
    alone = Q(kind__in=[ActKind.RESTORED, ActKind.RELEASED], target_kind="suggestion", target=OuterRef("pk"))
    with_all = Q(kind=ActKind.UNSWEPT, person=OuterRef("author"))
    return Act.objects.filter(alone | with_all)
