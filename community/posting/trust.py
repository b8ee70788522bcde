"""For whom the limits of new accounts are lifted. Rule: "Trust and limits"."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts import membership
from accounts.models import User
from community.models import Suggestion
from community.models.suggestions import ACCEPTED_STATES

TRUSTED_AFTER = 5
"""So many accepted suggestions lift the limits."""


def is_trusted(person: User) -> bool:
    """Whether a person is new no more: five of their suggestions were accepted, or they review or moderate.

    What moderators hid earns no trust.
    """
    if membership.is_reviewer(person) or membership.is_moderator(person):
        return True
    return _list_accepted_suggestions().filter(author=person).count() >= TRUSTED_AFTER


def list_trusted_people() -> QuerySet[User]:
    """Return every active account of which `is_trusted` is true."""
    counts = (
        _list_accepted_suggestions()
        .filter(author=OuterRef("pk"))
        .order_by()
        .values("author")
        .annotate(count=Count("pk"))
    )
    # Each asked by primary key: as lists they would be all accounts, read twice, however few are asked about.
    in_group = Exists(membership.list_reviewers().filter(pk=OuterRef("pk"))) | Exists(
        membership.list_moderators().filter(pk=OuterRef("pk"))
    )
    counted = User.objects.filter(is_active=True).alias(accepted=Coalesce(Subquery(counts.values("count")), 0))
    return counted.filter(in_group | Q(accepted__gte=TRUSTED_AFTER))


def _list_accepted_suggestions() -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(state__in=ACCEPTED_STATES, hidden_at__isnull=True)
