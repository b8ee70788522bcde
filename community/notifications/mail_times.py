"""When mail about a notice is due."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from community.models import EventAction, Frequency, Kind
from skills.models import Significance
from skills.web.times import find_own_time_zone

DIGEST_TIME = time(8)  # in the time zone of each user
MIN_MAIL_INTERVAL = timedelta(minutes=30)
DAYS_PER_WEEK = 7


def get_time_zone(name: str) -> ZoneInfo:
    """Return the time zone with this name, for example "Europe/Berlin".

    The result is the site's time zone if `name` is '', or is not known on this server.
    """
    return find_own_time_zone(name) or ZoneInfo(settings.TIME_ZONE)


def is_for_digest(kind: str, significance: str, action: str = "") -> bool:
    """Return whether mail about an event waits for the daily digest, even if the user wants mail at once.

    A change of content waits unless it is major. Decisions wait, so that an author gets mail about them at most once a
    day; but a request for changes does not, because the author has to act. `action` is a value of `EventAction`.
    """
    if kind == Kind.DECISION:
        return action != EventAction.CHANGES_REQUESTED
    return kind == Kind.CONTENT_CHANGED and significance != Significance.MAJOR


def calculate_due_at(
    frequency: str, zone: ZoneInfo, now: datetime, *, waits_for_digest: bool = False, mailed_at: datetime | None = None
) -> datetime | None:
    """Return when mail is due about something that a user is notified of now, None for never.

    "At once" means `now`, but at least half an hour after the last mail about the same notice (`mailed_at`), and the
    next daily digest if the event `waits_for_digest` (see `is_for_digest`). Digests are built at eight in the user's
    time zone (`zone`), the weekly one on Monday.
    """
    if frequency == Frequency.NEVER:
        return None
    if frequency == Frequency.WEEKLY:
        return _find_next_morning(zone, now, only_monday=True)
    if frequency == Frequency.DAILY or waits_for_digest:
        return _find_next_morning(zone, now)
    return max(now, mailed_at + MIN_MAIL_INTERVAL) if mailed_at else now


def _find_next_morning(zone: ZoneInfo, now: datetime, *, only_monday: bool = False) -> datetime:
    """Return the next time at which digests are built after now, on any day or on a Monday."""
    local = now.astimezone(zone)
    days = 0 if local.time() < DIGEST_TIME else 1
    # Python's -n % 7 is the number of days until the next multiple of 7; weekday() is 0 on Monday.
    if only_monday:
        days += -(local.weekday() + days) % DAYS_PER_WEEK
    # Combined from local date and time, so that a change to summer time does not move the hour.
    return datetime.combine(local.date() + timedelta(days=days), DIGEST_TIME, zone)
