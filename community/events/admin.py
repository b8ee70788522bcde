"""Events in Django admin, read only."""

from django.contrib import admin

from community.models import Event
from skills.admin.read_only import CascadeOnlyAdmin


@admin.register(Event)
class EventAdmin(CascadeOnlyAdmin[Event]):
    """Lists events. The code writes them; here they are deleted only with what they belong to."""

    list_display = ("kind", "action", "skill", "actor", "significance", "happened_at", "finished_at")
    list_filter = ("kind", "action", "significance", "happened_at")
    search_fields = ("skill__name", "actor__username", "actor__name")
    list_select_related = ("skill", "actor")
    ordering = ("-pk",)
