"""User names: they are part of URLs and never hold an e-mail address."""

from itertools import count

from django.utils.crypto import get_random_string

from accounts.models import User
from skills.content import naming
from skills.text.markup.linking import fold_username

USERNAME_MAX_LENGTH = 40
RANDOM_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0 and 1, which look like others


def find_free_username(name: str) -> str:
    """Return a free user name built from the name shown: "Anna Beck" gives anna-beck, then anna-beck-2.

    A name without usable letters, or one that is an address, gives "member-" and random letters.
    The result is free now; a parallel sign-up can still take it.
    """
    slug = "" if "@" in name else naming.build_slug(name, "")[:USERNAME_MAX_LENGTH].strip("-")
    if not slug:
        return f"member-{get_random_string(8, RANDOM_LETTERS)}"
    similar_usernames = set(User.objects.filter(username__istartswith=slug).values_list("username", flat=True))
    taken = {fold_username(username) for username in similar_usernames}
    candidates = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
    return next(candidate for candidate in candidates if candidate not in taken)
