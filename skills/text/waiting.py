"""How long somebody has to wait, in words."""

from math import ceil

from django.utils.translation import ngettext

MINUTE, HOUR = 60, 3600


def format_wait(seconds: int) -> str:
    """Return a time to wait, rounded up to whole seconds, minutes or hours."""
    if seconds < MINUTE:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    if seconds < HOUR:
        minutes = ceil(seconds / MINUTE)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = ceil(seconds / HOUR)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
