"""What people do together: watch, and be told."""

from community.models.notices import EmailChoice, Event, Frequency, Kind, Notification, Reason
from community.models.watch import Watch

__all__ = ["EmailChoice", "Event", "Frequency", "Kind", "Notification", "Reason", "Watch"]
