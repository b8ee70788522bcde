"""Skills with all their requirements. A save is published as one revision of whoever saves, or refused as a whole."""

from typing import Any, cast, override

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skills import revisions
from skills.admin.forms import RequirementForm, RequirementFormSet, SkillForm, read_content
from skills.content import changes, naming
from skills.content.changes import ChangedMeanwhile, InvalidChange, SkillContent
from skills.models import Requirement, Revision, Significance, Skill
from skills.revisions import NothingToPublish


class RequirementInline(admin.TabularInline[Requirement, Skill]):
    """Who may change a skill may change its cells."""

    model = Requirement
    form = RequirementForm
    formset = RequirementFormSet
    extra = 0

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Requirement]:
        cells = super().get_queryset(request).select_related("skill", "role", "level")
        return cells.order_by("role__name", "level__track", "level__rank")

    @override
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("skills.change_skill")

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("skills.change_skill")

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("skills.change_skill")


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin[Skill]):
    """Skills are not deleted here: their history is theirs to keep."""

    form = SkillForm
    inlines = (RequirementInline,)
    list_display = ("name", "group", "framework", "requirement_count", "slug")
    list_filter = ("framework", "status", "group__domain", "requirements__obligation")
    list_select_related = ("group", "framework")
    search_fields = ("name", "slug", "key", "tag_line")
    ordering = ("name", "pk")
    save_on_top = True

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Skill]:
        published = super().get_queryset(request).exclude(status=Skill.Status.SUGGESTED)
        return published.annotate(requirement_count=Count("requirements", distinct=True))

    @admin.display(description=gettext_lazy("requirements"), ordering="requirement_count")
    def requirement_count(self, skill: Skill) -> int:
        return int(vars(skill)["requirement_count"])  # as `get_queryset` annotates it

    @admin.display(description=gettext_lazy("history"))
    def history_link(self, skill: Skill) -> SafeString:
        address = reverse("admin:skills_revision_changelist") + f"?skill__id__exact={skill.pk}"
        return format_html('<a href="{}">{}</a>', address, _("All revisions"))

    @override
    def get_fieldsets(self, request: HttpRequest, obj: Skill | None = None) -> Any:
        known = [("framework", "key", "slug", "status", "history_link")] if obj else []
        return [
            (None, {"fields": [*known, "group", "name", "summary", "tag_line"]}),
            (_("This change"), {"fields": ["change_summary", "significance", "seen_revision"]}),
        ]

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Skill | None = None) -> list[str]:
        return ["framework", "key", "slug", "status", "history_link"] if obj else []

    @override
    def has_change_permission(self, request: HttpRequest, obj: Skill | None = None) -> bool:
        """What is no longer part of its framework comes back through its history first."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_current)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Skill | None = None) -> bool:
        return False

    @override
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (ChangedMeanwhile, InvalidChange):
            # Between our check and our lock somebody published, or deleted what is referred to.
            # Asked again, the form itself says who or what.
            return super().changeform_view(request, object_id, form_url, extra_context)

    @override
    def save_model(self, request: HttpRequest, obj: Skill, form: Any, change: bool) -> None:
        """Nothing yet: fields and requirements are published together, in `save_related`."""

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        requirements = formsets[0]
        content = read_content(form, requirements)
        # Django's log entry reads these; ours names fields, the revision holds the cells.
        requirements.new_objects = requirements.changed_objects = requirements.deleted_objects = []
        if change:
            self._publish(request, form, content)
        else:
            self._create(request, form, content)

    def _publish(self, request: HttpRequest, form: SkillForm, content: SkillContent) -> None:
        seen = Revision.objects.get(skill=form.instance.pk, number=form.cleaned_data["seen_revision"])
        try:
            revisions.publish(
                form.instance,
                changes.find_changes(SkillContent.from_json(seen.content), content),
                author=cast("Any", request.user),
                origin=Revision.Origin.ADMIN,
                summary=form.cleaned_data["change_summary"],
                significance=Significance(form.cleaned_data["significance"]),
            )
        except NothingToPublish:
            _mark_nothing_published(request)

    def _create(self, request: HttpRequest, form: SkillForm, content: SkillContent) -> None:
        framework = form.cleaned_data["group"].domain.framework
        made = revisions.create(
            framework,
            naming.find_free_key(framework.skills.all(), content.name),
            content,
            author=cast("Any", request.user),
            origin=Revision.Origin.ADMIN,
            summary=form.cleaned_data["change_summary"],
        )
        form.instance.pk, form.instance.slug = made.pk, made.slug

    @override
    def log_change(self, request: HttpRequest, obj: Skill, message: Any) -> Any:
        return None if _is_nothing_published(request) else super().log_change(request, obj, message)

    @override
    def response_change(self, request: HttpRequest, obj: Skill) -> HttpResponse:
        if _is_nothing_published(request):
            self.message_user(request, _("Nothing was changed, so nothing was published."), messages.INFO)
            return self.response_post_save_change(request, obj)
        return super().response_change(request, obj)


def _mark_nothing_published(request: HttpRequest) -> None:
    request.META["skills.nothing_published"] = True


def _is_nothing_published(request: HttpRequest) -> bool:
    return bool(request.META.get("skills.nothing_published"))
