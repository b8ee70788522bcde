"""Who is mentioned in a text: "@" and a user name. Only people with a public profile are."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from skills.text.markdown import MENTION

MOST_MENTIONS = 20
"""So many of one text are told, linked and looked for."""


def names_in(text: str) -> list[str]:
    """Return the user names that a text mentions, each once, as they are written."""
    return list(dict.fromkeys(MENTION.findall(text)))[:MOST_MENTIONS]


def mentioned_in(text: str) -> dict[str, int]:
    """Return the primary keys of those a text mentions, by user name; without a query where nobody is."""
    return {user.username: user.pk for user in _public(names_in(text))}


def addresses_in(texts: Iterable[str]) -> Mapping[str, str]:
    """Return the public profiles of all that these texts mention, by user name, in one query at most."""
    names = {name for text in texts for name in names_in(text)}
    return {user.username: user.public_address for user in _public(names)}


def completions(beginning: str, limit: int = 8) -> list[User]:
    """Return people with a public profile whose user name or name begins so, by user name."""
    if not beginning or "\0" in beginning:
        return []
    found = User.objects.filter(is_public=True, is_active=True, username__istartswith=beginning)
    named = User.objects.filter(is_public=True, is_active=True, name__istartswith=beginning)
    return list((found | named).order_by("username")[:limit])


def _public(names: Iterable[str]) -> Iterable[User]:
    wanted = list(names)
    return User.objects.filter(username__in=wanted, is_public=True, is_active=True) if wanted else ()
