"""Skills that are no longer part of their framework: since when, and which skill took their place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.translation import gettext as _

from skills.models import Revision, Skill


@dataclass(frozen=True, slots=True)
class Retirement:
    """That a skill is no longer part of its framework.

    `since` is the time of its latest revision. `successor` is the current skill that it was merged into, None if it
    was not merged or if the other one is retired too.
    """

    skill: Skill
    since: datetime
    successor: Skill | None = None

    @property
    def message(self) -> str:
        """The retirement as a sentence or two, in the reader's language and time zone."""
        values = {
            "name": self.skill.name,
            "date": date(timezone.localtime(self.since), "SHORT_DATE_FORMAT"),
        }
        if self.successor is None:
            return _("“%(name)s” has not been part of its framework since %(date)s.") % values
        return _(
            "“%(name)s” has not been part of its framework since %(date)s: it was merged into “%(successor)s”."
        ) % {
            **values,
            "successor": self.successor.name,
        }


def find_retirement(skill: Skill) -> Retirement | None:
    """Return the retirement of a skill; None for a current one and for one that was never published.

    A new skill whose publication was undone counts as retired: readers do not see it any more.
    """
    return find_retirements([skill]).get(skill.pk)


def find_retirements(skills: Iterable[Skill]) -> dict[int, Retirement]:
    """Return the retirements of those skills that are no longer part of their framework, by primary key.

    No query if all skills are current; otherwise one for the dates and one for each merge of a chain, however many
    skills there are.
    """
    missing = {skill.pk: skill for skill in skills if skill.pk and not skill.is_current}
    if not missing:
        return {}
    dates = Revision.objects.filter(skill__in=missing).order_by().values("skill").annotate(latest=Max("published_at"))
    since = dict(dates.values_list("skill", "latest"))
    successors = _find_successors(missing.values())
    return {pk: Retirement(skill, since[pk], successors.get(pk)) for pk, skill in missing.items() if pk in since}


def _find_successors(skills: Iterable[Skill]) -> dict[int, Skill]:
    """Return by primary key the current skill at the end of each chain of merges; no entry without one."""
    next_ids = {skill.pk: skill.same_as_id for skill in skills if skill.same_as_id}
    found: dict[int, Skill] = {}
    # A chain has no circle, because only a current skill can be the target of a merge. Each turn goes one merge on.
    while next_ids:
        targets = Skill.objects.with_group().in_bulk(set(next_ids.values()))
        found |= {pk: targets[target] for pk, target in next_ids.items() if targets[target].is_current}
        next_ids = {
            pk: following for pk, target in next_ids.items() if (following := targets[target].same_as_id) is not None
        }
    return found
