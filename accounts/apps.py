"""Configuration of the accounts app."""

from typing import override

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The app of accounts; on start it adapts allauth to this site."""

    name = "accounts"
    verbose_name = _("Accounts")

    @override
    def ready(self) -> None:
        """Replace allauth's lock, for which it has no setting, and connect signals to its models."""
        from accounts.limits import locks
        from accounts.sign_in import first_confirmation

        locks.replace_lock()
        first_confirmation.connect_signals()
