"""Accept suggestions by votes, on sites that set AUTO_ACCEPT_VOTES. Without the setting it is off.

Nobody is credited as reviewer. A suggestion waits for a reviewer if it has anything that a reviewer must check:
a vote against, a conflict, a finding, a claim, a change that is decided, a request for a second reader.
It also waits if it concerns moderators: they hid or hold it, a report of it or of its author is undecided,
or the account that wrote it is suspended, inactive, hidden or swept. The waiting time begins with the latest
change of any kind, or later, when moderators showed the suggestion again.
Only the votes of trusted accounts (`community/posting/trust.py`) in good standing count; votes of others
count neither for nor against. All of this is checked again once the row is locked.

Trust is expensive to compute. So the database first finds what would be due if every vote counted,
and only the voters of these suggestions are checked.
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
from community.suggestions import changes, checking, states
from skills.content.changes import ChangedMeanwhile
from skills.models import Significance

MAX_ACCEPTED_PER_RUN = 50
BATCH_SIZE = 500
"""The voters of so many suggestions are checked together."""
PAUSE_AFTER_REFUSAL = timedelta(hours=1)
"""So long a refused suggestion is not tried again: the result of the checks may change with any text of its skill."""

_paused_until: dict[UUID, datetime] = {}
"""By key of the suggestion, in the memory of one worker; another worker, or this one after a restart, tries again."""


def accept_due() -> None:
    """Accept the suggestions that are due, on the worker's schedule, each in its own transaction.

    1. Forget the pauses that are over.
    2. Find the candidates, without those that pause, in random order.
    3. Accept at most `MAX_ACCEPTED_PER_RUN` of them that have enough votes.
    4. Pause each refused suggestion for `PAUSE_AFTER_REFUSAL`.
    """
    if not settings.AUTO_ACCEPT_VOTES:
        return
    now = timezone.now()
    for key in [key for key, until in _paused_until.items() if until <= now]:
        del _paused_until[key]
    candidates = [row for row in _list_candidates(Suggestion.objects.all()) if row.key not in _paused_until]
    random.shuffle(candidates)  # a suggestion that is never accepted must not keep the others waiting forever
    # Lazy: the voters of the next batch are checked only if this batch does not fill the run.
    due = chain.from_iterable(map(_filter_by_votes, batched(candidates, BATCH_SIZE)))
    for suggestion in islice(due, MAX_ACCEPTED_PER_RUN):
        if accept_by_votes(suggestion) is None:
            _paused_until[suggestion.key] = now + PAUSE_AFTER_REFUSAL


def accept_by_votes(suggestion: Suggestion) -> Decision | None:
    """Accept a suggestion by its votes and return the decision, or None if it is not due or is refused.

    1. Lock the suggestion; check again that it is due and that the checks find nothing.
    2. Publish all its changes as a revision, with medium significance.
    3. Save a decision without a reviewer, with the number of votes as its message.
    4. Set the state to accepted and end a claim that is over.
    5. Record an event: the author is notified.
    """
    try:
        with transaction.atomic():
            locked = states.lock_suggestion(suggestion)
            candidates = list(_list_candidates(Suggestion.objects.filter(pk=locked.pk)))
            if not _filter_by_votes(candidates):
                return None
            findings = checking.list_findings(locked, changes.list_pending_changes(locked))
            if not all(finding.is_note for finding in findings):
                return None
            return _accept(locked)
    # A conflict, or a text that cannot be published any more, is for a reviewer. The transaction is rolled back.
    except (ChangedMeanwhile, InvalidInput):
        return None


def _accept(suggestion: Suggestion) -> Decision:
    rows = list(suggestion.changes.all())  # all are pending, see _find_candidates
    changes_by_id = {row.pk: changes.build_change(row) for row in rows}
    revision = publish_chosen(suggestion, rows, changes_by_id, None, Significance.MEDIUM)
    reason = _("Accepted by %(votes)d votes and none against, after %(days)d days.") % {
        "votes": _count_votes([suggestion.pk])[suggestion.pk][1],
        "days": settings.AUTO_ACCEPT_DAYS,
    }
    decision = create_decision(suggestion, None, Verdict.ACCEPT, revision=revision, message=reason)
    states.change_state(suggestion, State.ACCEPTED, None, reason, claimed_by=None, claimed_until=None)
    recording.record_decision(decision)
    return decision


def _filter_by_votes(candidates: Sequence[Suggestion]) -> list[Suggestion]:
    """Return the candidates with enough votes that count, and none against."""
    votes = _count_votes([suggestion.pk for suggestion in candidates])
    tallies = ((suggestion, votes[suggestion.pk]) for suggestion in candidates)
    # Keys of a tally are the values of votes: 1 is for, -1 is against.
    return [suggestion for suggestion, tally in tallies if tally[1] >= settings.AUTO_ACCEPT_VOTES and not tally[-1]]


def _count_votes(suggestion_ids: Sequence[int]) -> Mapping[int, Counter[int]]:
    """Return how many votes of each value count, by the id of the suggestion.

    A vote counts if its account is trusted, active, visible and neither suspended nor swept. The vote of a
    deleted account has no user and does not count.
    """
    votes = Vote.objects.filter(suggestion__in=suggestion_ids, user__isnull=False)
    voters = list_trusted_people().filter(pk__in=votes.values("user"))
    counting_ids = set(_filter_good_standing(voters).values_list("pk", flat=True))
    tallies: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for suggestion_id, voter_id, value in votes.values_list("suggestion", "user", "value"):
        if voter_id in counting_ids:
            tallies[suggestion_id][value] += 1
    return tallies


def _filter_good_standing(people: QuerySet[User]) -> QuerySet[User]:
    """Leave out accounts that are inactive, suspended, hidden, or swept by a sweep that is not undone."""
    swept = Sweep.objects.filter(person=OuterRef("pk")).exclude(state=Sweep.State.UNDONE)
    in_good_standing = people.filter(~Exists(swept), is_active=True, profile_hidden_at__isnull=True)
    # exclude() keeps accounts whose suspended_until is NULL; filter(suspended_until__lte=…) would drop them.
    return in_good_standing.exclude(suspended_until__gt=timezone.now())


def _list_candidates(suggestions: SuggestionQuerySet) -> QuerySet[Suggestion]:
    """Return the suggestions that are due if every vote for them counts; the query uses indexes.

    They have enough votes, nothing that reviewers or moderators must check, and are unchanged for long enough.
    """
    now = timezone.now()
    deadline = now - timedelta(days=settings.AUTO_ACCEPT_DAYS)
    rows = suggestions.public().filter(state=State.OPEN, second_reader_asked=False).exclude(claimed_until__gt=now)
    # Subqueries of their own: joins to votes and steps at once would multiply the rows that are counted.
    ups = Vote.objects.filter(suggestion=OuterRef("pk"), value=1).order_by().values("suggestion")
    steps = Step.objects.filter(suggestion=OuterRef("pk")).order_by().values("suggestion")
    rows = rows.alias(
        ups=Subquery(ups.annotate(count=Count("pk")).values("count")),
        changed_at=Subquery(steps.annotate(latest=Max("made_at")).values("latest")),
    ).filter(ups__gte=settings.AUTO_ACCEPT_VOTES, changed_at__lte=deadline)
    author = _filter_good_standing(User.objects.filter(pk=OuterRef("author")))
    decided_changes = SuggestedChange.objects.filter(suggestion=OuterRef("pk")).exclude(outcome=ChangeOutcome.PENDING)
    reports = Report.objects.filter(outcome="")
    of_suggestion, of_author = reports.filter(suggestion=OuterRef("pk")), reports.filter(person=OuterRef("author"))
    # While it was hidden, nobody could vote against it: the waiting time begins again.
    shown_again = _list_restoring_acts().filter(at__gt=deadline)
    rows = rows.filter(Exists(author), ~Exists(decided_changes), ~Exists(of_suggestion))
    rows = rows.filter(~Exists(of_author), ~Exists(shown_again))
    return rows.only("pk", "key")


def _list_restoring_acts() -> QuerySet[Act]:
    """Return the log lines of moderators that made a suggestion visible again, for use in a subquery.

    A log line about a suggestion also names its author, and only the person has an index.
    """
    single = Q(kind__in=[ActKind.RESTORED, ActKind.RELEASED], target_kind="suggestion", target_id=OuterRef("pk"))
    return Act.objects.filter(single | Q(kind=ActKind.UNSWEPT), person_id=OuterRef("author"))
