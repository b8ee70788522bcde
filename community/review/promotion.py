"""Promotion to reviewer: the system proposes people, an administrator decides."""

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
"""A person is proposed from these figures on; the time span is between the first and the last suggestion."""


def list_proposed_reviewers() -> QuerySet[User]:
    """Return the members with 10 suggestions, 5 of them accepted, over 14 days or more, in one query.

    Each has `suggestion_count`, `accepted_count`, `first_at` and `last_at`. Drafts do not count. Reviewers,
    superusers and closed accounts are left out.
    """
    submitted = ~Q(suggestions__state=State.DRAFT) & Q(suggestions__submitted_at__isnull=False)
    members = User.objects.filter(is_active=True, is_superuser=False).exclude(groups__name=REVIEWERS)
    # One join serves all four figures, so the counts are not multiplied.
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
    """Promote those of these people to reviewers who are proposed now, and return them.

    1. Check `rules.may_promote`.
    2. Lock the accounts and look up again who is proposed. Of two administrators at the same time, one finds
       nobody left to promote.
    3. Grant each the reviewer role, with a line in both logs.

    Raises `NotAllowed`.
    """
    if not rules.may_promote(administrator):
        raise NotAllowed(_("Only administrators make someone a reviewer."))
    with transaction.atomic():
        chosen = list(people)
        granting.lock_accounts(chosen)
        # After the lock, so that nobody is promoted twice.
        proposed = list(list_proposed_reviewers().filter(pk__in=[person.pk for person in chosen]))
        return [person for person in proposed if granting.grant(person, granting.ROLES["reviewer"], administrator)]
