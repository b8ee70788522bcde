"""Mentions of people in a text: "@" and a user name. Only people with a public profile can be mentioned."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from accounts.models import User
from skills.text.folding import build_sort_key
from skills.text.markdown import MENTION

MAX_MENTIONS = 20
"""At most this many mentions of one text count: for links, notices and queries."""


def parse_mentioned_names(text: str) -> list[str]:
    """Return the user names that a text mentions, each once, in their order and as they are written.

    The names need not belong to anyone. At most `MAX_MENTIONS` are returned.
    """
    # dict.fromkeys removes duplicates and keeps the order, which a set would not.
    return list(dict.fromkeys(MENTION.findall(text)))[:MAX_MENTIONS]


def find_mentioned_user_ids(text: str) -> dict[str, int]:
    """Return the primary keys of the people that a text mentions, by user name.

    Only active people with a public profile are found. No query if the text mentions no name.
    """
    return {user.username: user.pk for user in _find_public_users(parse_mentioned_names(text))}


def find_mentioned_profile_urls(texts: Iterable[str]) -> Mapping[str, str]:
    """Return the URLs of the public profiles that these texts mention, by user name.

    One query for all texts, none if no name is mentioned. Names without a public profile are left out.
    """
    names = {name for text in texts for name in parse_mentioned_names(text)}
    return {user.username: user.public_url for user in _find_public_users(names)}


def find_users_by_prefix(prefix: str, limit: int = 8) -> list[User]:
    """Return up to `limit` people with a public profile whose user name or name begins with `prefix`.

    They are ordered by the name shown. Case and accents make no difference: "än" and "an" find Änne. An empty
    prefix finds nobody.
    """
    if not prefix or "\0" in prefix:  # PostgreSQL refuses NUL in a text
        return []
    begins = Q(username__istartswith=prefix) | Q(name__istartswith=prefix)
    if key := build_sort_key(prefix):
        begins |= Q(sort_key__startswith=key)
    people = User.objects.filter(begins, is_public=True, is_active=True)
    return list(people.order_by("sort_key", "username")[:limit])


def _find_public_users(names: Iterable[str]) -> Iterable[User]:
    """Return the active people with a public profile among these user names, without a query for no names."""
    usernames = list(names)
    return User.objects.filter(username__in=usernames, is_public=True, is_active=True) if usernames else ()
