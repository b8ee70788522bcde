from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Replace a part of allauth that its settings offer no place for, and connect signals to its models."""
        from accounts.limits import locks  # noqa: PLC0415 - allauth can be imported only now
        from accounts.sign_in import first_confirmation  # noqa: F401, PLC0415 - connects its signals

        locks.replace_lock()
