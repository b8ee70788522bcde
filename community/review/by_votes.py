"""Accepting what enough people voted for, where a site wants that. Rule: "Votes"; off unless AUTO_ACCEPT_VOTES is set.

Nobody is credited as reviewer. Whatever a reviewer would have to look at stays for them: a vote
against, a conflict, a finding, a claim, a part that is decided, a second reader who is asked for.
What concerns moderators stays as well: what they hid or hold, what is reported and not decided,
what an account wrote that is suspended, switched off, hidden or swept. The waiting time begins
with the latest change of any kind and with the moment at which moderators showed it again.
Only accounts vote here that are trusted (`community/posting/trust.py`) and in good standing; votes of
others count neither for nor against. All of it is asked again once the row is locked.

Trust is costly to work out. So the database first finds what could be due if every vote counted,
and only the voters of these suggestions are looked at.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched, chain, islice
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.events import recording
from community.models import (
    Act,
    ActKind,
    ChangeOutcome,
    Decision,
    Report,
    State,
    Step,
    SuggestedChange,
    Suggestion,
    Sweep,
    Verdict,
    Vote,
)
from community.models.suggestions import SuggestionQuerySet
from community.posting.refusals import InvalidInput
from community.posting.trust import list_trusted_people
from community.review.deciding import create_decision, publish_chosen
from community.suggestions import changes, checking, moves
from skills.content.changes import ChangedMeanwhile
from skills.models import Significance

MAX_ACCEPTED_PER_RUN = 50
BATCH_SIZE = 500
"""Of so many suggestions the voters are looked at together."""
PAUSE_AFTER_REFUSAL = timedelta(hours=1)
"""So long a suggestion is left alone that the checks refused: what they say may change with any text of its skill."""

_paused_until: dict[UUID, datetime] = {}
"""By keys of suggestions, in the memory of one worker; another worker, or this one after a restart, looks again."""


def accept_due() -> None:
    """Accept what is due, each by itself, on the worker's schedule; what is refused waits for `PAUSE_AFTER_REFUSAL`."""
    if not settings.AUTO_ACCEPT_VOTES:
        return
    now = timezone.now()
    for key in [key for key, until in _paused_until.items() if until <= now]:
        del _paused_until[key]
    ready = [found for found in _find_candidates(Suggestion.objects.all()) if found.key not in _paused_until]
    random.shuffle(ready)  # what is not accepted for another reason must not keep the rest waiting for ever
    due = chain.from_iterable(map(_filter_by_votes, batched(ready, BATCH_SIZE)))
    for suggestion in islice(due, MAX_ACCEPTED_PER_RUN):
        if accept_by_votes(suggestion) is None:
            _paused_until[suggestion.key] = now + PAUSE_AFTER_REFUSAL


def accept_by_votes(suggestion: Suggestion) -> Decision | None:
    """Accept a suggestion by its votes and return the decision, or None where that is not to be."""
    try:
        with transaction.atomic():
            found = moves.lock_suggestion(suggestion)
            candidates = list(_find_candidates(Suggestion.objects.filter(pk=found.pk)))
            if not _filter_by_votes(candidates) or checking.list_findings(found, changes.list_pending_changes(found)):
                return None
            return _accept(found)
    except (ChangedMeanwhile, InvalidInput):
        return None


def _accept(suggestion: Suggestion) -> Decision:
    rows = list(suggestion.changes.all())
    wanted = {row.pk: changes.build_change(row) for row in rows}
    revision = publish_chosen(suggestion, rows, wanted, None, Significance.MEDIUM)
    reason = _("Accepted by %(votes)d votes and none against, after %(days)d days.") % {
        "votes": _count_votes([suggestion.pk])[suggestion.pk][1],
        "days": settings.AUTO_ACCEPT_DAYS,
    }
    decision = create_decision(suggestion, None, Verdict.ACCEPT, revision=revision, message=reason)
    moves.change_state(suggestion, State.ACCEPTED, None, reason, claimed_by=None, claimed_until=None)
    recording.record_decision(decision)
    return decision


