"""Which people are trusted, so that the limits of new accounts do not apply."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts import membership
from accounts.models import User
from community.models import Suggestion
from community.models.suggestions import ACCEPTED_STATES

TRUSTED_AFTER = 5
"""The number of accepted suggestions after which the limits no longer apply."""


def is_trusted(person: User) -> bool:
    """Return whether a person is trusted: five of their suggestions were accepted, or they review or moderate.

    Suggestions that moderators hid do not count. `list_trusted_people` is this rule in SQL.
    """
    if membership.is_reviewer(person) or membership.is_moderator(person):
        return True
    return _list_accepted_suggestions().filter(author=person).count() >= TRUSTED_AFTER


def list_trusted_people() -> QuerySet[User]:
    """Return all active accounts for which `is_trusted` is true, as a query set."""
    # One row for the person of the outer query: the number of their accepted suggestions.
    counts = (
        _list_accepted_suggestions()
        .filter(author=OuterRef("pk"))
        .order_by()
        .values("author")
        .annotate(count=Count("pk"))
    )
    # Exists by primary key: as `pk__in` lists the database would read all accounts twice, even for one person.
    in_group = Exists(membership.list_reviewers().filter(pk=OuterRef("pk"))) | Exists(
        membership.list_moderators().filter(pk=OuterRef("pk"))
    )
    # Without any accepted suggestion the subquery has no row: NULL, which Coalesce turns into 0.
    people = User.objects.filter(is_active=True).alias(accepted=Coalesce(Subquery(counts.values("count")), 0))
    return people.filter(in_group | Q(accepted__gte=TRUSTED_AFTER))


def _list_accepted_suggestions() -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(state__in=ACCEPTED_STATES, hidden_at__isnull=True)
