"""The export of what the community's tables hold about a person; erasure.py erases it.

The names of the keys are part of the exported file.
"""

from typing import Any

from accounts.models import User
from community.models import (
    Act,
    Comment,
    CommentVersion,
    CountedWrite,
    Decision,
    EmailChoice,
    Event,
    Helpful,
    Notification,
    Report,
    Step,
    SuggestedChange,
    Suggestion,
    Sweep,
    ThreadMute,
    Vote,
    Watch,
)
from community.models.watching import TARGETS
from skills.models import Revision


def collect_community_data(user: User) -> dict[str, Any]:
    """Return what the community's tables hold about a person, as rows by a name for each kind.

    It holds watches, notices and their preferences, the events that the person caused, suggestions, comments, and
    what moderators did. Called by `collect_personal_data` (setting PERSONAL_DATA).
    """
    return {
        "watches": [
            _format_watch(watch) for watch in Watch.objects.filter(user=user).select_related(*TARGETS).order_by("pk")
        ],
        "notices": _collect_notices(user),
        "email_choices": list(
            EmailChoice.objects.filter(user=user).order_by("kind").values("kind", "frequency", "changed_at")
        ),
        "events": list(
            Event.objects.filter(actor=user)
            .order_by("pk")
            .values("kind", "action", "skill__name", "revision__number", "suggestion", "significance", "happened_at")
        ),
        "counted_writes": list(CountedWrite.objects.filter(user=user).order_by("pk").values("kind", "at")),
        **_collect_suggestions(user),
        **_collect_moderation(user),
        **_collect_comments(user),
    }


def _collect_moderation(user: User) -> dict[str, Any]:
    """Return reports by and about a person, and the log about them; names of reporters and moderators are left out."""
    report_fields = ("comment", "suggestion", "person", "fault", "message", "made_at", "outcome", "decided_at")
    act_fields = ("at", "kind", "target_kind", "target_id", "reason", "until")
    return {
        "reports": list(Report.objects.filter(reporter=user).order_by("pk").values(*report_fields)),
        # Without the message and the reporter: another person wrote it.
        "reports_of_profile": list(Report.objects.filter(person=user).order_by("pk").values("fault", "made_at")),
        "reports_decided": list(Report.objects.filter(decided_by=user).order_by("pk").values("outcome", "decided_at")),
        "moderated": list(Act.objects.filter(person_id=user.pk).order_by("pk").values(*act_fields)),
        "acts_of_moderation": list(Act.objects.filter(actor_id=user.pk).order_by("pk").values(*act_fields)),
        "sweeps": list(Sweep.objects.filter(person=user).order_by("pk").values("reason", "state", "asked_at")),
        "sweeps_asked": list(Sweep.objects.filter(asked_by=user).order_by("pk").values("reason", "asked_at")),
        # Events of moderation that notify nobody but this person.
        "notified_alone": list(
            Event.objects.filter(recipient=user).order_by("pk").values("action", "message", "happened_at")
        ),
    }


def _collect_comments(user: User) -> dict[str, Any]:
    fields = ("pk", "skill__name", "suggestion", "role", "level", "parent", "body", "created_at", "edited_at")
    return {
        "comments": list(Comment.objects.filter(author=user).order_by("pk").values(*fields, "deleted_at", "hidden_at")),
        "earlier_versions_of_comments": list(
            CommentVersion.objects.filter(comment__author=user).order_by("pk").values("comment", "body", "replaced_at")
        ),
        "found_helpful": list(Helpful.objects.filter(user=user).order_by("pk").values("comment", "marked_at")),
        "muted_threads": list(ThreadMute.objects.filter(user=user).order_by("pk").values("thread", "muted_at")),
        "resolved_threads": list(Comment.objects.filter(resolved_by=user).order_by("pk").values("pk", "resolved_at")),
    }


def _collect_suggestions(user: User) -> dict[str, Any]:
    suggestion_fields = ("pk", "skill__name", "state", "reason", "source", "created_at", "submitted_at", "carried_from")
    change_fields = ("suggestion", "field", "role", "level", "base", "proposed", "outcome")
    decision_fields = ("suggestion", "verdict", "message", "own_reason", "made_at", "undone_at")
    return {
        "suggestions": list(Suggestion.objects.filter(author=user).order_by("pk").values(*suggestion_fields)),
        "suggested_changes": list(
            SuggestedChange.objects.filter(suggestion__author=user).order_by("pk").values(*change_fields)
        ),
        "decisions": list(Decision.objects.filter(reviewer=user).order_by("pk").values(*decision_fields)),
        "steps": list(
            Step.objects.filter(actor=user).order_by("pk").values("suggestion", "before", "after", "message", "made_at")
        ),
        "votes": list(Vote.objects.filter(user=user).order_by("pk").values("suggestion", "value", "cast_at")),
        "claims": list(Suggestion.objects.filter(claimed_by=user).order_by("pk").values("pk", "claimed_until")),
        "reviewed_revisions": list(
            Revision.objects.filter(reviewer=user).order_by("pk").values("skill__name", "number", "is_co_written")
        ),
    }


def _format_watch(watch: Watch) -> dict[str, Any]:
    target = watch.target
    return {
        "kind": target._meta.model_name,
        "name": target.name,
        "level": watch.level,
        "by_taking_part": watch.by_taking_part,
        "since": watch.created_at,
    }


def _collect_notices(user: User) -> list[dict[str, Any]]:
    fields = ("kind", "skill__name", "count", "tally", "reason", "reason_name", "created_at", "updated_at", "read_at")
    rows = Notification.objects.filter(user=user).order_by("pk").values(*fields)
    # The export names the skill "skill", not "skill__name" as the query does.
    return [{"skill": row.pop("skill__name"), **row} for row in rows]
