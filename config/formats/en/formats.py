"""English dates, readable on both sides of the Atlantic: 17 Mar 2026."""

SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
