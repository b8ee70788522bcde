"""German dates as people write them: 17.3.2026."""

DATETIME_FORMAT = "j. F Y, H:i"
SHORT_DATE_FORMAT = "j.n.Y"
SHORT_DATETIME_FORMAT = "j.n.Y, H:i"
