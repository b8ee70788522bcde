"""Times as readers see them: in the zone that they chose, or in the site's zone, whose name is then shown."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import override
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import formats, timezone
from django.utils.translation import pgettext


class OwnTimeZone(ZoneInfo):
    """A time zone that the reader has chosen. While it is the active one, times are shown without its name."""


class ReaderTimeZone(tzinfo):
    """The zone of the reader of a page. Who reads it is looked up only when the page shows a time."""

    def __init__(self, find_zone: Callable[[], OwnTimeZone | None]) -> None:
        self._find_zone = find_zone

    @cached_property
    def zone(self) -> tzinfo:
        """The zone that the reader chose, else the site's."""
        return self._find_zone() or timezone.get_default_timezone()

    @override
    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return self.zone.utcoffset(dt)

    @override
    def dst(self, dt: datetime | None) -> timedelta | None:
        return self.zone.dst(dt)

    @override
    def tzname(self, dt: datetime | None) -> str | None:
        return self.zone.tzname(dt)

    @override
    def fromutc(self, dt: datetime) -> datetime:
        # A zone converts only times of its own.
        return self.zone.fromutc(dt.replace(tzinfo=self.zone)).replace(tzinfo=self)

    def __str__(self) -> str:
        return str(self.zone)


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
    text = formats.date_format(timezone.localtime(at), format_name)
    return f"{text} {name_zone(at)}".rstrip()


def name_zone(at: datetime) -> str:
    """Return the short name of the active zone at an aware time; '' if the reader chose the zone.

    "CET" and "CEST" are in the reader's language; a zone without a name is called "UTC+03:00".
    """
    zone = timezone.get_current_timezone()
    if isinstance(zone.zone if isinstance(zone, ReaderTimeZone) else zone, OwnTimeZone):
        return ""
    local = timezone.localtime(at)
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
