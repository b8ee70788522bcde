"""Skills with all their requirements.

A save is published as one revision by the user who saves, or refused as a whole.
"""

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
from skills.admin.names import OrderedByNameAdmin
from skills.content import changes, naming
from skills.content.changes import ChangedMeanwhile, InvalidChange, SkillContent
from skills.models import Requirement, Revision, Significance, Skill
from skills.revisions import NothingToPublish


class RequirementInline(admin.TabularInline[Requirement, Skill]):
    """The cells of a skill's matrix. A user who may change skills may add, change and delete cells."""

    model = Requirement
    form = RequirementForm
    formset = RequirementFormSet
    extra = 0

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Requirement]:
        cells = super().get_queryset(request).select_related("skill", "role", "level")
        return cells.order_by("role__sort_key", "role_id", "level__track", "level__rank")

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
class SkillAdmin(OrderedByNameAdmin[Skill]):
    """The skills, and the form that publishes their changes. Skills are not deleted here: they keep their history.

    The form is validated against the revision that it was opened with; `save_related` publishes.
    """

    form = SkillForm
    inlines = (RequirementInline,)
    list_display = ("name", "group", "framework", "requirement_count", "slug")
    list_filter = ("framework", "status", "group__domain", "requirements__obligation")
    list_select_related = ("group", "framework")
    search_fields = ("name", "slug", "key", "tag_line")
    ordering = ("sort_key", "pk")
    save_on_top = True

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Skill]:
        # A suggested skill has no content yet; its suggestion is in the admin of `community`.
        skills = super().get_queryset(request).exclude(status=Skill.Status.SUGGESTED)
        return skills.annotate(requirement_count=Count("requirements", distinct=True))

    @admin.display(description=gettext_lazy("requirements"), ordering="requirement_count")
    def requirement_count(self, skill: Skill) -> int:
        """Return the number of the skill's requirements for the list.

        `skill` comes from `get_queryset`, which annotates the number.
        """
        # The method hides the annotation of the same name; it is in the instance's `__dict__`.
        return int(vars(skill)["requirement_count"])

    @admin.display(description=gettext_lazy("history"))
    def history_link(self, skill: Skill) -> SafeString:
        """Return a link to the list of the skill's revisions in Django admin.

        Django's own history lists log entries only; the revisions hold the texts.
        """
        url = reverse("admin:skills_revision_changelist") + f"?skill__id__exact={skill.pk}"
        return format_html('<a href="{}">{}</a>', url, _("All revisions"))

    @override
    def get_fieldsets(self, request: HttpRequest, obj: Skill | None = None) -> Any:
        # A new skill gets key and slug when it is saved; its framework follows from its group.
        identity = [("framework", "key", "slug", "status", "history_link")] if obj else []
        return [
            (None, {"fields": [*identity, "group", "name", "summary", "tag_line"]}),
            (_("This change"), {"fields": ["change_summary", "significance", "seen_revision"]}),
        ]

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Skill | None = None) -> list[str]:
        return ["framework", "key", "slug", "status", "history_link"] if obj else []

    @override
    def has_change_permission(self, request: HttpRequest, obj: Skill | None = None) -> bool:
        """Return False for a retired skill, too: it is restored through its history first."""
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
            # Between the validation and the lock, someone published or deleted a row that the content refers to.
            # The request is handled a second time: now the validation of the form names the reason.
            return super().changeform_view(request, object_id, form_url, extra_context)

    @override
    def save_model(self, request: HttpRequest, obj: Skill, form: Any, change: bool) -> None:
        """Save nothing yet: `save_related` publishes fields and requirements together."""

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Publish the changes of an existing skill, or create a new one.

        Nothing is saved by Django's own forms. Raises what `revisions.publish` and `revisions.create` raise:
        `changeform_view` handles it.
        """
        requirements = formsets[0]
        content = read_content(form, requirements)
        # Django's log entry reads these lists. Ours names only the fields: the revision holds the cells.
        requirements.new_objects = requirements.changed_objects = requirements.deleted_objects = []
        if change:
            self._publish(request, form, content)
        else:
            self._create(request, form, content)

    def _publish(self, request: HttpRequest, form: SkillForm, content: SkillContent) -> None:
        base = Revision.objects.get(skill=form.instance.pk, number=form.cleaned_data["seen_revision"])
        # The form has set its fields on `form.instance` already; `publish` reads the skill from the database.
        try:
            revisions.publish(
                form.instance,
                changes.find_changes(SkillContent.from_json(base.content), content),
                author=cast("Any", request.user),
                origin=Revision.Origin.ADMIN,
                summary=form.cleaned_data["change_summary"],
                significance=Significance(form.cleaned_data["significance"]),
            )
        except NothingToPublish:
            _mark_nothing_published(request)

    def _create(self, request: HttpRequest, form: SkillForm, content: SkillContent) -> None:
        framework = form.cleaned_data["group"].domain.framework
        skill = revisions.create(
            framework,
            naming.find_free_key(framework.skills.all(), content.name),
            content,
            author=cast("Any", request.user),
            origin=Revision.Origin.ADMIN,
            summary=form.cleaned_data["change_summary"],
        )
        # Django logs and redirects with the instance of the form, which was never saved.
        form.instance.pk, form.instance.slug = skill.pk, skill.slug

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
    """Remember on the request that the save changed nothing; `log_change` and `response_change` read it."""
    # One `ModelAdmin` serves all requests, so the instance cannot hold it.
    request.META["skills.nothing_published"] = True


def _is_nothing_published(request: HttpRequest) -> bool:
    return bool(request.META.get("skills.nothing_published"))
