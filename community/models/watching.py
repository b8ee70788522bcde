"""What people watch or mute: skills, groups, domains and roles."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from skills.content.retirement import Retirement
from skills.models import Domain, Framework, Group, Role, Skill

TARGETS = ("skill", "group", "domain", "role")
"""What can be watched: the names of the fields of `Watch` that point to it."""

type WatchTarget = Skill | Group | Domain | Role


def _build_exactly_one_condition() -> Q:
    """Return the condition that exactly one of the `TARGETS` fields is filled."""
    condition = Q()
    for name in TARGETS:
        # One alternative for each field: this one is filled and all others are empty.
        condition |= Q(**{f"{other}__isnull": other != name for other in TARGETS})
    return condition


def get_framework(target: WatchTarget) -> Framework:
    """Return the framework that a skill, group, domain or role belongs to.

    What is not loaded yet costs a query; a group finds its framework through its domain.
    """
    return target.domain.framework if isinstance(target, Group) else target.framework


class Watch(models.Model):
    """One person's watch or mute of one skill, group, domain or role.

    `by_taking_part` marks a watch that was not chosen: it began when the person took part.
    """

    class Level(models.TextChoices):
        """Watch: be notified. Mute: not be notified, even if something around it is watched."""

        WATCH = "watch", pgettext_lazy("watch level", "watch")
        MUTE = "mute", pgettext_lazy("watch level", "mute")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches", verbose_name=_("user")
    )
    # No index of their own: the unique constraints below begin with these fields.
    skill = models.ForeignKey(Skill, models.CASCADE, null=True, blank=True, db_index=False, related_name="watches")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, db_index=False, related_name="watches")
    domain = models.ForeignKey(Domain, models.CASCADE, null=True, blank=True, db_index=False, related_name="watches")
    role = models.ForeignKey(Role, models.CASCADE, null=True, blank=True, db_index=False, related_name="watches")
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.WATCH)
    by_taking_part = models.BooleanField(_("by taking part"), default=False)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    retirement: Retirement | None = None
    """That the watched skill is no longer part of its framework. Not stored: lists set it."""

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints: ClassVar = [
            models.CheckConstraint(condition=_build_exactly_one_condition(), name="watch_one_target"),
            models.CheckConstraint(condition=Q(level__in=["watch", "mute"]), name="watch_level_known"),
            # The target comes first: the same index also finds the watchers of a target in the order of their keys.
            *(models.UniqueConstraint(fields=[name, "user"], name=f"watch_{name}_once") for name in TARGETS),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.level} {self.target}"

    @property
    def kind(self) -> str:
        """Which of `TARGETS` is watched or muted."""
        return self.target._meta.model_name or ""

    @property
    def language(self) -> str:
        """The language of the target's name."""
        return get_framework(self.target).language

    @property
    def target(self) -> WatchTarget:
        """What is watched or muted."""
        target = self.skill or self.group or self.domain or self.role
        assert target is not None  # the constraint watch_one_target
        return target
