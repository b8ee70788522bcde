"""Format a time to wait as text."""

from math import ceil

from django.utils.translation import ngettext

MINUTE, HOUR = 60, 3600  # seconds


def format_wait(seconds: int) -> str:
    """Return a number of seconds as text in the active language, such as "3 minutes".

    Minutes and hours are rounded up, so that the user never comes back too early.
    """
    if seconds < MINUTE:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    if seconds < HOUR:
        minutes = ceil(seconds / MINUTE)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = ceil(seconds / HOUR)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
