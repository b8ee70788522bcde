"""What is wrong with a suggestion, before it is submitted or accepted."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Suggestion
from community.suggestions import whole_skills
from skills import revisions
from skills.content import checks
from skills.content.changes import Change, Field, Fit, InvalidChange, SkillContent, require_valid_change
from skills.content.character_checks import check_characters
from skills.content.checks import Finding
from skills.content.ladder import build_ladder
from skills.content.places import load_places
from skills.models import Level, Skill
from skills.revisions import writing
from skills.text.blank import is_blank
from skills.text.storable import is_storable

REASON_MISSING = gettext_lazy("Say why: reviewers need a reason.")
MAX_SIMILAR_NAMES = 3
"""At most this many questions about a name: the reader looks at one or two of them anyway."""


def list_findings(suggestion: Suggestion, changes: Sequence[Change]) -> list[Finding]:
    """Return the problems of the proposed texts and name, and of the requirement table that results from these changes.

    `suggestion` names the skill; `changes` are applied to the skill's current content. The rules, and which of
    them block a submission, are in `skills/content/checks.py`. Without a changed requirement, name and texts alone
    are checked.
    """
    name = next((str(change.proposed) for change in changes if change.field is Field.NAME), "")
    similar = _find_similar_names(suggestion, name) if name and is_storable(name) else []
    characters = check_characters(changes)
    if not any(change.field is Field.REQUIREMENT for change in changes):
        return similar + characters
    today = revisions.get_content(suggestion.skill)
    proposed = _apply_changes(today, changes)
    # The checks compare neighbouring levels, so they need the levels of each track from the lowest up.
    steps = build_ladder(Level.objects.filter(framework=suggestion.skill.framework_id)).steps
    tracks: dict[str, list[checks.LevelName]] = {step.track: [] for step in steps}
    for step in steps:
        tracks[step.track].append(checks.LevelName(step.slug, step.name))
    return similar + checks.check_matrix(today.matrix, proposed.matrix, list(tracks.values())) + characters


def _find_similar_names(suggestion: Suggestion, name: str) -> list[Finding]:
    """Return a question for each skill, there or suggested, whose name a reader may take for this one."""
    skills = Skill.objects.filter(writing.has_similar_name(name), framework=suggestion.skill.framework_id)
    skills = skills.ever_published().exclude(pk=suggestion.skill.pk)
    similar = [(skill.name, skill.get_absolute_url()) for skill in skills[:MAX_SIMILAR_NAMES]]
    suggested = whole_skills.list_similar_new_skills(suggestion, name)[:MAX_SIMILAR_NAMES]
    similar += [(other.skill.name, reverse("community:suggestion", args=[other.pk])) for other in suggested]
    reason = _("This name looks like another one. Is this the same as “%(name)s”?")
    return [
        Finding(checks.Rule.SIMILAR_NAME, None, reason % {"name": other}, url)
        for other, url in similar[:MAX_SIMILAR_NAMES]
    ]


def list_submit_faults(suggestion: Suggestion, changes: Sequence[Change]) -> list[str]:
    """Return why these changes must not be submitted, in the reader's language; [] where nothing forbids it.

    Includes a missing reason. Does not look for an open suggestion that proposes the same, see `rivals`.
    Nothing is saved.
    """
    missing_reason = [str(REASON_MISSING)] if is_blank(suggestion.reason) else []
    return missing_reason + list_change_faults(suggestion.skill, changes)


def list_change_faults(skill: Skill, changes: Sequence[Change]) -> list[str]:
    """Return why these changes of a skill must not be submitted, in the reader's language, each message once.

    The reason that the author gives is not looked at: `list_submit_faults` checks it.
    """
    today, reasons = revisions.get_content(skill), list[str]()
    if all(change.compare_with(today) is Fit.ALREADY_DONE for change in changes):
        reasons.append(_("Nothing is changed against today's text."))
    reasons += whole_skills.find_skill_faults(skill, today, changes)
    requirement_places = [change.place for change in changes if change.place is not None]
    # Loading the framework's places costs queries, so it is done only where a requirement changes.
    places = load_places(skill.framework_id) if requirement_places else None
    reasons += [reason for place in requirement_places if places and (reason := places.get_refusal_reason(place))]
    for change in changes:
        try:
            require_valid_change(change)
        except InvalidChange as error:
            reasons.append(str(error))
    # dict.fromkeys removes duplicates and keeps the order: many cells may fail for the same reason.
    return list(dict.fromkeys(reasons))


def _apply_changes(today: SkillContent, changes: Sequence[Change]) -> SkillContent:
    for change in changes:
        today = today.apply(change)
    return today
