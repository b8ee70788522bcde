"""Former paths of pages, so that shared links continue to work after a renaming."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from skills.models.catalogue import Domain, Group, Skill
from skills.models.frameworks import Role


def _build_exactly_one_condition(*names: str) -> Q:
    """Return the condition that exactly one of these fields is not null."""
    # For each field: this one is set and every other is null.
    condition = Q()
    for name in names:
        condition |= Q(**{f"{other}__isnull": other != name for other in names})
    return condition


class FormerPath(models.Model):
    """A path such as "skills/old-name" whose object, exactly one, has a new path now.

    `skills.content.naming` writes the rows when it renames; pages look them up when a slug is not found.
    """

    # Below the language prefix, without slashes at its ends; a group's is "domains/<domain slug>/<group slug>".
    path = models.CharField(_("path"), max_length=260, unique=True)
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, null=True, blank=True)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, null=True, blank=True)
    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, null=True, blank=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True)

    class Meta:
        verbose_name = _("former path")
        verbose_name_plural = _("former paths")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_build_exactly_one_condition("skill", "role", "domain", "group"),
                name="former_path_one_target",
            )
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def target(self) -> Skill | Role | Domain | Group:
        """The object that had this path."""
        target = self.skill or self.role or self.domain or self.group
        assert target is not None  # guaranteed by the check constraint
        return target
