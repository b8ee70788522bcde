"""What accepting a suggestion would mean, as figures for its author and its reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from community.models import SuggestedChange, Suggestion, Watch
from skills.content.changes import Change, Fit, SkillContent
from skills.models import Obligation, Skill


@dataclass(frozen=True, slots=True)
class Impact:
    """Mandatory requirements before and after, roles touched, people watching, others open on the same cells."""

    mandatory_before: int
    mandatory_after: int
    role_count: int
    watcher_count: int
    rival_count: int


def calculate_impact(
    suggestion: Suggestion, today: SkillContent, changes: Sequence[Change], rival_changes: Sequence[SuggestedChange]
) -> Impact:
    """Return what these changes to today's content would mean; `touching` is what other suggestions change there."""
    proposed = today
    for change in changes:
        proposed = proposed.apply(change)
    mandatory_after = proposed.matrix.count(Obligation.MANDATORY)
    roles = {
        change.place.role for change in changes if change.place and change.compare_with(today) is not Fit.ALREADY_DONE
    }
    if proposed.status != today.status:
        roles |= {place.role for place in proposed.matrix.cells}
    return Impact(
        mandatory_before=today.matrix.count(Obligation.MANDATORY) if suggestion.skill.is_current else 0,
        mandatory_after=mandatory_after if proposed.status == Skill.Status.CURRENT else 0,
        role_count=len(roles),
        watcher_count=count_watchers(suggestion, roles),
        rival_count=len({row.suggestion_id for row in rival_changes}),
    )


def count_watchers(suggestion: Suggestion, role_keys: set[str]) -> int:
    """Return how many others watch its skill, group, domain or one of these roles, and did not mute the skill."""
    skill = suggestion.skill
    touched = Q(skill=skill.pk) | Q(group=skill.group_id) | Q(domain=skill.group.domain_id)
    if role_keys:
        touched |= Q(role__framework=skill.framework_id, role__key__in=role_keys)
    muted = Watch.objects.filter(skill=skill.pk, level=Watch.Level.MUTE).values("user")
    watching = Watch.objects.filter(touched, level=Watch.Level.WATCH).exclude(user__in=muted)
    return watching.exclude(user=suggestion.author_id).values("user").distinct().count()
