"""When mail about a notice is due."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from community.models import Frequency, Kind
from skills.models import Significance

HOUR_OF_DIGESTS = time(8)
BETWEEN_MAILS = timedelta(minutes=30)
DAYS_OF_A_WEEK = 7


def zone_of(name: str) -> ZoneInfo:
    """Return somebody's time zone; the site's own where they named none, or one that is not known here."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def due_at(
    kind: str, significance: str, frequency: str, zone: ZoneInfo, now: datetime, mailed_at: datetime | None = None
) -> datetime | None:
    """Return when mail is due about something that somebody is told of now, None for never.

    "At once" is now, but half an hour after the last mail about the same notice
    (`mailed_at`). A change of content that is not a major one waits for the next daily
    digest even then. Digests are made at eight in the person's time zone, the weekly one on Monday.
    """
    if frequency == Frequency.NEVER:
        return None
    if frequency == Frequency.WEEKLY:
        return _next_morning(zone, now, only_monday=True)
    is_for_digest = kind == Kind.CONTENT_CHANGED and significance != Significance.MAJOR
    if frequency == Frequency.DAILY or is_for_digest:
        return _next_morning(zone, now)
    return max(now, mailed_at + BETWEEN_MAILS) if mailed_at else now


def _next_morning(zone: ZoneInfo, now: datetime, *, only_monday: bool = False) -> datetime:
    """Return the next hour of digests after now."""
    local = now.astimezone(zone)
    days = 0 if local.time() < HOUR_OF_DIGESTS else 1
    if only_monday:
        days += -(local.weekday() + days) % DAYS_OF_A_WEEK
    return datetime.combine(local.date() + timedelta(days=days), HOUR_OF_DIGESTS, zone)
