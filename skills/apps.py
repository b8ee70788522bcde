"""Django configuration of the app `skills`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SkillsConfig(AppConfig):
    """The catalogue, the lowest app: it imports nothing from `accounts` or `community`."""

    name = "skills"
    verbose_name = _("Skill profiles")
