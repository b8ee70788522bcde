"""Skills that are no longer part of their framework: since when, and which skill took their place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from skills.models import Revision, Skill
from skills.text.direction import format_language_attributes


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
        """The retirement as a sentence, in the reader's language and time zone."""
        return self._write(self.skill.name, self.successor.name if self.successor else "")

    @property
    def html(self) -> SafeString:
        """The sentence with the names in their languages, and a link to the successor."""
        return format_html(
            self._write("{name}", "{successor}"),
            name=format_html("<span {}>{}</span>", _format_language(self.skill), self.skill.name),
            successor=self.successor
            and format_html(
                '<a href="{}" {}>{}</a>',
                self.successor.get_absolute_url(),
                _format_language(self.successor),
                self.successor.name,
            ),
        )

    def _write(self, name: str, successor: str) -> str:
        """Return the sentence with these names, or with placeholders for them."""
        since = date(timezone.localtime(self.since), "SHORT_DATE_FORMAT")
        if self.successor is None:
            return _("“%(name)s” has not been part of its framework since %(date)s.") % {"name": name, "date": since}
        message = _("“%(name)s” has not been part of its framework since %(date)s: it was merged into “%(successor)s”.")
        return message % {"name": name, "date": since, "successor": successor}


def _format_language(skill: Skill) -> SafeString:
    return format_language_attributes(skill.framework.language)


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
    seen: set[tuple[int, int]] = set()
    # Each turn goes one merge on. A chain has no circle unless it was written past the forms, as in a shell.
    while next_ids:
        seen |= next_ids.items()
        targets = Skill.objects.with_group().in_bulk(set(next_ids.values()))
        found |= {pk: targets[target] for pk, target in next_ids.items() if targets[target].is_current}
        following = {pk: targets[target].same_as_id for pk, target in next_ids.items()}
        next_ids = {pk: target for pk, target in following.items() if target and (pk, target) not in seen}
    return found
