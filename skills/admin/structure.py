"""Frameworks, levels, roles, domains and groups: edited in place, renamed so that old addresses lead on."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from skills import naming, search
from skills.models import CatalogueVersion, Domain, Framework, Group, Level, Role, RoleLevel, Skill

type Named = Role | Domain | Group


class CatalogueAdmin[Thing: Model](admin.ModelAdmin[Thing]):
    """Counts the catalogue on with every change, in the change's own transaction, so that no kept page outlives it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        CatalogueVersion.objects.advance()

    def delete_model(self, request: HttpRequest, obj: Thing) -> None:
        super().delete_model(request, obj)
        CatalogueVersion.objects.advance()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Thing]) -> None:
        super().delete_queryset(request, queryset)
        CatalogueVersion.objects.advance()


class NamedAdmin[Thing: (Role, Domain, Group)](CatalogueAdmin[Thing]):
    """Things with an address: made and renamed by `skills.naming`; the key is given once."""

    readonly_fields = ("slug",)

    def get_readonly_fields(self, request: HttpRequest, obj: Thing | None = None) -> list[str]:
        return ["slug", "key"] if obj else ["slug"]

    def get_exclude(self, request: HttpRequest, obj: Thing | None = None) -> list[str]:
        return [] if obj else ["key"]

    def save_model(self, request: HttpRequest, obj: Thing, form: Any, change: bool) -> None:
        save_named(obj)


def save_named(thing: Named) -> None:
    """Save a role, domain or group as a form left it: a new one gets key and address, a renamed one a new address."""
    before = type(thing)._default_manager.filter(pk=thing.pk).first() if thing.pk else None
    if before is None:
        naming.assign_slug(thing)
        thing.key = thing.slug
    elif before.name != thing.name:
        naming.rename(before, thing.name)
        thing.slug = before.slug
    thing.save()
    if isinstance(thing, Role):
        search.index(Skill.objects.filter(requirements__role=thing).values_list("pk", flat=True).distinct())


class LevelInline(admin.TabularInline[Level, Framework]):
    model = Level
    extra = 0
    fields = ("name", "slug", "track", "rank")
    prepopulated_fields: ClassVar = {"slug": ["name"]}


@admin.register(Framework)
class FrameworkAdmin(CatalogueAdmin[Framework]):
    """A framework with its ladder. It is not deleted here: its skills and their history would go with it."""

    list_display = ("name", "licence", "language", "position")
    search_fields = ("name", "slug", "licence")
    prepopulated_fields: ClassVar = {"slug": ["name"]}
    inlines = (LevelInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Framework | None = None) -> bool:
        return False


@admin.register(Level)
class LevelAdmin(CatalogueAdmin[Level]):
    list_display = ("name", "framework", "track", "rank")
    list_filter = ("framework", "track")
    list_select_related = ("framework",)
    search_fields = ("name", "slug")
    ordering = ("framework__position", "track", "rank")


class RoleLevelInline(admin.StackedInline[RoleLevel, Role]):
    model = RoleLevel
    extra = 0

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "level" and field is not None:
            # One list for all rows: a query for each of them would be one too many.
            levels = Level.objects.select_related("framework")
            field.choices = [("", "---------"), *((level.pk, f"{level} · {level.framework}") for level in levels)]
        return field


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

    def save_formset(
        self, request: HttpRequest, form: ModelForm[Domain], formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        groups: Iterable[Group] = formset.save(commit=False)
        for group in groups:
            save_named(group)
        for gone in formset.deleted_objects:
            gone.delete()


@admin.register(Group)
class GroupAdmin(NamedAdmin[Group]):
    list_display = ("name", "domain", "framework", "slug", "position")
    list_filter = ("domain__framework", "domain")
    list_select_related = ("domain__framework",)
    search_fields = ("name", "slug", "domain__name")
    autocomplete_fields = ("domain",)

    @admin.display(ordering="domain__framework__position")
    def framework(self, group: Group) -> str:
        return group.domain.framework.name
