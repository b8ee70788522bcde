"""Watches, events, notices and e-mail choices in Django admin: to be looked at, as rules write them."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from community import comment_admin, moderation_admin, people_admin, suggestion_admin
from community.models import EmailChoice, Event, Notification, Watch
from skills.admin.read_only import ReadOnly

__all__ = ["comment_admin", "moderation_admin", "people_admin", "suggestion_admin"]


class BelongingAdmin[Record: Model](ReadOnly, admin.ModelAdmin[Record]):
    """Rows that go with what they belong to: a person, a role."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django asks on the page of a person or a group, too, whether what hangs on it may be deleted with it."""
        page = request.resolver_match.url_name if request.resolver_match else None
        return bool(page) and not str(page).startswith(f"{self.opts.app_label}_")


@admin.register(Watch)
class WatchAdmin(BelongingAdmin[Watch]):
    list_display = ("user", "level", "kind", "target", "created_at")
    list_filter = ("level", "created_at")
    search_fields = ("user__username", "user__name", "skill__name", "role__name", "group__name", "domain__name")
    list_select_related = ("user", "skill", "role", "group", "domain")
    fields = ("user", "level", "kind", "target", "created_at")
    ordering = ("-created_at", "-pk")


@admin.register(Event)
class EventAdmin(BelongingAdmin[Event]):
    list_display = ("kind", "deed", "skill", "actor", "significance", "happened_at", "finished_at")
    list_filter = ("kind", "deed", "significance", "happened_at")
    search_fields = ("skill__name", "actor__username", "actor__name")
    list_select_related = ("skill", "actor")
    ordering = ("-pk",)


@admin.register(Notification)
class NotificationAdmin(BelongingAdmin[Notification]):
    list_display = ("user", "kind", "skill", "count", "reason", "updated_at", "read_at", "mail_due_at")
    list_filter = ("kind", "reason", "updated_at")
    search_fields = ("user__username", "user__name", "skill__name")
    list_select_related = ("user", "skill")
    ordering = ("-updated_at", "-pk")


@admin.register(EmailChoice)
class EmailChoiceAdmin(BelongingAdmin[EmailChoice]):
    list_display = ("user", "kind", "frequency")
    list_filter = ("kind", "frequency")
    search_fields = ("user__username", "user__name")
    list_select_related = ("user",)
    ordering = ("user__username", "kind")
