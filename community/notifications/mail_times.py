"""When mail about a notice is due."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from community.models import EventAction, Frequency, Kind
from skills.models import Significance

DIGEST_TIME = time(8)
MIN_MAIL_INTERVAL = timedelta(minutes=30)
DAYS_PER_WEEK = 7


def get_time_zone(name: str) -> ZoneInfo:
    """Return somebody's time zone; the site's own where they named none, or one that is not known here."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def is_for_digest(kind: str, significance: str, action: str = "") -> bool:
    """Return whether mail about it waits for the daily digest even where mail is wanted at once.

    So does a change of content that is not a major one, and so do decisions, that an author
    reads of them once a day at most; but what asks the author for something does not wait.
    """
    if kind == Kind.DECISION:
        return action != EventAction.CHANGES_REQUESTED
    return kind == Kind.CONTENT_CHANGED and significance != Significance.MAJOR


def calculate_due_at(
    frequency: str, zone: ZoneInfo, now: datetime, *, waits_for_digest: bool = False, mailed_at: datetime | None = None
) -> datetime | None:
    """Return when mail is due about something that somebody is told of now, None for never.

    "At once" is now, but half an hour after the last mail about the same notice
    (`mailed_at`), and the next daily digest for what `waits` (see `is_for_digest`).
    Digests are made at eight in the person's time zone, the weekly one on Monday.
    """
    if frequency == Frequency.NEVER:
        return None
    if frequency == Frequency.WEEKLY:
        return _find_next_morning(zone, now, only_monday=True)
    if frequency == Frequency.DAILY or waits_for_digest:
        return _find_next_morning(zone, now)
    return max(now, mailed_at + MIN_MAIL_INTERVAL) if mailed_at else now


def _find_next_morning(zone: ZoneInfo, now: datetime, *, only_monday: bool = False) -> datetime:
    """Return the next hour of digests after now."""
    local = now.astimezone(zone)
    days = 0 if local.time() < DIGEST_TIME else 1
    if only_monday:
        days += -(local.weekday() + days) % DAYS_PER_WEEK
    return datetime.combine(local.date() + timedelta(days=days), DIGEST_TIME, zone)
