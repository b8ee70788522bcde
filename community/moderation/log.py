"""The log of moderation: who did what, when and why. Only added to; the database refuses anything else."""

import re
from datetime import datetime

from allauth.account.models import EmailAddress

from accounts.models import User
from community.models import Act, ActKind

REMOVED_NAME = "–"


def write(
    kind: ActKind,
    actor: User | None,
    *,
    person: User | None = None,
    target: tuple[str, int] | None = None,
    reason: str = "",
    group_name: str = "",
    until: datetime | None = None,
) -> Act:
    """Write one line, in the transaction of the deed itself; `actor` is None for what the rules do by themselves.

    The names and addresses of both people are taken out of the words: nobody could do so later, when
    an account is deleted. `role` is written in place of words and exactly as it is, also for an account
    that is named like it: nobody typed it, it is the name of a group.
    """
    for somebody in (actor, person):
        reason = remove_names(reason, somebody) if somebody else reason
    target_kind, number = target or ("", None)
    return Act.objects.create(
        kind=kind,
        actor_id=actor.pk if actor else None,
        person_id=person.pk if person else None,
        target_kind=target_kind,
        target_id=number,
        reason=group_name or reason,
        until=until,
    )


def remove_names(text: str, person: User) -> str:
    """Return the words without somebody's names and addresses."""
    addresses = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    names = {person.name, person.hidden_name, person.username, person.email, *addresses} - {""}
    for name in sorted(names, key=len, reverse=True):  # an address may hold the user name
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", REMOVED_NAME, text, flags=re.IGNORECASE)
    return text
