"""Which suggestion a revision came from, as the history of a skill shows it."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import Decision
from skills.history import Source


def suggestions_behind(revisions: Sequence[int]) -> dict[int, Source]:
    """Return the suggestion behind each of these revisions by primary key, in one query; see REVISION_SOURCES."""
    rows = Decision.objects.filter(revision__in=revisions).values_list("revision", "suggestion")
    return {
        revision: Source(
            _("Suggestion %(number)s") % {"number": suggestion}, reverse("community:suggestion", args=[suggestion])
        )
        for revision, suggestion in rows
        if revision is not None
    }
