"""User names: they stand in addresses of pages and never hold an e-mail address."""

from itertools import count

from django.utils.crypto import get_random_string

from accounts.models import User
from skills.content import naming

USERNAME_MAX_LENGTH = 40
RANDOM_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is read as another


def find_free_username(name: str) -> str:
    """Return a user name nobody has, made from the name shown: "Anna Beck" gives anna-beck, then anna-beck-2.

    A name without usable letters, or one that is an address, gives "member-" and random letters.
    """
    slug = "" if "@" in name else naming.build_slug(name, "")[:USERNAME_MAX_LENGTH].strip("-")
    if not slug:
        return f"member-{get_random_string(8, RANDOM_LETTERS)}"
    taken = set(User.objects.filter(username__istartswith=slug).values_list("username", flat=True))
    lowered = {username.lower() for username in taken}
    candidates = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
    return next(candidate for candidate in candidates if candidate not in lowered)
