"""Watches in Django admin, read only."""

from django.contrib import admin

from community.models import Watch
from skills.admin.read_only import CascadeOnlyAdmin


@admin.register(Watch)
class WatchAdmin(CascadeOnlyAdmin[Watch]):
    """Lists watches and mutes. People change them on pages; here they are deleted only with what they belong to."""

    list_display = ("user", "level", "kind", "target", "created_at")
    list_filter = ("level", "created_at")
    search_fields = ("user__username", "user__name", "skill__name", "role__name", "group__name", "domain__name")
    list_select_related = ("user", "skill", "role", "group", "domain")
    fields = ("user", "level", "kind", "target", "created_at")
    ordering = ("-created_at", "-pk")
