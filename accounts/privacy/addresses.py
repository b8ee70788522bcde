"""Every address of a person, and rows that hold one of them, whatever its case."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db.models import Q

from accounts.models import EmailChange, User


def addresses_of(user: User) -> set[str]:
    """Return every e-mail address that is known to belong to a person, or that they asked for."""
    known = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    wanted = EmailChange.objects.filter(user=user).values_list("new_email", flat=True)
    return {address for address in (user.email, *known, *wanted) if address}


def among(field: str, addresses: Iterable[str]) -> Q:
    """Return a condition: the field is one of these addresses."""
    condition = Q(pk__in=[])
    for address in addresses:
        condition |= Q(**{f"{field}__iexact": address})
    return condition
