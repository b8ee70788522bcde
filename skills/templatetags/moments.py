"""The filter that shows a time. It is available in every template without `load`, see TEMPLATES in the settings."""

from datetime import datetime

from django import template
from django.utils import timezone

from skills.web.times import format_moment, name_zone

register = template.Library()


@register.filter
def moment(at: datetime | None, format_name: str = "SHORT_DATETIME_FORMAT") -> str:
    """Return a time with the name of its zone, unless the reader chose the zone; '' for None.

    `format_name` is the name of one of Django's formats that has hours, such as "DATETIME_FORMAT" or "TIME_FORMAT".
    """
    return format_moment(at, format_name) if at else ""


@register.simple_tag
def zone_name() -> str:
    """Return the name of the zone that follows a time which a script writes; '' if the reader chose the zone."""
    return name_zone(timezone.now())
