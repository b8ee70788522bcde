"""Mentions of people in a text: "@" and a user name. Only people with a public profile can be mentioned."""

import string
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from django.db.models import Q
from django.db.models.functions import Upper

from accounts.models import User
from skills.text.folding import build_sort_key
from skills.text.markup.linking import LINKABLE, fold_username
from skills.text.markup.markdown import LinkedPeople, list_mentions

MAX_MENTIONS = 20
"""At most this many mentions of one text count: for links, notices and queries."""
MAX_LETTERS_OTHER_THAN_ASCII = 3
_ASCII_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def find_mentioned_user_ids(text: str) -> set[int]:
    """Return the primary keys of the people whom a text mentions: exactly those to whom its HTML links.

    Only active people with a public profile are found. No query if the text mentions no name.
    """
    return {user.pk for user in _find_public_users(_parse_names(text), [text])}


def find_linked_people(texts: Sequence[str]) -> list[LinkedPeople]:
    """Return for each text the people whom it mentions, as `markdown.render` links them.

    One query for all texts, none if no name is mentioned. Names without a public profile are left out.
    """
    names = [_parse_names(text) for text in texts]
    users = _find_public_users({name for names_of_text in names for name in names_of_text}, texts)
    urls = {fold_username(user.username): user.public_url for user in users}
    # Sorted and without the people of other texts: the HTML is cached by text and people.
    return [tuple(sorted((name, urls[name]) for name in of_text if name in urls)) for of_text in names]


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


def _parse_names(text: str) -> list[str]:
    """Return the folded user names that a text mentions, each once, at most `MAX_MENTIONS`."""
    return list_mentions(text)[:MAX_MENTIONS]


def _find_public_users(names: Iterable[str], texts: Iterable[str]) -> Iterable[User]:
    """Return the active people with a public profile who have one of these folded user names, which `texts` mention.

    No query for no names. If user names differ only in case, the oldest account has the name.
    """
    wanted = set(names)
    if not wanted:
        return ()
    # The index of Upper("username") finds all of them; what UPPER makes of other letters than ASCII depends on the
    # database, so the result is compared again.
    forms = {form for name in wanted for form in _list_upper_forms(name)}
    forms.update(form for text in texts for form in _list_typed_forms(text))
    users = User.objects.filter(is_public=True, is_active=True).annotate(upper=Upper("username"))
    found = users.filter(upper__in=forms).order_by("-pk")
    return {fold_username(user.username): user for user in found if fold_username(user.username) in wanted}.values()


def _list_upper_forms(name: str) -> set[str]:
    """Return what UPPER of any database can make of a user name that is `name` when folded.

    PostgreSQL changes every letter, with or without those that become two in upper case, such as "ß". SQLite changes
    only the letters of ASCII, so every other letter is there in upper and in lower case; in a name with many of them
    all in the same case, or only the first of each word in upper case; see `_list_typed_forms` for the others.
    """
    forms = {name.upper(), "".join(map(_change_to_upper, name))}
    other_letters = [char for char in name if not char.isascii() and char != char.upper()]
    if len(other_letters) > MAX_LETTERS_OTHER_THAN_ASCII:
        forms |= {form.translate(_ASCII_UPPER) for form in (name, *forms, name.title())}
    else:
        choices = ({char.upper()} if char.isascii() else {char, _change_to_upper(char)} for char in name)
        forms |= {"".join(chars) for chars in product(*choices)}
    # "İ" becomes two characters in lower case, which are one again in a user name.
    return forms | {unicodedata.normalize("NFC", form) for form in forms}


def _list_typed_forms(text: str) -> Iterator[str]:
    """Yield what UPPER of SQLite makes of the first names as typed of which `_list_upper_forms` lists few forms."""
    typed = (match["name"] for match in LINKABLE.finditer(text) if match["name"])
    long = (name for name in typed if sum(not char.isascii() for char in name) > MAX_LETTERS_OTHER_THAN_ASCII)
    yield from (name.translate(_ASCII_UPPER) for name in islice(long, MAX_MENTIONS))


def _change_to_upper(char: str) -> str:
    """Return a letter in upper case, or as it is if it would become two."""
    upper = char.upper()
    return upper if len(upper) == 1 else char
