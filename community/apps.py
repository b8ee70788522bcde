"""The configuration of the community app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    """What people do together around the skills: watch, suggest, review, discuss, moderate."""

    name = "community"
    verbose_name = _("Community")
