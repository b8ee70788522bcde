"""Frameworks, levels, roles, domains and groups: edited in place; a renamed one keeps its old URLs as redirects."""

from collections.abc import Iterable
from typing import Any, ClassVar, override

from django.contrib import admin
from django.contrib.admin.utils import model_ngettext
from django.db import models, transaction
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet, BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from skills import search
from skills.admin.fields import ExactField, build_level_choices, refuse_other_frameworks
from skills.admin.merging import MergingAdmin, MergingModelForm, is_saving
from skills.admin.names import NamedForm, OrderedByNameAdmin
from skills.content import naming
from skills.models import CatalogueVersion, Domain, Framework, Group, Level, Requirement, Role, RoleLevel, Skill

type Named = Role | Domain | Group

# As `formfield_overrides`: texts keep the spaces at their ends.
EXACT_TEXTS: dict[type[models.Field[Any, Any]], Any] = {models.TextField: {"form_class": ExactField}}
# For each model, the models and lookups of the rows that refer to it: while there are any, it is not deleted.
USES: dict[type[Model], list[tuple[type[Model], str]]] = {
    Level: [(Requirement, "level__in"), (RoleLevel, "level__in")],
    Role: [(Requirement, "role__in")],
    Domain: [(Skill, "group__domain__in")],
    Group: [(Skill, "group__in")],
}


class CatalogueAdmin[Record: Model](OrderedByNameAdmin[Record], MergingAdmin[Record]):
    """Advance the catalogue version with every change, in the same transaction, so that cached pages expire.

    The catalogue is locked before the first row is written: a transaction that publishes holds this lock
    until PostgreSQL has checked, at its very end, that the roles and levels of new cells exist.
    Fields that revisions and files refer to (`immutable_fields`) are set when an object is created and never change.
    """

    formfield_overrides = EXACT_TEXTS
    immutable_fields: ClassVar[tuple[str, ...]] = ()

    @override
    def get_form(self, request: HttpRequest, obj: Record | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        for name in self.immutable_fields if obj else ():
            if name in form.base_fields:
                # Disabled, not read-only: a form does not check constraints that include a read-only field,
                # and the database would answer with an error page.
                form.base_fields[name].disabled = True
        return form

    @override
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Record | None:
        if is_saving(request, self.model):
            CatalogueVersion.objects.lock()
        return super().get_object(request, object_id, from_field)

    @override
    def save_model(self, request: HttpRequest, obj: Record, form: Any, change: bool) -> None:
        CatalogueVersion.objects.lock()
        super().save_model(request, obj, form, change)

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        CatalogueVersion.objects.advance()

    @override
    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what the confirmation page of a deletion shows: in one line, how many rows still use these objects.

        Django would load and list every single use. If nothing uses them, its own answer is returned.
        """
        # The four values are: objects to delete, counts of them, missing permissions, protected objects.
        uses = {model: model._default_manager.filter(**{path: objs}).count() for model, path in USES[self.model]}
        protected = [f"{count} {model_ngettext(model._meta, count)}" for model, count in uses.items() if count]
        return ([], {}, set(), protected) if protected else super().get_deleted_objects(objs, request)

    @override
    def delete_model(self, request: HttpRequest, obj: Record) -> None:
        CatalogueVersion.objects.lock()
        super().delete_model(request, obj)
        CatalogueVersion.objects.advance()

    @override
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Record]) -> None:
        with transaction.atomic():
            CatalogueVersion.objects.lock()
            super().delete_queryset(request, queryset)
            CatalogueVersion.objects.advance()


class NamedAdmin[Record: (Role, Domain, Group)](CatalogueAdmin[Record]):
    """Objects with a URL: `skills.content.naming` gives and changes their slug. The key is set once."""

    form = NamedForm
    readonly_fields = ("slug",)
    immutable_fields = ("framework", "domain")

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Record | None = None) -> list[str]:
        return ["slug", "key"] if obj else ["slug"]

    @override
    def get_exclude(self, request: HttpRequest, obj: Record | None = None) -> list[str]:
        return [] if obj else ["key"]

    @override
    def save_model(self, request: HttpRequest, obj: Record, form: Any, change: bool) -> None:
        CatalogueVersion.objects.lock()
        save_named(obj)


def save_named(obj: Named) -> None:
    """Save a role, domain or group with the values that a form has set on it.

    1. Give a new object its key and slug, or a renamed one its new slug; the old path then redirects.
    2. Save the object.
    3. Index the skills of a role again: the search finds a skill by the names of its roles.

    Called in a transaction, which holds the lock on the catalogue until its end.
    """
    all_rows = type(obj)._default_manager.all()
    saved = all_rows.filter(pk=obj.pk).first() if obj.pk else None
    if saved is None:
        # Keys are unique among these siblings.
        parent = {"domain": obj.domain} if isinstance(obj, Group) else {"framework": obj.framework}
        obj.key = naming.find_free_key(all_rows.filter(**parent), obj.name)
        naming.assign_slug(obj)
    elif saved.name != obj.name:
        # The object as it is in the database: its path is the one that redirects from now on.
        naming.rename(saved, obj.name)
        obj.slug = saved.slug
    obj.save()
    if isinstance(obj, Role):
        search.index(Skill.objects.filter(requirements__role=obj).values_list("pk", flat=True).distinct())


class LevelForm(MergingModelForm):
    """A level of a ladder. Its slug is set once: revisions refer to the level by it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "slug" in self.fields:
            self.fields["slug"].disabled = True


class LevelInline(admin.TabularInline[Level, Framework]):
    """The ladder on the page of its framework."""

    model = Level
    form = LevelForm
    extra = 0
    fields = ("name", "slug", "track", "rank")
    prepopulated_fields: ClassVar = {"slug": ["name"]}


@admin.register(Framework)
class FrameworkAdmin(CatalogueAdmin[Framework]):
    """A framework with its ladder. It is not deleted here: its skills and their history would be deleted with it."""

    immutable_fields = ("slug",)
    list_display = ("name", "licence", "language", "position")
    search_fields = ("name", "slug", "licence")
    prepopulated_fields: ClassVar = {"slug": ["name"]}
    inlines = (LevelInline,)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Framework | None = None) -> bool:
        return False


