"""What the administration shows of accounts: people, mail, and what allauth keeps of them."""

from accounts.admin import people, records
from accounts.mail import admin as mail

__all__ = ["mail", "people", "records"]
