"""Who is mentioned in a text: "@" and a user name. Only people with a public profile are."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from skills.text.markdown import MENTION

MAX_MENTIONS = 20
"""So many of one text are told, linked and looked for."""


def parse_mentioned_names(text: str) -> list[str]:
    """Return the user names that a text mentions, each once, as they are written."""
    return list(dict.fromkeys(MENTION.findall(text)))[:MAX_MENTIONS]


def find_mentioned_user_ids(text: str) -> dict[str, int]:
    """Return the primary keys of those a text mentions, by user name; without a query where nobody is."""
    return {user.username: user.pk for user in _find_public_users(parse_mentioned_names(text))}


def find_mentioned_profile_urls(texts: Iterable[str]) -> Mapping[str, str]:
    """Return the public profiles of all that these texts mention, by user name, in one query at most."""
    names = {name for text in texts for name in parse_mentioned_names(text)}
    return {user.username: user.public_url for user in _find_public_users(names)}


def find_users_by_prefix(prefix: str, limit: int = 8) -> list[User]:
    """Return people with a public profile whose user name or name begins so, by user name."""
    if not prefix or "\0" in prefix:
        return []
    found = User.objects.filter(is_public=True, is_active=True, username__istartswith=prefix)
    named = User.objects.filter(is_public=True, is_active=True, name__istartswith=prefix)
    return list((found | named).order_by("username")[:limit])


def _find_public_users(names: Iterable[str]) -> Iterable[User]:
    wanted = list(names)
    return User.objects.filter(username__in=wanted, is_public=True, is_active=True) if wanted else ()
