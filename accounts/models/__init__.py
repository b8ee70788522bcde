"""Models of accounts: the user, changes of address, data exports, and queued mail."""

from accounts.models.mail import Delivery, RefusedAddress
from accounts.models.person import DataExport, EmailChange, Theme, User

__all__ = ["DataExport", "Delivery", "EmailChange", "RefusedAddress", "Theme", "User"]