def _filter_by_votes(candidates: Sequence[Suggestion]) -> list[Suggestion]:
    """Return those of the candidates that have votes enough that count, and none against."""
    votes = _count_votes([suggestion.pk for suggestion in candidates])
    tallies = ((suggestion, votes[suggestion.pk]) for suggestion in candidates)
    return [found for found, tally in tallies if tally[1] >= settings.AUTO_ACCEPT_VOTES and not tally[-1]]


def _count_votes(pks: Sequence[int]) -> Mapping[int, Counter[int]]:
    """Return how many votes of each value count, by suggestion.

    Those of trusted accounts count that are active, shown and neither suspended nor swept. A vote that a
    deleted account left behind has no user and does not count.
    """
    votes = Vote.objects.filter(suggestion__in=pks, user__isnull=False)
    voters = list_trusted_people().filter(pk__in=votes.values("user"))
    counting = set(_filter_good_standing(voters).values_list("pk", flat=True))
    found: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for suggestion, voter, value in votes.values_list("suggestion", "user", "value"):
        if voter in counting:
            found[suggestion][value] += 1
    return found


def _filter_good_standing(people: QuerySet[User]) -> QuerySet[User]:
    """Leave out accounts that are switched off, suspended, hidden, or swept by a sweep that is not undone."""
    swept = Sweep.objects.filter(person=OuterRef("pk")).exclude(state=Sweep.State.UNDONE)
    found = people.filter(~Exists(swept), is_active=True, profile_hidden_at__isnull=True)
    return found.exclude(suspended_until__gt=timezone.now())


def _find_candidates(suggestions: SuggestionQuerySet) -> QuerySet[Suggestion]:
    """Return those of the suggestions that are due if every vote counts for them: the database answers by indexes.

    They have votes enough, nothing for reviewers or moderators to look at, and are unchanged for long enough.
    """
    now = timezone.now()
    waited = now - timedelta(days=settings.AUTO_ACCEPT_DAYS)
    rows = suggestions.public().filter(state=State.OPEN, second_reader_asked=False).exclude(claimed_until__gt=now)
    ups = Vote.objects.filter(suggestion=OuterRef("pk"), value=1).order_by().values("suggestion")
    steps = Step.objects.filter(suggestion=OuterRef("pk")).order_by().values("suggestion")
    rows = rows.alias(
        ups=Subquery(ups.annotate(count=Count("pk")).values("count")),
        changed_at=Subquery(steps.annotate(latest=Max("made_at")).values("latest")),
    ).filter(ups__gte=settings.AUTO_ACCEPT_VOTES, changed_at__lte=waited)
    author = _filter_good_standing(User.objects.filter(pk=OuterRef("author")))
    parts = SuggestedChange.objects.filter(suggestion=OuterRef("pk")).exclude(outcome=ChangeOutcome.PENDING)
    reports = Report.objects.filter(outcome="")
    of_suggestion, of_author = reports.filter(suggestion=OuterRef("pk")), reports.filter(person=OuterRef("author"))
    shown_again = _find_restoring_acts().filter(at__gt=waited)
    rows = rows.filter(Exists(author), ~Exists(parts), ~Exists(of_suggestion), ~Exists(of_author), ~Exists(shown_again))
    return rows.only("pk", "key")


def _find_restoring_acts() -> QuerySet[Act]:
    """Return when moderators showed a suggestion again: nobody could object to it before.

    Lines of the log about a suggestion name its author as well, and have an index by person alone.
    """
    alone = Q(kind__in=[ActKind.RESTORED, ActKind.RELEASED], target_kind="suggestion", target_id=OuterRef("pk"))
    return Act.objects.filter(alone | Q(kind=ActKind.UNSWEPT), person_id=OuterRef("author"))
