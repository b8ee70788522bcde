"""Which suggestion a revision came from, as the history of a skill shows it."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import Decision
from skills.history.entries import Source


def find_revision_sources(revision_ids: Sequence[int]) -> dict[int, Source]:
    """Return the suggestion behind each of these revisions by primary key, in one query; see REVISION_SOURCES."""
    decisions = Decision.objects.filter(revision__in=revision_ids)
    return {decision.revision_id: _build_source(decision) for decision in decisions if decision.revision_id is not None}


def _build_source(decision: Decision) -> Source:
    number, note = decision.suggestion_id, ""
    if decision.own_reason:
        note = _("decided by its author: %(reason)s") % {"reason": decision.own_reason}
    elif decision.is_by_votes:
        note = _("accepted by votes")
    address = reverse("community:suggestion", args=[number])
    return Source(_("Suggestion %(number)s") % {"number": number}, address, note)
