"""Notices and e-mail choices in Django admin, read-only: the code writes them by its own rules."""

from django.contrib import admin

from community.models import EmailChoice, Notification
from skills.admin.read_only import CascadeOnlyAdmin


@admin.register(Notification)
class NotificationAdmin(CascadeOnlyAdmin[Notification]):
    """The notices of all users, the latest first."""

    list_display = ("user", "kind", "skill", "count", "reason", "updated_at", "read_at", "mail_due_at")
    list_filter = ("kind", "reason", "updated_at")
    search_fields = ("user__username", "user__name", "skill__name")
    list_select_related = ("user", "skill")
    ordering = ("-updated_at", "-pk")


@admin.register(EmailChoice)
class EmailChoiceAdmin(CascadeOnlyAdmin[EmailChoice]):
    """How often users want mail; a kind without a row is mailed weekly."""

    list_display = ("user", "kind", "frequency")
    list_filter = ("kind", "frequency")
    search_fields = ("user__username", "user__name")
    list_select_related = ("user",)
    ordering = ("user__sort_key", "user_id", "kind")
