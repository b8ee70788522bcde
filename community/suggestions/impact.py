"""The effects of accepting a suggestion, as figures for its author and its reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from community.models import SuggestedChange, Suggestion, Watch
from skills.content.changes import Change, Fit, SkillContent
from skills.models import Obligation, Skill


@dataclass(frozen=True, slots=True)
class Impact:
    """The figures for one suggestion.

    The mandatory requirements of the skill before and after, the roles whose requirements change, the watchers
    (without the author), and the other undecided suggestions that change the same fields.
    """

    mandatory_before: int
    mandatory_after: int
    role_count: int
    watcher_count: int
    rival_count: int


def calculate_impact(
    suggestion: Suggestion, today: SkillContent, changes: Sequence[Change], rival_changes: Sequence[SuggestedChange]
) -> Impact:
    """Return the effects of these changes to `today`, the current content of the suggestion's skill.

    `rival_changes` are the changes of other undecided suggestions to the same fields, see `find_rival_changes`.
    A skill that is not current, before or after, counts no mandatory requirements.
    """
    proposed = today
    for change in changes:
        proposed = proposed.apply(change)
    mandatory_after = proposed.matrix.count(Obligation.MANDATORY)
    roles = {
        change.place.role for change in changes if change.place and change.compare_with(today) is not Fit.ALREADY_DONE
    }
    # A skill that is published, retired or brought back concerns every role that has a requirement.
    if proposed.status != today.status:
        roles |= {place.role for place in proposed.matrix.cells}
    return Impact(
        mandatory_before=today.matrix.count(Obligation.MANDATORY) if suggestion.skill.is_current else 0,
        mandatory_after=mandatory_after if proposed.status == Skill.Status.CURRENT else 0,
        role_count=len(roles),
        watcher_count=count_affected_watchers(suggestion, roles),
        rival_count=len({row.suggestion_id for row in rival_changes}),
    )


def count_affected_watchers(suggestion: Suggestion, role_keys: set[str]) -> int:
    """Return how many users other than the author watch something that the suggestion changes.

    That is its skill, its group or domain, or a role of its framework in `role_keys`. Users who muted the skill
    do not count. Each user counts once.
    """
    skill = suggestion.skill
    watched_targets = Q(skill=skill.pk) | Q(group=skill.group_id) | Q(domain=skill.group.domain_id)
    if role_keys:
        # Keys of roles are unique only within a framework.
        watched_targets |= Q(role__framework=skill.framework_id, role__key__in=role_keys)
    muted = Watch.objects.filter(skill=skill.pk, level=Watch.Level.MUTE).values("user")
    watching = Watch.objects.filter(watched_targets, level=Watch.Level.WATCH).exclude(user__in=muted)
    return watching.exclude(user=suggestion.author_id).values("user").distinct().count()
