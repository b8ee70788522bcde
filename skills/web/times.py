"""Times as readers see them: in the zone that they chose, or in the site's zone, whose name is then shown."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import formats, timezone
from django.utils.translation import pgettext


class OwnTimeZone(ZoneInfo):
    """A time zone that the reader has chosen. While it is the active one, times are shown without its name."""


def find_own_time_zone(name: str) -> OwnTimeZone | None:
    """Return the zone of a person who has chosen the one with this name, for example "Europe/Berlin".

    None, which means the site's zone, if `name` is '' or is not known on this server.
    """
    try:
        return OwnTimeZone(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # ZoneInfo treats the name as a file path
        return None


def format_moment(at: datetime, format_name: str = "SHORT_DATETIME_FORMAT") -> str:
    """Return a time in the active zone and language, followed by the name of the zone unless the reader chose it.

    `at` is aware. `format_name` is the name of a format with hours, such as "TIME_FORMAT".
    """
    local = timezone.localtime(at)
    text = formats.date_format(local, format_name)
    return text if isinstance(timezone.get_current_timezone(), OwnTimeZone) else f"{text} {_name_zone(local)}"


def _name_zone(local: datetime) -> str:
    """Return the short name of the zone at a local time: "CET" and "CEST" in the reader's language, or "UTC+03:00"."""
    name = local.tzname() or ""
    names = {
        "CET": pgettext("time zone", "CET"),
        "CEST": pgettext("time zone", "CEST"),
        "WET": pgettext("time zone", "WET"),
        "WEST": pgettext("time zone", "WEST"),
        "EET": pgettext("time zone", "EET"),
        "EEST": pgettext("time zone", "EEST"),
    }
    # Zones without a name of their own have their offset in its place: "+03".
    return names.get(name, name) if name.isalpha() else f"UTC{local:%:z}"
