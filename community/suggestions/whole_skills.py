"""Rules for suggestions about a whole skill: a new skill, one to retire or bring back, a duplicate of another.

Undecided suggestions for a skill that was retired stay as they are, and can be decided again once it is brought back.
Until then nothing of them is published: no reader would see it.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import ChangeOutcome, State, SuggestedChange, Suggestion
from community.models.suggestions import UNDECIDED_STATES
from community.suggestions.changes import list_pending_changes
from community.suggestions.refusals import SkillRetired
from skills import revisions
from skills.content.changes import SUGGESTED_CONTENT, Change, Field, Fit, InvalidChange, SkillContent
from skills.content.retirement import Retirement, find_retirement, find_retirements
from skills.models import Skill
from skills.revisions import unpublished, writing
from skills.text.folding import build_look_key, normalize_case

NEW_SKILL_FIELDS = (Field.NAME, Field.GROUP, Field.STATUS)
"""A new skill cannot exist without these fields, so they are accepted together or not at all."""

MAX_COMPARED_NAMES = 50
"""At most this many open suggestions with similar names are compared; more than two are hardly ever open."""

# Messages that a form shows at one of its fields.
GROUP_MISSING = gettext_lazy("Choose the group that the new skill belongs to.")
NOT_CURRENT = gettext_lazy("This skill is no longer part of its framework. Bring it back first.")
STATUS_AND_OTHERS = gettext_lazy("Retire or bring back a skill in a suggestion of its own, without other changes.")

# Every suggestion of a new skill has this change: the skill's status changes from "suggested" to "current".
PUBLISHING_CHANGE = Change(Field.STATUS, SUGGESTED_CONTENT.status, Skill.Status.CURRENT.value)


def is_new_skill(changes: Iterable[Change]) -> bool:
    """Return whether changes suggest a new skill.

    Such changes contain `PUBLISHING_CHANGE`, whether they were decided or not.
    """
    return PUBLISHING_CHANGE in changes


def include_required_changes(skill: Skill, pending: Sequence[SuggestedChange], chosen_ids: Collection[int]) -> set[int]:
    """Return the ids of the changes that are accepted if the reviewer chooses `chosen_ids`.

    `pending` are the changes that wait for a decision, `chosen_ids` primary keys among them. For a new skill the
    changes of `NEW_SKILL_FIELDS` are added; for any other skill the result is what the reviewer chose.
    """
    if not skill.is_suggested:
        return set(chosen_ids)
    return {row.pk for row in pending if row.pk in chosen_ids or row.field in NEW_SKILL_FIELDS}


def find_skill_faults(skill: Skill, today: SkillContent, changes: Sequence[Change]) -> list[str]:
    """Return why these changes must not be submitted together, in the reader's language; [] where they may.

    `today` is the skill's current content. A new skill must be complete. A skill that is not current can only be
    brought back. A change of the status is not mixed with other changes. A duplicate needs an existing other skill.
    """
    if skill.is_suggested:
        return _find_new_skill_faults(skill, changes)
    status = next((change for change in changes if change.field is Field.STATUS), None)
    changes_status = status is not None and status.proposed != today.status
    if today.status != Skill.Status.CURRENT and not changes_status:
        return [str(NOT_CURRENT)]
    others = [change for change in changes if change is not status]
    # Other changes are fine if the skill has their values already: they do nothing.
    if changes_status and any(change.compare_with(today) is not Fit.ALREADY_DONE for change in others):
        return [str(STATUS_AND_OTHERS)]
    return _find_duplicate_faults(skill, status) if status else []


def _find_duplicate_faults(skill: Skill, status: Change) -> list[str]:
    try:
        writing.get_original(skill, status)
    except InvalidChange as error:
        return [str(error)]
    return []


def _find_new_skill_faults(skill: Skill, changes: Sequence[Change]) -> list[str]:
    """Return what a new skill lacks: a name that is free in its group, an existing group, and a requirement."""
    values = {change.field: str(change.proposed) for change in changes if change.field is not Field.REQUIREMENT}
    name, reasons = values.get(Field.NAME, "").strip(), []
    if not name:
        reasons.append(_("A skill needs a name."))
    if not values.get(Field.GROUP):
        reasons.append(str(GROUP_MISSING))
    elif name:
        try:
            group = writing.get_group(skill.framework, Change(Field.GROUP, "", values[Field.GROUP]))
        except InvalidChange as error:
            reasons.append(str(error))
        else:
            if reason := writing.explain_taken_name(group, name, skill.pk):
                reasons.append(reason)
    if not any(change.field is Field.REQUIREMENT and change.proposed is not None for change in changes):
        reasons.append(_("A new skill needs at least one requirement."))
    return reasons


def find_same_new_skill(suggestion: Suggestion, changes: Sequence[Change]) -> Suggestion | None:
    """Return the oldest other open suggestion of a new skill with the same name, or None.

    Names are compared without upper and lower case, within the framework of the suggestion's skill; only public
    suggestions count. `changes` are those of `suggestion`, which need not be saved. The result has its author loaded.
    """
    if not suggestion.skill.is_suggested:
        return None
    name = next((str(change.proposed).strip() for change in changes if change.field is Field.NAME), "")
    if not name:
        return None
    others = list_similar_new_skills(suggestion, name).select_related("author")[:MAX_COMPARED_NAMES]
    wanted = normalize_case(name)
    return next((other for other in others if normalize_case(other.skill.name) == wanted), None)


def list_similar_new_skills(suggestion: Suggestion, name: str) -> QuerySet[Suggestion]:
    """Return the other open suggestions of new skills whose names a reader may take for this one, oldest first.

    Only public ones in the framework of the suggestion's skill. Their skills are loaded.
    """
    others = Suggestion.objects.public().filter(
        state=State.OPEN,
        skill__framework=suggestion.skill.framework_id,
        skill__status=Skill.Status.SUGGESTED,
        skill__look_key=build_look_key(name),
    )
    return others.exclude(pk=suggestion.pk).select_related("skill").order_by("pk")


def save_suggested_name_and_group(skill: Skill, changes: Iterable[Change]) -> None:
    """Save the name and group of a suggested skill as its suggestion proposes them, so that lists can show it.

    Nothing is published by that. Does nothing for any other skill, nor for one that was published before and taken
    back: it keeps the name it had then. An unknown group leaves the skill in its group.
    """
    # A skill without a primary key is not saved yet, and cannot be asked for its revisions.
    if not skill.is_suggested or (skill.pk and skill.revisions.exists()):
        return
    values = {change.field: str(change.proposed) for change in changes if change.field is not Field.REQUIREMENT}
    try:
        group = writing.get_group(skill.framework, Change(Field.GROUP, "", values.get(Field.GROUP, "")))
    except InvalidChange:
        group = skill.group
    unpublished.save_name_and_group(skill, group, values.get(Field.NAME, ""))


def is_untouched_since(today: SkillContent, published: Iterable[Change]) -> bool:
    """Return whether a new skill still has exactly the content that its suggestion published.

    `today` is the skill's current content, `published` the changes that published it. Only an untouched skill can
    become a suggestion again when the decision is undone.
    """
    # Undo the changes one by one; an untouched skill ends up empty.
    remaining = today
    for change in published:
        if change.compare_with(remaining) is not Fit.ALREADY_DONE:
            return False
        remaining = remaining.apply(Change(change.field, change.proposed, change.base, change.place))
    return remaining == SUGGESTED_CONTENT


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
