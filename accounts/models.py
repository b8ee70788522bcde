"""The person."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who signs in. `name` is what others see; `username` stands in URLs."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name shown"), max_length=150, blank=True)

    def get_full_name(self) -> str:
        """Return the name shown to others."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """Return the name shown to others."""
        return self.get_full_name()
