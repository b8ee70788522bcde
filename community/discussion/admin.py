"""Comments in Django admin, read only. They are changed on their own pages and by moderators."""

from typing import ClassVar

from django.contrib import admin

from community.models import Comment, CommentVersion
from skills.admin.read_only import ReadOnly


class VersionInline(ReadOnly, admin.TabularInline[CommentVersion, Comment]):
    """The earlier versions of a comment."""

    model = CommentVersion
    fields = ("replaced_at", "body")


@admin.register(Comment)
class CommentAdmin(ReadOnly, admin.ModelAdmin[Comment]):
    """Comments, with filters for deleted, hidden and held ones."""

    list_display = ("__str__", "author", "created_at", "edited_at", "deleted_at", "hidden_at", "held_at")
    list_filter: ClassVar = [
        ("deleted_at", admin.EmptyFieldListFilter),
        ("hidden_at", admin.EmptyFieldListFilter),
        ("held_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ("skill", "author")
    search_fields = ("body", "skill__name", "author__username")
    date_hierarchy = "created_at"
    inlines = (VersionInline,)
