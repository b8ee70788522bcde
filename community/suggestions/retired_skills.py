"""Undecided suggestions for a skill that is no longer part of its framework.

They stay as they are, and can be decided again once the skill is brought back. Until then nothing of them is published:
no reader would see it.
"""

from collections.abc import Iterable, Sequence

from community.models import ChangeOutcome, SuggestedChange, Suggestion
from community.models.suggestions import UNDECIDED_STATES
from community.suggestions.changes import list_pending_changes
from community.suggestions.refusals import SkillRetired
from skills import revisions
from skills.content.changes import Change, Field, Fit
from skills.content.retirement import Retirement, find_retirement, find_retirements
from skills.models import Skill


def require_skill_in_use(skill: Skill, changes: Sequence[Change]) -> None:
    """Check that these changes of a locked skill are published where readers see them.

    A skill that is not current takes nothing but a change of its status. Raises `SkillRetired`.
    """
    if skill.is_current:
        return
    today = revisions.get_content(skill)
    new_changes = [change for change in changes if change.compare_with(today) is not Fit.ALREADY_DONE]
    # A suggestion to retire it is fine if another one did so first: it publishes nothing.
    if any(change.field is Field.STATUS for change in new_changes or changes):
        return
    if retirement := find_retirement(skill):
        raise SkillRetired(retirement)


def find_suggestion_retirement(suggestion: Suggestion) -> Retirement | None:
    """Return the retirement of the skill because of which a suggestion cannot be accepted; None if it can.

    The suggestion comes with its skill. A decided one is not affected, nor is one that changes the skill's status,
    for example to bring it back. No query if the skill is current.
    """
    if suggestion.skill.is_current or suggestion.state not in UNDECIDED_STATES:
        return None
    changes_status = any(change.field is Field.STATUS for change in list_pending_changes(suggestion))
    return None if changes_status else find_retirement(suggestion.skill)


def require_acceptable(suggestion: Suggestion) -> None:
    """Check that the skill of a suggestion does not keep it from being accepted.

    Raises `SkillRetired`, see `find_suggestion_retirement`.
    """
    if retirement := find_suggestion_retirement(suggestion):
        raise SkillRetired(retirement)


def attach_retirements(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """Return suggestions with their attribute `retirement`, as `find_suggestion_retirement` has it, for lists.

    They come with their skills. No query if all skills are current, otherwise the same number for any list.
    """
    rows = list(suggestions)
    pending = [row for row in rows if row.state in UNDECIDED_STATES and not row.skill.is_current]
    if not pending:
        return rows
    status_changes = SuggestedChange.objects.filter(
        suggestion__in=pending, field=Field.STATUS, outcome=ChangeOutcome.PENDING
    )
    unaffected_ids = set(status_changes.values_list("suggestion", flat=True))
    affected = [row for row in pending if row.pk not in unaffected_ids]
    retirements = find_retirements(row.skill for row in affected)
    for row in affected:
        row.retirement = retirements.get(row.skill_id)
    return rows
