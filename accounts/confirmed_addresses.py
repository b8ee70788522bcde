"""Which e-mail addresses belong to an account: only those that it has confirmed.

Anyone can type any address when signing up or changing an address. Until the account has confirmed
it, mail to it, a refusal by its mail server, or a half-finished sign-in with it belongs to the
owner of that mailbox, not to the account. Every question "whose address is this?" is answered here.
"""

import re
from collections.abc import Iterable

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from skills.text.invisible import find_invisible


def get_confirmed_addresses(user: User) -> set[str]:
    """Return the addresses that an account has confirmed.

    All are in lower case. The set is empty for an account that has confirmed none.
    """
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {address.lower() for address in confirmed}


def get_primary_addresses(people: Iterable[User]) -> dict[int, str]:
    """Return the address of each account that mail goes to, by user id.

    That is the primary address if it is confirmed; accounts without one are left out. Takes one query.
    """
    confirmed = EmailAddress.objects.filter(user__in=[person.pk for person in people], primary=True, verified=True)
    return dict(confirmed.values_list("user_id", "email"))


def find_owner_ids(addresses: Iterable[str]) -> dict[str, int]:
    """Return the id of the user who has confirmed each address.

    Takes and returns addresses in lower case; an address that nobody has confirmed is left out.
    """
    confirmed = EmailAddress.objects.filter(email__in=list(addresses), verified=True)
    return {email.lower(): user_id for email, user_id in confirmed.values_list("email", "user_id")}


def find_address_holder(email: str, *, excluding: User) -> User | None:
    """Return the account that keeps `excluding` from taking an address, None if the address is free.

    An address is held by the account that has confirmed it, or by an account that an administrator created with
    it and that nobody has signed in to yet. A sign-up that was never confirmed does not hold its address.
    """
    for user in filter_users_by_email(email):
        assert isinstance(user, User)
        is_confirmed = email.lower() in get_confirmed_addresses(user)
        # allauth writes an EmailAddress at sign-up, and for other accounts at their first sign-in.
        is_created_by_admin = not EmailAddress.objects.filter(user=user).exists()
        if user.pk != excluding.pk and (is_confirmed or is_created_by_admin):
            return user
    return None


def find_unconfirmed_account(email: str) -> User | None:
    """Return the account that was signed up with an address and has confirmed no address at all.

    Upper and lower case make no difference; None if there is no such account.
    """
    signed_up = EmailAddress.objects.filter(email=email.lower(), verified=False).select_related("user")
    user = next((row.user for row in signed_up if is_unconfirmed(row.user)), None)
    assert user is None or isinstance(user, User)
    return user


def is_unconfirmed(user: User) -> bool:
    """Return whether an account was signed up and has confirmed no address.

    False for an account that an administrator created: it has no row of `EmailAddress` to confirm.
    """
    rows = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
    return bool(rows) and not any(rows)


def build_address_condition(field: str, addresses: Iterable[str]) -> Q:
    """Return a query condition: `field` is one of the addresses, in upper or lower case.

    `field` is the name of a model field; the addresses are in lower case. Without addresses the condition matches no
    row. The comparison is exact: a@straße.de and a@strasse.de are two addresses, although databases have rules of
    upper and lower case by which they are one.
    """
    # Matches nothing; an empty Q() would match every row.
    condition = Q(pk__in=[])
    for address in addresses:
        condition |= Q(**{f"{field}__regex": rf"\A{''.join(map(_build_case_class, address))}\Z"})
    return condition


def _build_case_class(character: str) -> str:
    """Return a regular expression for a character in lower or upper case, in the syntax of both databases."""
    upper = character.upper()
    is_letter = upper != character and len(upper) == 1 and upper.lower() == character
    return f"[{character}{upper}]" if is_letter else re.escape(character)


def require_visible(address: str) -> None:
    """Raise `ValidationError` if a character of an address cannot be seen: it would look like another one.

    The message is in the reader's language.
    """
    if not address.isprintable() or any(find_invisible(address)):
        raise ValidationError(_("The address contains a character that cannot be seen. Type it again."))
