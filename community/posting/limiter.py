"""Limits on how often a person may write, counted exactly, for all processes in one table.

Counters in Django's cache are not exact: its backends with a table or files read a count and write it back in
two steps, so that of ten processes at once nine counts are lost. Here the row of the person is locked while
their writes are counted. A write counts when it is committed; one that is refused or rolled back does not count.

Each write is a row with its time. A single row for each person and kind would have to hold a list of the same
times, since a number alone is not exact. A counter for each full minute lets twice as many through around the
end of a minute. A counter that refills with time lets through as many more as it refills in the meantime.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import CountedWrite, WriteKind
from community.posting.refusals import NotAllowed, OverLimit
from community.posting.trust import is_trusted
from skills.text.waiting import format_wait

KEEP_PERIOD = timedelta(days=1)  # the longest span of a limit
PRUNE_BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` writes in any span of this length, wherever the span begins."""

    count: int
    span: timedelta


NEW_ACCOUNT_LIMITS: Mapping[WriteKind, Sequence[Limit]] = {
    WriteKind.POST: (Limit(4, timedelta(minutes=1)), Limit(100, timedelta(days=1))),
    # No person sends this many, even with the form of a suggestion, which saves itself every few seconds.
    WriteKind.WRITE: (Limit(120, timedelta(minutes=1)),),
}


def record_write(person: User, kind: WriteKind) -> None:
    """Count one write of a person.

    1. Lock the account, so that writes at the same moment are counted one after the other.
    2. Read the times of the latest writes of this kind.
    3. If a limit is reached and the person is not trusted yet, raise `OverLimit` with the seconds to wait.
    4. Save the write. It is rolled back with the caller's transaction, if there is one.

    Raises `NotAllowed` if the account is deleted.
    """
    # No limit looks at more rows than this.
    largest_count = max(limit.count for limit in NEW_ACCOUNT_LIMITS[kind])
    with transaction.atomic():
        lock_account(person)
        now = timezone.now()
        writes = CountedWrite.objects.filter(user=person, kind=kind, at__gt=now - KEEP_PERIOD).order_by("-at", "-pk")
        seconds = calculate_wait_seconds(
            list(writes.values_list("at", flat=True)[:largest_count]), NEW_ACCOUNT_LIMITS[kind], now
        )
        # Trust costs queries, so it is asked only for those who have reached a limit.
        if seconds and not is_trusted(person):
            raise OverLimit(_format_limit_message(kind, seconds), seconds)
        CountedWrite.objects.create(user=person, kind=kind, at=now)


def lock_account(person: User) -> None:
    """Lock the row of a person until the transaction ends, so that their writes happen one after the other.

    Must be called in a transaction. Raises `NotAllowed` if the account is deleted.
    """
    assert transaction.get_connection().in_atomic_block
    # no_key: other transactions may still insert rows that refer to this account.
    if User.objects.select_for_update(no_key=True).filter(pk=person.pk).first() is None:
        raise NotAllowed(_("This account is deleted."))


def calculate_wait_seconds(latest: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> int:
    """Return the seconds, rounded up, until one more write fits into every limit; 0 if it fits now.

    `latest` are the times of the last writes, the newest first, at least as many as the largest limit counts.
    One more fits as soon as the `count`-th newest write is a whole span old, whatever came before it.
    Example: 4 a minute, and writes 10, 20, 35 and 50 seconds ago. The fourth newest leaves the last minute in
    10 seconds. After 3 writes there is nothing to wait for.
    """
    free_at = [latest[limit.count - 1] + limit.span for limit in limits if len(latest) >= limit.count]
    return max([0, *(ceil((at - now).total_seconds()) for at in free_at)])


def _format_limit_message(kind: WriteKind, seconds: int) -> str:
    """Return the message of `OverLimit` in the reader's language."""
    context = {"wait": format_wait(seconds)}
    if kind == WriteKind.WRITE:
        return _("That was more than a person sends. You can continue in %(wait)s.") % context
    # The limits of posts, in this order: a minute, a day.
    minute, day = (limit.count for limit in NEW_ACCOUNT_LIMITS[kind])
    context |= {"minute": str(minute), "day": str(day)}
    return (
        _("A new account may post %(minute)s times a minute and %(day)s times a day. You can post again in %(wait)s.")
        % context
    )


def prune() -> bool:
    """Delete one batch of writes that no limit looks at any more; return whether more may be left."""
    old = CountedWrite.objects.filter(at__lte=timezone.now() - KEEP_PERIOD).order_by("at").values_list("pk", flat=True)
    pks = list(old[:PRUNE_BATCH_SIZE])
    if pks:
        CountedWrite.objects.filter(pk__in=pks).delete()
    return len(pks) == PRUNE_BATCH_SIZE
