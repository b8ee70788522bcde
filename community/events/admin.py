"""Events in Django admin: to be looked at, as rules write them."""

from django.contrib import admin

from community.models import Event
from skills.admin.read_only import CascadeOnlyAdmin


@admin.register(Event)
class EventAdmin(CascadeOnlyAdmin[Event]):
    list_display = ("kind", "action", "skill", "actor", "significance", "happened_at", "finished_at")
    list_filter = ("kind", "action", "significance", "happened_at")
    search_fields = ("skill__name", "actor__username", "actor__name")
    list_select_related = ("skill", "actor")
    ordering = ("-pk",)
