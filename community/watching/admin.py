"""Watches in Django admin: to be looked at, as rules write them."""

from django.contrib import admin

from community.models import Watch
from skills.admin.read_only import CascadeOnlyAdmin


@admin.register(Watch)
class WatchAdmin(CascadeOnlyAdmin[Watch]):
    list_display = ("user", "level", "kind", "target", "created_at")
    list_filter = ("level", "created_at")
    search_fields = ("user__username", "user__name", "skill__name", "role__name", "group__name", "domain__name")
    list_select_related = ("user", "skill", "role", "group", "domain")
    fields = ("user", "level", "kind", "target", "created_at")
    ordering = ("-created_at", "-pk")
