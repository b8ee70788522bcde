"""The history of a skill, and the version number by which a cached page is recognised as out of date."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import connections, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from skills.models.catalogue import Skill


class Significance(models.TextChoices):
    """How much a revision matters to readers; decides who is notified of it."""

    TYPO = "typo", pgettext_lazy("significance", "typo")
    MEDIUM = "medium", pgettext_lazy("significance", "medium")
    MAJOR = "major", pgettext_lazy("significance", "major")


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Revisions, as lists of them are read."""

    def by_author(self, author: Any) -> "RevisionQuerySet":
        """Return the revisions that a user published, latest first, with skill and framework.

        `author` is a user. The texts (`changes`, `content`) are deferred: lists do not show them.
        """
        revisions = self.filter(author=author).select_related("skill__framework").defer("changes", "content")
        return revisions.order_by("-published_at", "-pk")


class Revision(models.Model):
    """One published change of a skill, with the whole content after it. Never edited, never deleted.

    Only the author's account may be deleted: then `author` is None and `author_deleted` says that there was one.

    `content` is `SkillContent.as_json()`, `changes` a list of `Change.as_json()` (both in skills/content/changes.py).
    """

    class Origin(models.TextChoices):
        """How the revision came about."""

        IMPORT = "import", pgettext_lazy("origin of a revision", "import")
        ADMIN = "admin", pgettext_lazy("origin of a revision", "administration")
        SUGGESTION = "suggestion", pgettext_lazy("origin of a revision", "suggestion")
        REVERT = "revert", pgettext_lazy("origin of a revision", "taken back")

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="revisions", verbose_name=_("skill"))
    number = models.PositiveIntegerField(_("number"))  # counts from 1 within the skill
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="revisions",
        verbose_name=_("author"),
    )
    author_deleted = models.BooleanField(_("author deleted"), default=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviewed_revisions",
        verbose_name=_("reviewer"),
    )
    is_co_written = models.BooleanField(_("the reviewer is co-author"), default=False)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    significance = models.CharField(_("significance"), max_length=10, choices=Significance, default=Significance.MEDIUM)
    changes = models.JSONField(_("changes"))
    content = models.JSONField(_("content"))

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering: ClassVar = ["skill", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["skill", "number"], name="revision_number_unique_in_skill"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number_from_one"),
            models.CheckConstraint(
                condition=Q(significance__in=Significance.values), name="revision_significance_known"
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(author_deleted=False), name="revision_author_there_or_deleted"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-published_at"], name="revision_by_date")]

    def __str__(self) -> str:
        return f"{self.skill} #{self.number}"

    @property
    def author_name(self) -> str:
        """The author's name; "deleted account" in the reader's language; '' for an import, which has no author."""
        if self.author:
            return self.author.get_full_name()
        return gettext("deleted account") if self.author_deleted else ""


class RevisionRole(models.Model):
    """A role of which a revision changed a requirement. `skills.revisions` writes the rows along with the revision.

    The role is named by its key, as in `Revision.changes`: the history of a deleted role
    is found again if a role with this key is created again.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="changed_roles")
    role_key = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            # The role comes first, so that this is also the index by which the revisions of a role are found.
            models.UniqueConstraint(fields=["role_key", "revision"], name="revision_role_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.revision}: {self.role_key}"


class CatalogueVersionManager(models.Manager["CatalogueVersion"]):
    """Reads, locks and advances the single row."""

    def get_number(self) -> int:
        """Return the number that grows with every change of anything a catalogue page shows."""
        # Read once for every page served; a queryset would cost twenty times as much.
        with connections[self.db].cursor() as cursor:
            cursor.execute("SELECT number FROM skills_catalogueversion WHERE id = 1")
            row = cursor.fetchone()
        return row[0] if row else 0

    def lock(self) -> None:
        """Block every other writer of slugs and catalogue pages until the transaction ends.

        The lock order is skill, then catalogue: take this lock after the lock on a skill's row, never before it.
        """
        # The first writer creates the row; `ignore_conflicts` allows for two first writers at once.
        self.bulk_create([self.model(pk=1, number=0)], ignore_conflicts=True)
        self.select_for_update().get(pk=1)

    def advance(self) -> None:
        """Increase the number by one. Call it in the transaction that changes the catalogue, as its last step."""
        self.lock()
        self.filter(pk=1).update(number=F("number") + 1)


class CatalogueVersion(models.Model):
    """A single row with the number of the catalogue's current state."""

    number = models.PositiveBigIntegerField(default=0)

    objects = CatalogueVersionManager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="catalogue_version_one_row")]

    def __str__(self) -> str:
        return str(self.number)
