"""Domains, groups, skills and what a skill requires of a role at a level."""

from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from skills.models.counting import count_related
from skills.models.frameworks import Framework, Level, Role
from skills.text.name_fields import LookKeyField, NameField, SortedByName

DESCRIPTION_MAX_LENGTH = 8000


class Obligation(models.TextChoices):
    """Whether a requirement must be met. "Not stated" is not "optional": the source says nothing about it."""

    MANDATORY = "mandatory", pgettext_lazy("obligation", "Mandatory")
    OPTIONAL = "optional", pgettext_lazy("obligation", "optional")
    NOT_STATED = "not_stated", pgettext_lazy("obligation", "not stated")


class DomainQuerySet(models.QuerySet["Domain"]):
    """Domains, as lists of them are read."""

    def for_list(self) -> "DomainQuerySet":
        """Return domains in their frameworks' order, with their framework.

        Adds `skill_count` (current skills only), `role_count` and `requirement_count`.
        """
        return (
            self.select_related("framework")
            .annotate(
                skill_count=count_related(
                    self.model, "groups__skills", only=Q(groups__skills__status=Skill.Status.CURRENT)
                ),
                role_count=count_related(self.model, "groups__skills__requirements__role", distinct=True),
                requirement_count=count_related(self.model, "groups__skills__requirements"),
            )
            .order_by("framework__position", "position", "sort_key", "pk")
        )


