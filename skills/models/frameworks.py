"""A framework, its ladder of levels and its roles."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from skills.models.counting import count_related
from skills.text.name_fields import NameField, SortedByName


class FrameworkQuerySet(models.QuerySet["Framework"]):
    """Frameworks, as lists of them are read."""

    def for_list(self) -> "FrameworkQuerySet":
        """Return frameworks in their order, with `skill_count` (current skills only) and `role_count`."""
        return self.annotate(
            # "current" is `Skill.Status.CURRENT`; the module of `Skill` imports this one.
            skill_count=count_related(self.model, "skills", only=Q(skills__status="current")),
            role_count=count_related(self.model, "roles"),
        ).order_by("position", "sort_key", "pk")


class Framework(SortedByName):
    """A published competency framework, with the terms under which it may be shown."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = NameField(_("name"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    language = models.CharField(_("language of the content"), max_length=10, default="en")
    source = models.TextField(_("source"), blank=True)
    url = models.URLField(_("address of the source"), blank=True)
    licence = models.CharField(_("licence"), max_length=200)
    licence_url = models.URLField(_("address of the licence"), blank=True)
    attribution = models.TextField(_("attribution"), blank=True, help_text=_("Word for word as the licence asks."))
    adaptation = models.TextField(_("what was changed against the source"), blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 of the file loaded last

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        ordering: ClassVar = ["position", "sort_key", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the framework's page in the active language."""
        return reverse("skills:framework", args=[self.slug])


class Level(models.Model):
    """A step of a framework's ladder. `rank` counts from 1 within `track`, which is '' if there is only one ladder."""

    framework = models.ForeignKey(
        Framework, on_delete=models.CASCADE, related_name="levels", verbose_name=_("framework")
    )
    slug = models.SlugField(_("slug"), max_length=40)
    name = NameField(_("name"), max_length=80)
    track = models.CharField(_("track"), max_length=40, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering: ClassVar = ["framework", "track", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "slug"], name="level_slug_unique_in_framework"),
            models.UniqueConstraint(fields=["framework", "track", "rank"], name="level_rank_unique_in_track"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="level_rank_from_one"),
        ]

    def __str__(self) -> str:
        return self.name


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles, as lists of them are read."""

    def for_list(self) -> "RoleQuerySet":
        """Return roles by framework and name, with their framework, `skill_count` and `requirement_count`."""
        # Only current skills have requirements, so no condition on their status is needed.
        return (
            self.select_related("framework")
            .annotate(
                skill_count=count_related(self.model, "requirements__skill", distinct=True),
                requirement_count=count_related(self.model, "requirements"),
            )
            .order_by("framework__position", "sort_key", "pk")
        )


class Role(SortedByName):
    """A job of a framework. `key` identifies it in the exchange format and never changes; `slug` follows its name."""

    framework = models.ForeignKey(
        Framework, on_delete=models.CASCADE, related_name="roles", verbose_name=_("framework")
    )
    key = models.SlugField(_("key"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120, unique=True)  # across frameworks: it is the URL
    name = NameField(_("name"), max_length=200)
    introduction = models.TextField(_("introduction"), blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering: ClassVar = ["sort_key", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "key"], name="role_key_unique_in_framework"),
            models.UniqueConstraint(fields=["framework", "name"], name="role_name_unique_in_framework"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the role's page in the active language."""
        return reverse("skills:role", args=[self.slug])


class RoleLevel(models.Model):
    """The title of a role at a level ("Senior Baker") and its introduction, as the framework writes them."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="role_levels", verbose_name=_("role"))
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="role_levels", verbose_name=_("level"))
    title = NameField(_("title"), max_length=200, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)

    class Meta:
        verbose_name = _("role at a level")
        verbose_name_plural = _("roles at their levels")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "level"], name="role_level_unique"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.role} {self.level}"
