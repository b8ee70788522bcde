"""What is wrong with a suggestion, before it is submitted or accepted."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from community.models import Suggestion
from community.suggestions import whole_skills
from skills import revisions
from skills.content import checks
from skills.content.changes import Change, Field, Fit, InvalidChange, SkillContent, check
from skills.content.checks import Finding
from skills.content.ladder import build_ladder
from skills.content.places import load_places
from skills.models import Level, Skill


def list_findings(suggestion: Suggestion, changes: Sequence[Change]) -> list[Finding]:
    """Return what speaks against the table that these changes lead to, see skills/content/checks.py."""
    today = revisions.get_content(suggestion.skill)
    proposed = _apply_changes(today, changes)
    if not any(change.field is Field.REQUIREMENT for change in changes):
        return []
    steps = build_ladder(Level.objects.filter(framework=suggestion.skill.framework_id)).steps
    tracks: dict[str, list[checks.LevelName]] = {step.track: [] for step in steps}
    for step in steps:
        tracks[step.track].append(checks.LevelName(step.slug, step.name))
    return checks.check_matrix(today.matrix, proposed.matrix, list(tracks.values()))


def find_submit_faults(suggestion: Suggestion, changes: Sequence[Change]) -> list[str]:
    """Return what forbids to submit these changes, but for their likeness to an open suggestion; nothing is saved."""
    unexplained = [] if suggestion.reason.strip() else [_("Say why: reviewers need a reason.")]
    return unexplained + find_change_faults(suggestion.skill, changes)


def find_change_faults(skill: Skill, changes: Sequence[Change]) -> list[str]:
    """Return what forbids to submit these changes of a skill, whatever the reason that is given for them."""
    today, reasons = revisions.get_content(skill), list[str]()
    if all(change.compare_with(today) is Fit.ALREADY_DONE for change in changes):
        reasons.append(_("Nothing is changed against today's text."))
    reasons += whole_skills.find_skill_faults(skill, today, changes)
    places = [change.place for change in changes if change.place is not None]
    known = load_places(skill.framework_id) if places else None
    reasons += [why for place in places if known and (why := known.get_refusal_reason(place))]
    for change in changes:
        try:
            check(change)
        except InvalidChange as error:
            reasons.append(str(error))
    return list(dict.fromkeys(reasons))


def _apply_changes(today: SkillContent, changes: Sequence[Change]) -> SkillContent:
    for change in changes:
        today = today.apply(change)
    return today
