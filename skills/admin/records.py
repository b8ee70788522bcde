"""What is written down for good: revisions and former addresses. To be read here, never to be changed."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from skills.admin.read_only import ReadOnly
from skills.models import FormerPath, Revision


@admin.register(Revision)
class RevisionAdmin(ReadOnly, admin.ModelAdmin[Revision]):
    list_display = ("skill", "number", "published_at", "author_shown", "origin", "significance", "summary")
    list_filter = ("origin", "significance", "published_at", "skill__framework")
    list_select_related = ("skill", "author")
    search_fields = ("skill__name", "summary", "author__username")
    date_hierarchy = "published_at"
    ordering = ("-published_at", "-pk")
    fields = ("skill", "number", "published_at", "author_shown", "origin", "significance", "summary", "shown_changes")

    @admin.display(description=_("author"), ordering="author")
    def author_shown(self, revision: Revision) -> str:
        return revision.author_name or "–"

    @admin.display(description=_("changes"))
    def shown_changes(self, revision: Revision) -> SafeString:
        """Every change with the value before it and after it."""
        head = format_html("<tr><th>{}</th><th>{}</th><th>{}</th></tr>", _("what"), _("before"), _("after"))
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            ((_place(change), _shown(change["base"]), _shown(change["proposed"])) for change in revision.changes),
        )
        return format_html("<table>{}{}</table>", head, rows)


def _place(change: dict[str, Any]) -> str:
    return " · ".join(part for part in (change["field"], change["role"], change["level"]) if part)


def _shown(value: str | dict[str, str] | None) -> str:
    if isinstance(value, dict):
        return " · ".join(part for part in (value["obligation"], value["proficiency"], value["description"]) if part)
    return value or "–"


@admin.register(FormerPath)
class FormerPathAdmin(ReadOnly, admin.ModelAdmin[FormerPath]):
    list_display = ("path", "target")
    list_select_related = ("skill", "role", "domain", "group")
    search_fields = ("path",)
