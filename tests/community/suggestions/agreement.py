"""What must always agree: the text with its history, and accepted changes with both."""

from community.models import ChangeOutcome, SuggestedChange
from community.suggestions.changes import build_change
from skills import revisions
from skills.content.changes import NO_CONTENT, Change, SkillContent
from skills.models import Revision, Skill


def assert_matrix_is_the_replay_of_its_revisions(skill: Skill) -> None:
    replayed: SkillContent = NO_CONTENT
    for revision in Revision.objects.filter(skill=skill).order_by("number"):
        for change in map(Change.from_json, revision.changes):
            assert replayed.get_value(change) in {change.base, "" if change.base is None else change.base}
            replayed = replayed.apply(change)
        assert SkillContent.from_json(revision.content) == replayed
    assert revisions.get_content(Skill.objects.with_group().get(pk=skill.pk)) == replayed


def assert_every_accepted_change_is_in_history_once() -> None:
    for row in SuggestedChange.objects.filter(outcome=ChangeOutcome.APPLIED).select_related("suggestion"):
        revisions_of_row = Revision.objects.filter(
            decisions__suggestion=row.suggestion, decisions__undone_at__isnull=True, origin=Revision.Origin.SUGGESTION
        )
        changes = [change for revision in revisions_of_row for change in map(Change.from_json, revision.changes)]
        assert changes.count(build_change(row)) == 1
