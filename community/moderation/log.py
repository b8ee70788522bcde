"""The log of moderation: who did what, when and why. Only added to; the database refuses anything else."""

import re
from datetime import datetime

from allauth.account.models import EmailAddress

from accounts.models import User
from community.models import Act, ActKind

NAMELESS = "–"


def write(
    kind: ActKind,
    actor: User | None,
    *,
    person: User | None = None,
    target: tuple[str, int] | None = None,
    words: str = "",
    role: str = "",
    until: datetime | None = None,
) -> Act:
    """Write one line, in the transaction of the deed itself; `actor` is None for what the rules do by themselves.

    The names and addresses of both people are taken out of the words: nobody could do so later, when
    an account is deleted. `role` is written in place of words and exactly as it is, also for an account
    that is named like it: nobody typed it, it is the name of a group.
    """
    for somebody in (actor, person):
        words = without_names(words, somebody) if somebody else words
    target_kind, number = target or ("", None)
    return Act.objects.create(
        kind=kind,
        actor=actor.pk if actor else None,
        person=person.pk if person else None,
        target_kind=target_kind,
        target=number,
        words=role or words,
        until=until,
    )


def without_names(words: str, person: User) -> str:
    """Return the words without somebody's names and addresses."""
    addresses = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    names = {person.name, person.hidden_name, person.username, person.email, *addresses} - {""}
    for name in sorted(names, key=len, reverse=True):  # an address may hold the user name
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAMELESS, words, flags=re.IGNORECASE)
    return words
