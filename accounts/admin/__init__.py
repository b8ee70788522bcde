"""Django admin of accounts: users, mail, and what allauth stores about them."""

from accounts.admin import people, records
from accounts.mail import admin as mail

__all__ = ["mail", "people", "records"]