class Domain(SortedByName):
    """A field of work of a framework. `key` identifies it in the exchange format; `slug` changes with its name."""

    framework = models.ForeignKey(
        Framework, on_delete=models.CASCADE, related_name="domains", verbose_name=_("framework")
    )
    key = models.SlugField(_("key"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120, unique=True)  # across frameworks: it is the URL
    name = NameField(_("name"), max_length=200)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = DomainQuerySet.as_manager()

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering: ClassVar = ["framework", "position", "sort_key", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "key"], name="domain_key_unique_in_framework"),
            models.UniqueConstraint(fields=["framework", "name"], name="domain_name_unique_in_framework"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the domain's page in the active language."""
        return reverse("skills:domain", args=[self.slug])


class Group(SortedByName):
    """A part of a domain. Its slug is unique only in the domain: many domains have a group "Shared skills"."""

    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, related_name="groups", verbose_name=_("domain"))
    key = models.SlugField(_("key"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120)
    name = NameField(_("name"), max_length=200)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering: ClassVar = ["domain", "position", "sort_key", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["domain", "key"], name="group_key_unique_in_domain"),
            models.UniqueConstraint(fields=["domain", "slug"], name="group_slug_unique_in_domain"),
            models.UniqueConstraint(fields=["domain", "name"], name="group_name_unique_in_domain"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the group's page in the active language; loads the domain if it is not loaded."""
        return reverse("skills:group", args=[self.domain.slug, self.slug])


class SkillQuerySet(models.QuerySet["Skill"]):
    """Skills: which of them readers see, and what is loaded along with them."""

    def current(self) -> "SkillQuerySet":
        """Return the skills that are part of their framework: not those only suggested, not the retired ones."""
        return self.filter(status=Skill.Status.CURRENT)

    def ever_published(self) -> "SkillQuerySet":
        """Return the skills except those never published, with `updated_at`.

        `updated_at` is the time of the latest revision, None without one. A new skill whose only suggestion
        was undone is suggested again, but keeps its URL and its history.
        """
        revisions = Skill.objects.filter(pk=OuterRef("pk")).order_by("-revisions__number")
        latest = Subquery(revisions.values("revisions__published_at")[:1])
        return self.annotate(updated_at=latest).exclude(status=Skill.Status.SUGGESTED, updated_at=None)

    def find_by_slug(self, slug: str) -> "Skill | None":
        """Return the skill whose URL has or had this slug, with group, domain and framework; None if there is none.

        If its own slug is a different one, the skill was renamed: redirect to its current URL.
        If a former slug was given to another skill, the current owner is returned.
        """
        skills = self.with_group()
        return skills.filter(slug=slug).first() or skills.filter(formerpath__path=f"skills/{slug}").first()

    def with_group(self) -> "SkillQuerySet":
        """Return the skills with group, domain and framework loaded."""
        return self.select_related("group__domain", "framework")

    def with_counts(self) -> "SkillQuerySet":
        """Return the skills with the figures of their matrices.

        Adds `role_count`, `level_count`, `requirement_count`, `mandatory_count` and `optional_count`.
        """
        # All counts run over the same relation, so they cannot multiply each other's rows.
        return self.annotate(
            role_count=Count("requirements__role", distinct=True),
            level_count=Count("requirements__level", distinct=True),
            requirement_count=Count("requirements"),
            mandatory_count=Count("requirements", filter=Q(requirements__obligation=Obligation.MANDATORY)),
            optional_count=Count("requirements", filter=Q(requirements__obligation=Obligation.OPTIONAL)),
        )

    def recently_changed(self, per_framework: int) -> "SkillQuerySet":
        """Return the skills changed last, newest first, with `updated_at`, the time of the latest revision.

        At most `per_framework` of each framework: otherwise one large import would displace
        everything else.
        """
        # 1 for the skill of a framework that was changed last, 2 for the one before, and so on.
        row_number = Window(RowNumber(), partition_by="framework", order_by=[F("updated_at").desc(), "sort_key", "pk"])
        latest = (
            self.values("pk")  # whole rows are loaded of the chosen ones only
            .annotate(updated_at=Max("revisions__published_at"))
            .filter(updated_at__isnull=False)
            .annotate(row_number=row_number)
            .filter(row_number__lte=per_framework)
        )
        recent = self.filter(pk__in=latest.values("pk")).annotate(updated_at=Max("revisions__published_at"))
        return recent.order_by("-updated_at", "sort_key", "pk")


class Skill(SortedByName):
    """An ability that roles need. Only `skills.revisions` changes its content.

    A current skill has rows for its requirements; those of any other skill are in its latest revision only.
    """

    class Status(models.TextChoices):
        """Whether a skill is part of its framework. A suggested skill has no content yet."""

        CURRENT = "current", pgettext_lazy("status of a skill", "part of the framework")
        SUGGESTED = "suggested", pgettext_lazy("status of a skill", "only suggested")
        RETIRED = "retired", pgettext_lazy("status of a skill", "no longer relevant")

    framework = models.ForeignKey(
        Framework, on_delete=models.CASCADE, related_name="skills", verbose_name=_("framework")
    )
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="skills", verbose_name=_("group"))
    key = models.SlugField(_("key"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    name = NameField(_("name"), max_length=200)
    look_key = LookKeyField()
    summary = models.TextField(_("summary"), blank=True, validators=[MaxLengthValidator(2000)])
    tag_line = models.CharField(
        _("tag line"), max_length=500, blank=True, help_text=_("Tools and words for it, separated by commas.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CURRENT, editable=False)
    # Of a skill that was retired as a duplicate: the skill that readers are sent to.
    same_as = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="former_duplicates",
        editable=False,
        verbose_name=_("same as"),
    )

    objects = SkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering: ClassVar = ["sort_key", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["status", "sort_key", "id"], name="skill_by_name"),
            models.Index(fields=["framework", "look_key"], name="skill_by_look_of_name"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "key"], name="skill_key_unique_in_framework"),
            # A retired skill keeps its name, a suggested one has none yet: several may suggest the same.
            models.UniqueConstraint(
                fields=["group", "name"], condition=~Q(status="suggested"), name="skill_name_unique_in_group"
            ),
            models.CheckConstraint(condition=~Q(name="") | Q(status="suggested"), name="skill_name_not_empty"),
            models.CheckConstraint(
                condition=Q(status__in=["current", "suggested", "retired"]), name="skill_status_known"
            ),
            # Only a retired skill is the same as another, and never as itself.
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | Q(status="retired") & ~Q(same_as=F("pk")),
                name="skill_same_as_another_when_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the skill's profile in the active language."""
        return reverse("skills:profile", args=[self.slug])

    @property
    def is_current(self) -> bool:
        """Whether the skill is part of its framework and has a profile."""
        return self.status == self.Status.CURRENT

    @property
    def is_suggested(self) -> bool:
        """Whether the skill is only suggested: readers see its suggestion, not a profile."""
        return self.status == self.Status.SUGGESTED

    @property
    def tags(self) -> list[str]:
        """The tags, which the tag line separates by commas."""
        return [tag.strip() for tag in self.tag_line.split(",") if tag.strip()]


class Requirement(models.Model):
    """What a skill expects of a role at a level: one cell of the skill's matrix."""

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="requirements", verbose_name=_("skill"))
    # PROTECT: deleting a role or level must not delete content, which only revisions change.
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="requirements", verbose_name=_("role"))
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="requirements", verbose_name=_("level"))
    description = models.TextField(_("description"), validators=[MaxLengthValidator(DESCRIPTION_MAX_LENGTH)])
    obligation = models.CharField(_("obligation"), max_length=10, choices=Obligation, default=Obligation.NOT_STATED)
    proficiency = models.CharField(
        _("proficiency"), max_length=80, blank=True, help_text=_("The source's own word for the depth asked.")
    )

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["skill", "role", "level"], name="requirement_cell_unique"),
            models.CheckConstraint(condition=~Q(description=""), name="requirement_description_not_empty"),
            models.CheckConstraint(condition=Q(obligation__in=Obligation.values), name="requirement_obligation_known"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} · {self.role} · {self.level}"
