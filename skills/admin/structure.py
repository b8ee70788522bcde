"""Frameworks, levels, roles, domains and groups: edited in place, renamed so that old addresses lead on."""

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
from skills.content import naming
from skills.models import CatalogueVersion, Domain, Framework, Group, Level, Requirement, Role, RoleLevel, Skill

type Named = Role | Domain | Group

EXACT_TEXTS: dict[type[models.Field[Any, Any]], Any] = {models.TextField: {"form_class": ExactField}}
USES: dict[type[Model], list[tuple[type[Model], str]]] = {
    Level: [(Requirement, "level__in"), (RoleLevel, "level__in")],
    Role: [(Requirement, "role__in")],
    Domain: [(Skill, "group__domain__in")],
    Group: [(Skill, "group__in")],
}  # what keeps a thing from being deleted


class CatalogueAdmin[Thing: Model](admin.ModelAdmin[Thing]):
    """Counts the catalogue on with every change, in the change's own transaction, so that no kept page outlives it.

    The catalogue is locked before the first row is written: who publishes holds it until
    PostgreSQL has looked, at the very end, whether the roles and levels of new cells are there.
    What revisions and files refer to (`given_once`) is given when a thing is made and stays.
    """

    formfield_overrides = EXACT_TEXTS
    immutable_fields: ClassVar[tuple[str, ...]] = ()

    @override
    def get_form(self, request: HttpRequest, obj: Thing | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        for name in self.immutable_fields if obj else ():
            if name in form.base_fields:
                # Not read-only: a form leaves constraints with such a field to the database.
                form.base_fields[name].disabled = True
        return form

    @override
    def save_model(self, request: HttpRequest, obj: Thing, form: Any, change: bool) -> None:
        CatalogueVersion.objects.lock()
        super().save_model(request, obj, form, change)

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        CatalogueVersion.objects.advance()

    @override
    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say in one line what still uses these things; Django would load and list each single use."""
        uses = {model: model._default_manager.filter(**{path: objs}).count() for model, path in USES[self.model]}
        protected = [f"{count} {model_ngettext(model._meta, count)}" for model, count in uses.items() if count]
        return ([], {}, set(), protected) if protected else super().get_deleted_objects(objs, request)

    @override
    def delete_model(self, request: HttpRequest, obj: Thing) -> None:
        CatalogueVersion.objects.lock()
        super().delete_model(request, obj)
        CatalogueVersion.objects.advance()

    @override
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Thing]) -> None:
        with transaction.atomic():
            CatalogueVersion.objects.lock()
            super().delete_queryset(request, queryset)
            CatalogueVersion.objects.advance()


class NamedAdmin[Thing: (Role, Domain, Group)](CatalogueAdmin[Thing]):
    """Things with an address: made and renamed by `skills.content.naming`; the key is given once."""

    readonly_fields = ("slug",)
    immutable_fields = ("framework", "domain")

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Thing | None = None) -> list[str]:
        return ["slug", "key"] if obj else ["slug"]

    @override
    def get_exclude(self, request: HttpRequest, obj: Thing | None = None) -> list[str]:
        return [] if obj else ["key"]

    @override
    def save_model(self, request: HttpRequest, obj: Thing, form: Any, change: bool) -> None:
        CatalogueVersion.objects.lock()
        save_named(obj)


def save_named(thing: Named) -> None:
    """Save a role, domain or group as a form left it: a new one gets key and address, a renamed one a new address."""
    everything = type(thing)._default_manager.all()
    before = everything.filter(pk=thing.pk).first() if thing.pk else None
    if before is None:
        family = {"domain": thing.domain} if isinstance(thing, Group) else {"framework": thing.framework}
        thing.key = naming.find_free_key(everything.filter(**family), thing.name)
        naming.assign_slug(thing)
    elif before.name != thing.name:
        naming.rename(before, thing.name)
        thing.slug = before.slug
    thing.save()
    if isinstance(thing, Role):
        search.index(Skill.objects.filter(requirements__role=thing).values_list("pk", flat=True).distinct())


class LevelForm(ModelForm[Level]):
    """A level of a ladder; revisions know it by its slug, which is therefore given once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "slug" in self.fields:
            self.fields["slug"].disabled = True


class LevelInline(admin.TabularInline[Level, Framework]):
    model = Level
    form = LevelForm
    extra = 0
    fields = ("name", "slug", "track", "rank")
    prepopulated_fields: ClassVar = {"slug": ["name"]}


@admin.register(Framework)
class FrameworkAdmin(CatalogueAdmin[Framework]):
    """A framework with its ladder. It is not deleted here: its skills and their history would go with it."""

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
    immutable_fields = ("framework", "slug")
    prepopulated_fields: ClassVar = {"slug": ["name"]}
    list_display = ("name", "framework", "track", "rank")
    list_filter = ("framework", "track")
    list_select_related = ("framework",)
    search_fields = ("name", "slug")
    ordering = ("framework__position", "track", "rank")


class RoleLevelFormSet(BaseInlineFormSet[RoleLevel, Role, ModelForm[RoleLevel]]):
    """Titles and introductions of a role, on levels of its framework."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._levels = build_level_choices(self.instance.framework_id if self.instance.pk else None)

    @override
    def add_fields(self, form: ModelForm[RoleLevel], index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["level"] = self._levels.build_field(_("Level"))

    @override
    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if form.is_valid():
                refuse_other_frameworks(form, self.instance.framework_id, "level")


class RoleLevelInline(admin.StackedInline[RoleLevel, Role]):
    model = RoleLevel
    formset = RoleLevelFormSet
    formfield_overrides = EXACT_TEXTS
    extra = 0

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleLevel]:
        return super().get_queryset(request).select_related("role", "level").order_by("level__track", "level__rank")


@admin.register(Role)
class RoleAdmin(NamedAdmin[Role]):
    list_display = ("name", "framework", "slug")
    list_filter = ("framework",)
    list_select_related = ("framework",)
    search_fields = ("name", "slug", "key")
    inlines = (RoleLevelInline,)


class GroupInline(admin.TabularInline[Group, Domain]):
    model = Group
    extra = 0
    fields = ("name", "slug", "position")
    readonly_fields = ("slug",)
    show_change_link = True


@admin.register(Domain)
class DomainAdmin(NamedAdmin[Domain]):
    list_display = ("name", "framework", "slug", "position")
    list_filter = ("framework",)
    list_select_related = ("framework",)
    search_fields = ("name", "slug", "key")
    inlines = (GroupInline,)

    @override
    def save_formset(
        self, request: HttpRequest, form: ModelForm[Domain], formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        groups: Iterable[Group] = formset.save(commit=False)
        for group in groups:
            save_named(group)
        for gone in formset.deleted_objects:
            gone.delete()


@admin.register(Group)
class SkillGroupAdmin(NamedAdmin[Group]):
    list_display = ("name", "domain", "framework", "slug", "position")
    list_filter = ("domain__framework", "domain")
    list_select_related = ("domain__framework",)
    search_fields = ("name", "slug", "domain__name")
    autocomplete_fields = ("domain",)

    @admin.display(ordering="domain__framework__position")
    def framework(self, group: Group) -> str:
        return group.domain.framework.name
