"""Registers the community in Django admin: each package has its own admin module, imported here."""

from community.appointing import admin as people
from community.discussion import admin as comments
from community.events import admin as events
from community.moderation import admin as moderation
from community.notifications import admin as notices
from community.review import admin as suggestions
from community.watching import admin as watches

__all__ = ["comments", "events", "moderation", "notices", "people", "suggestions", "watches"]