@admin.register(Level)
class LevelAdmin(CatalogueAdmin[Level]):
    """The levels of all frameworks, to search and filter; `LevelInline` edits one ladder as a whole."""

    immutable_fields = ("framework", "slug")
    prepopulated_fields: ClassVar = {"slug": ["name"]}
    list_display = ("name", "framework", "track", "rank")
    list_filter = ("framework", "track")
    list_select_related = ("framework",)
    search_fields = ("name", "slug")
    ordering = ("framework__position", "track", "rank")


class RoleLevelFormSet(BaseInlineFormSet[RoleLevel, Role, ModelForm[RoleLevel]]):
    """The titles and introductions of a role at the levels of its framework."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._levels = build_level_choices(self.instance.framework_id if self.instance.pk else None)

    @override
    def add_fields(self, form: ModelForm[RoleLevel], index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["level"] = self._levels.build_field(_("Level"))
        form.fields["level"].show_hidden_initial = bool(form.instance.pk)

    @override
    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if form.is_valid():
                refuse_other_frameworks(form, self.instance.framework_id, "level")


class RoleLevelInline(admin.StackedInline[RoleLevel, Role]):
    """Titles and introductions on the page of their role, by track and rank."""

    model = RoleLevel
    form = MergingModelForm
    formset = RoleLevelFormSet
    formfield_overrides = EXACT_TEXTS
    extra = 0

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleLevel]:
        return super().get_queryset(request).select_related("role", "level").order_by("level__track", "level__rank")


@admin.register(Role)
class RoleAdmin(NamedAdmin[Role]):
    """A role with its titles and introductions at each level."""

    list_display = ("name", "framework", "slug")
    list_filter = ("framework",)
    list_select_related = ("framework",)
    search_fields = ("name", "slug", "key")
    inlines = (RoleLevelInline,)


class GroupInline(admin.TabularInline[Group, Domain]):
    """The groups on the page of their domain; `DomainAdmin.save_formset` saves them."""

    model = Group
    form = NamedForm
    extra = 0
    fields = ("name", "slug", "position")
    readonly_fields = ("slug",)
    show_change_link = True


@admin.register(Domain)
class DomainAdmin(NamedAdmin[Domain]):
    """A domain with its groups."""

    list_display = ("name", "framework", "slug", "position")
    list_filter = ("framework",)
    list_select_related = ("framework",)
    search_fields = ("name", "slug", "key")
    inlines = (GroupInline,)

    @override
    def save_formset(
        self, request: HttpRequest, form: ModelForm[Domain], formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        # Not saved by the formset: groups need their key and slug from `save_named`.
        groups: Iterable[Group] = formset.save(commit=False)
        for group in groups:
            save_named(group)
        # With `commit=False` the formset leaves deleting to its caller.
        for group in formset.deleted_objects:
            group.delete()


@admin.register(Group)
class SkillGroupAdmin(NamedAdmin[Group]):
    """The groups of all domains. The class is named so because Django's own `GroupAdmin` is about user groups."""

    list_display = ("name", "domain", "framework", "slug", "position")
    list_filter = ("domain__framework", "domain")
    list_select_related = ("domain__framework",)
    search_fields = ("name", "slug", "domain__name")
    autocomplete_fields = ("domain",)

    @admin.display(ordering="domain__framework__position")
    def framework(self, group: Group) -> str:
        """Return the name of the group's framework, a column of the list.

        `group` comes with domain and framework: see `list_select_related`.
        """
        return group.domain.framework.name
