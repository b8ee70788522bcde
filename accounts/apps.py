from typing import override

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    @override
    def ready(self) -> None:
        """Replace a part of allauth that its settings offer no place for, and connect signals to its models."""
        from accounts.limits import locks
        from accounts.sign_in import first_confirmation

        locks.replace_lock()
        first_confirmation.connect_signals()
