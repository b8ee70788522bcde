"""Which suggestion a revision came from, for the history of a skill."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import Decision
from skills.history.entries import Source


def find_revision_sources(revision_ids: Sequence[int]) -> dict[int, Source]:
    """Return the suggestion behind each of these revisions, by the revision's primary key, in one query.

    Revisions without a suggestion are missing in the result. The setting REVISION_SOURCES names this function.
    """
    decisions = Decision.objects.filter(revision__in=revision_ids)
    return {decision.revision_id: _build_source(decision) for decision in decisions if decision.revision_id is not None}


def _build_source(decision: Decision) -> Source:
    """Return a link to the suggestion, with a note if its own author or votes decided it."""
    number, note = decision.suggestion_id, ""
    if decision.own_reason:
        note = _("decided by its author: %(reason)s") % {"reason": decision.own_reason}
    elif decision.is_by_votes:
        note = _("accepted by votes")
    url = reverse("community:suggestion", args=[number])
    return Source(_("Suggestion %(number)s") % {"number": number}, url, note)
