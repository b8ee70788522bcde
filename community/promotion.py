"""Who could become a reviewer: the system proposes, an administrator decides."""

from datetime import timedelta

from django.contrib.auth.models import Group
from django.db.models import Count, F, Max, Min, Q, QuerySet

from accounts.models import User
from community.models import State
from community.rules import REVIEWERS
from community.suggestions.limits import ACCEPTED

SUGGESTIONS, ACCEPTED_SUGGESTIONS, SPREAD = 10, 5, timedelta(days=14)


def proposed_reviewers() -> QuerySet[User]:
    """Return members with 10 suggestions, 5 of them accepted, spread over 14 days, in one query.

    Drafts do not count; reviewers, superusers and closed accounts are left out.
    """
    submitted = ~Q(suggestions__state=State.DRAFT) & Q(suggestions__submitted_at__isnull=False)
    members = User.objects.filter(is_active=True, is_superuser=False).exclude(groups__name=REVIEWERS)
    counted = members.annotate(
        suggestion_count=Count("suggestions", filter=submitted),
        accepted_count=Count("suggestions", filter=Q(suggestions__state__in=ACCEPTED)),
        first_at=Min("suggestions__submitted_at", filter=submitted),
        last_at=Max("suggestions__submitted_at", filter=submitted),
    )
    return counted.filter(
        suggestion_count__gte=SUGGESTIONS,
        accepted_count__gte=ACCEPTED_SUGGESTIONS,
        last_at__gte=F("first_at") + SPREAD,
    ).order_by("-accepted_count", "pk")


def promote(people: QuerySet[User]) -> list[User]:
    """Add those of these people who are proposed to the group of reviewers; returns them."""
    proposed = list(proposed_reviewers().filter(pk__in=people.values("pk")))
    Group.objects.get_or_create(name=REVIEWERS)[0].user_set.add(*proposed)
    return proposed
