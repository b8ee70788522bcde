from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Replace a part of allauth; its settings offer no place for it."""
        from accounts.limit_locks import replace_lock  # noqa: PLC0415 - allauth can be imported only now

        replace_lock()
