"""The person, and the mail owed to people."""

from accounts.models.mail import Delivery, RefusedAddress
from accounts.models.person import DataExport, EmailChange, Theme, User

__all__ = ["DataExport", "Delivery", "EmailChange", "RefusedAddress", "Theme", "User"]
