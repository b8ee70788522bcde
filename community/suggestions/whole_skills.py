"""What is particular to suggestions of a whole skill: a new one, one that is no longer relevant, one like another."""

from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _

from community.models import State, SuggestedChange, Suggestion
from skills.content.changes import SUGGESTED_CONTENT, Change, Field, Fit, InvalidChange, SkillContent
from skills.models import Skill
from skills.revisions import unpublished, writing

NEW_SKILL_FIELDS = (Field.NAME, Field.GROUP, Field.STATUS)
"""Without these a new skill is none, so that they are accepted together or not at all."""

PUBLISHING_CHANGE = Change(Field.STATUS, SUGGESTED_CONTENT.status, Skill.Status.CURRENT.value)


def is_new_skill(changes: Iterable[Change]) -> bool:
    """Whether changes are the suggestion of a new skill."""
    return PUBLISHING_CHANGE in changes


def include_required_changes(skill: Skill, pending: Sequence[SuggestedChange], chosen_ids: Collection[int]) -> set[int]:
    """Return what is accepted when `chosen` is, by primary key: a skill that is not there yet needs name and group."""
    if not skill.is_suggested:
        return set(chosen_ids)
    return {row.pk for row in pending if row.pk in chosen_ids or row.field in NEW_SKILL_FIELDS}


def find_skill_faults(skill: Skill, today: SkillContent, changes: Sequence[Change]) -> list[str]:
    """Return what forbids to submit these changes of a skill as a whole, in the reader's language."""
    if skill.is_suggested:
        return _find_new_skill_faults(skill, changes)
    status = next((change for change in changes if change.field is Field.STATUS), None)
    leaves_or_comes = status is not None and status.proposed != today.status
    is_gone = today.status != Skill.Status.CURRENT
    if is_gone and not leaves_or_comes:
        return [_("This skill is no longer part of its framework; first it has to come back.")]
    others = [change for change in changes if change is not status]
    if leaves_or_comes and any(change.compare_with(today) is not Fit.ALREADY_DONE for change in others):
        return [_("A skill that leaves its framework, or comes back, is not changed otherwise at the same time.")]
    return _find_duplicate_faults(skill, status) if status else []


def _find_duplicate_faults(skill: Skill, status: Change) -> list[str]:
    try:
        writing.get_duplicate(skill, status)
    except InvalidChange as error:
        return [str(error)]
    return []


def _find_new_skill_faults(skill: Skill, changes: Sequence[Change]) -> list[str]:
    values = {change.field: str(change.proposed) for change in changes if change.field is not Field.REQUIREMENT}
    name, reasons = values.get(Field.NAME, "").strip(), []
    if not name:
        reasons.append(_("A skill needs a name."))
    if not values.get(Field.GROUP):
        reasons.append(_("Choose the group that the new skill belongs to."))
    elif name:
        try:
            group = writing.get_group(skill.framework, Change(Field.GROUP, "", values[Field.GROUP]))
        except InvalidChange as error:
            reasons.append(str(error))
        else:
            if why := writing.explain_taken_name(group, name, skill.pk):
                reasons.append(why)
    if not any(change.field is Field.REQUIREMENT and change.proposed is not None for change in changes):
        reasons.append(_("A new skill needs at least one requirement."))
    return reasons


def find_same_new_skill(suggestion: Suggestion, changes: Sequence[Change]) -> Suggestion | None:
    """Return another open and public suggestion of a new skill of the same name for the same framework, or None."""
    if not suggestion.skill.is_suggested:
        return None
    name = next((str(change.proposed).strip() for change in changes if change.field is Field.NAME), "")
    others = Suggestion.objects.public().filter(
        state=State.OPEN,
        skill__framework=suggestion.skill.framework_id,
        skill__status=Skill.Status.SUGGESTED,
        skill__name__iexact=name,
    )
    return others.exclude(pk=suggestion.pk).select_related("author").order_by("pk").first() if name else None


def save_label(skill: Skill, changes: Iterable[Change]) -> None:
    """List a suggested skill under the name and group that its suggestion gives it; of any other do nothing.

    One that had been published keeps the name it had then.
    """
    if not skill.is_suggested or (skill.pk and skill.revisions.exists()):
        return
    values = {change.field: str(change.proposed) for change in changes if change.field is not Field.REQUIREMENT}
    try:
        group = writing.get_group(skill.framework, Change(Field.GROUP, "", values.get(Field.GROUP, "")))
    except InvalidChange:
        group = skill.group
    unpublished.save_name_and_group(skill, group, values.get(Field.NAME, ""))


def is_untouched_since(today: SkillContent, published: Iterable[Change]) -> bool:
    """Whether a skill still holds what its first suggestion published, and nothing else: then it can be taken back."""
    left = today
    for change in published:
        if change.compare_with(left) is not Fit.ALREADY_DONE:
            return False
        left = left.apply(Change(change.field, change.proposed, change.base, change.place))
    return left == SUGGESTED_CONTENT
