"""Permanent records in Django admin: revisions and former paths. They are read-only."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from skills.admin.differences import describe_place, render_difference
from skills.admin.read_only import ReadOnly
from skills.models import FormerPath, Revision


@admin.register(Revision)
class RevisionAdmin(ReadOnly, admin.ModelAdmin[Revision]):
    """The revisions of all skills, latest first, each with its changes as marked differences."""

    list_display = ("skill", "number", "published_at", "author_name", "reviewer", "origin", "significance", "summary")
    list_filter = (
        "origin",
        "significance",
        "published_at",
        "skill__framework",
        "skill__group__domain",
        ("author", admin.RelatedOnlyFieldListFilter),  # authors only, not every account
    )
    list_select_related = ("skill", "author", "reviewer")
    search_fields = ("skill__name", "summary", "author__username", "author__name")
    date_hierarchy = "published_at"
    ordering = ("-published_at", "-pk")
    fields = (
        "skill",
        "number",
        "published_at",
        "author_name",
        "reviewer",
        "is_co_written",
        "origin",
        "significance",
        "summary",
        "changes_table",
    )

    @admin.display(description=_("author"), ordering="author")
    def author_name(self, revision: Revision) -> str:
        """Return the author's name for the list, a dash for an import.

        A deleted account has a text of its own: see `Revision.author_name`.
        """
        return revision.author_name or "–"

    @admin.display(description=_("changes"))
    def changes_table(self, revision: Revision) -> SafeString:
        """Return an HTML table with one row for each change of the revision.

        Each row names the changed part and shows the differences between base and proposed value.
        """
        head = format_html("<tr><th>{}</th><th>{}</th></tr>", _("what"), _("difference"))
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td></tr>",
            (
                (describe_place(change), render_difference(change["base"], change["proposed"]))
                for change in revision.changes
            ),
        )
        return format_html("<table>{}{}</table>", head, rows)


@admin.register(FormerPath)
class FormerPathAdmin(ReadOnly, admin.ModelAdmin[FormerPath]):
    """The former paths, each with the object it redirects to."""

    list_display = ("path", "target")
    list_select_related = ("skill", "role", "domain", "group")
    search_fields = ("path",)
