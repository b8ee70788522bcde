"""Who could become a reviewer: the system proposes, an administrator decides."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.membership import REVIEWERS
from accounts.models import User
from community import rules
from community.appointing import granting
from community.models import State
from community.models.suggestions import ACCEPTED_STATES
from community.posting.refusals import NotAllowed

MIN_SUGGESTIONS, MIN_ACCEPTED, MIN_TIME_SPAN = 10, 5, timedelta(days=14)


def list_proposed_reviewers() -> QuerySet[User]:
    """Return members with 10 suggestions, 5 of them accepted, spread over 14 days, in one query.

    Each comes with `suggestion_count`, `accepted_count`, `first_at` and `last_at`. Drafts do
    not count; reviewers, superusers and closed accounts are left out.
    """
    submitted = ~Q(suggestions__state=State.DRAFT) & Q(suggestions__submitted_at__isnull=False)
    members = User.objects.filter(is_active=True, is_superuser=False).exclude(groups__name=REVIEWERS)
    counted = members.annotate(
        suggestion_count=Count("suggestions", filter=submitted),
        accepted_count=Count(
            "suggestions", filter=Q(suggestions__state__in=ACCEPTED_STATES, suggestions__hidden_at__isnull=True)
        ),
        first_at=Min("suggestions__submitted_at", filter=submitted),
        last_at=Max("suggestions__submitted_at", filter=submitted),
    )
    return counted.filter(
        suggestion_count__gte=MIN_SUGGESTIONS,
        accepted_count__gte=MIN_ACCEPTED,
        last_at__gte=F("first_at") + MIN_TIME_SPAN,
    ).order_by("-accepted_count", "pk")


def promote(people: Iterable[User], administrator: User) -> list[User]:
    """Make reviewers of these people, as far as they are proposed now, with lines in both logs.

    Returns them; raises `NotAllowed`. Of two administrators at once one finds nobody left to promote.
    """
    if not rules.may_promote(administrator):
        raise NotAllowed(_("Only administrators make somebody a reviewer."))
    with transaction.atomic():
        chosen = list(people)
        granting.lock_accounts(chosen)
        proposed = list(list_proposed_reviewers().filter(pk__in=[person.pk for person in chosen]))
        return [person for person in proposed if granting.grant(person, granting.ROLES["reviewer"], administrator)]
