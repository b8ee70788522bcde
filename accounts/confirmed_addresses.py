"""Which e-mail addresses belong to an account: those it has confirmed, and no others.

Anybody can type anybody's address, when signing up and when changing an address. Until the
account has confirmed it, mail to it, a refusal of its server, or a sign-in half done with it
belong to whoever reads that mailbox, and not to the account. Every question "whose address is
this?" is answered here.
"""

from collections.abc import Iterable

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django.db.models import Q

from accounts.models import User


def get_confirmed_addresses(user: User) -> set[str]:
    """Return the addresses that an account has confirmed, in lower case."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {address.lower() for address in confirmed}


def get_primary_addresses(people: Iterable[User]) -> dict[int, str]:
    """Return where accounts are reached, by their keys: the confirmed first address of each; in one query."""
    confirmed = EmailAddress.objects.filter(user__in=[person.pk for person in people], primary=True, verified=True)
    return dict(confirmed.values_list("user_id", "email"))


def find_owner_ids(addresses: Iterable[str]) -> dict[str, int]:
    """Return the key of the account that has confirmed each address; an address that nobody confirmed is left out.

    Takes and returns addresses in lower case.
    """
    confirmed = EmailAddress.objects.filter(email__in=list(addresses), verified=True)
    return {email.lower(): user_id for email, user_id in confirmed.values_list("email", "user_id")}


def find_address_holder(email: str, *, excluding: User) -> User | None:
    """Return the account that keeps another one from taking an address, None where the address is free.

    That is who has confirmed it, or an account that an administrator made with it and that nobody has
    entered yet. A sign-up that was never confirmed does not hold its address.
    """
    for user in filter_users_by_email(email):
        assert isinstance(user, User)
        is_confirmed = email.lower() in get_confirmed_addresses(user)
        is_made_by_hand = not EmailAddress.objects.filter(user=user).exists()
        if user.pk != excluding.pk and (is_confirmed or is_made_by_hand):
            return user
    return None


def find_unconfirmed_account(email: str) -> User | None:
    """Return the account that was signed up with an address and has confirmed no address at all."""
    signed_up = EmailAddress.objects.filter(email=email.lower(), verified=False).select_related("user")
    found = next((row.user for row in signed_up if is_unconfirmed(row.user)), None)
    assert found is None or isinstance(found, User)
    return found


def is_unconfirmed(user: User) -> bool:
    """Return whether an account was signed up and has confirmed no address; one made by an administrator is not."""
    rows = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
    return bool(rows) and not any(rows)


def build_address_condition(field: str, addresses: Iterable[str]) -> Q:
    """Return a condition: the field is one of these addresses, in upper or lower case."""
    condition = Q(pk__in=[])
    for address in addresses:
        condition |= Q(**{f"{field}__iexact": address})
    return condition
