"""How often somebody may write: counted for all processes in one table, exactly.

Counts of Django's cache are no help: a table or a file as its backend reads a count and
writes it back in two steps, so that ten processes at once lose nine of ten. Here the row of
the person is locked while their writes are counted. A write counts once it is done: what is
refused, or rolled back, was none.

A write is a row with its moment. One row a person and kind would have to hold a list of the same
moments, since a number alone is not exact: a count of each full minute lets twice as much through
around its end, and one that fills up again with time as much more as it gives back meanwhile.
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

KEEP_PERIOD = timedelta(days=1)
PRUNE_BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in any span of this length."""

    count: int
    span: timedelta


NEW_ACCOUNT_LIMITS: Mapping[WriteKind, Sequence[Limit]] = {
    WriteKind.POST: (Limit(4, timedelta(minutes=1)), Limit(100, timedelta(days=1))),
    # Nobody sends so much by hand; the form of a suggestion keeps itself every few seconds.
    WriteKind.WRITE: (Limit(120, timedelta(minutes=1)),),
}


def count_write(person: User, kind: WriteKind) -> None:
    """Count one write; raises `OverLimit` with the seconds to wait while a new account has none left."""
    longest = max(limit.count for limit in NEW_ACCOUNT_LIMITS[kind])
    with transaction.atomic():
        lock_account(person)
        now = timezone.now()
        counted = CountedWrite.objects.filter(user=person, kind=kind, at__gt=now - KEEP_PERIOD).order_by("-at", "-pk")
        seconds = calculate_wait_seconds(
            list(counted.values_list("at", flat=True)[:longest]), NEW_ACCOUNT_LIMITS[kind], now
        )
        if seconds and not is_trusted(person):
            raise OverLimit(_format_limit_message(kind, seconds), seconds)
        CountedWrite.objects.create(user=person, kind=kind, at=now)


def lock_account(person: User) -> None:
    """Have what somebody sends at once done one after the other; raises `NotAllowed` where the account is gone."""
    assert transaction.get_connection().in_atomic_block
    if User.objects.select_for_update(no_key=True).filter(pk=person.pk).first() is None:
        raise NotAllowed(_("This account is deleted."))


def calculate_wait_seconds(latest: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> int:
    """Return in how many seconds, rounded up, one more write fits into every limit; 0 where it fits now.

    `latest` are the moments of the last writes, the newest first, as many as the largest limit counts.
    No span of a limit's length ever holds more than `count` writes, wherever it begins. So one more fits as soon
    as the `count`-th newest is a whole span old, whatever came before it. For example, 4 a minute and writes
    10, 20, 35 and 50 seconds ago: the fourth newest leaves the last minute in 10 seconds. Of 3 writes none need leave.
    """
    free_at = [latest[limit.count - 1] + limit.span for limit in limits if len(latest) >= limit.count]
    return max([0, *(ceil((moment - now).total_seconds()) for moment in free_at)])


def _format_limit_message(kind: WriteKind, seconds: int) -> str:
    known = {"wait": format_wait(seconds)}
    if kind == WriteKind.WRITE:
        return _("That was more than anybody sends by hand. You can go on in %(wait)s.") % known
    minute, day = (limit.count for limit in NEW_ACCOUNT_LIMITS[kind])
    known |= {"minute": str(minute), "day": str(day)}
    return (
        _("A new account may post %(minute)s times a minute and %(day)s times a day. You can post again in %(wait)s.")
        % known
    )


def prune() -> bool:
    """Forget counts that no limit looks at any more, a batch at a time; return whether more may be left."""
    old = CountedWrite.objects.filter(at__lte=timezone.now() - KEEP_PERIOD).order_by("at").values_list("pk", flat=True)
    batch = list(old[:PRUNE_BATCH_SIZE])
    if batch:
        CountedWrite.objects.filter(pk__in=batch).delete()
    return len(batch) == PRUNE_BATCH_SIZE
