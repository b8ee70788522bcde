"""The log of moderation: who did what, when and why. Lines are only added; the database refuses anything else."""

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
    """Create one line of the log, in the transaction of the action itself.

    `actor` is None for what the rules do by themselves; `target` is kind and primary key. Names and addresses of
    actor and person are removed from the reason: lines cannot change later, when an account is deleted.
    `group_name` is stored in place of the reason, unchanged: it is the name of a group, which no person typed, so
    that it stays even if an account has the same name.
    """
    for account in (actor, person):
        reason = remove_names(reason, account) if account else reason
    target_kind, target_id = target or ("", None)
    return Act.objects.create(
        kind=kind,
        actor_id=actor.pk if actor else None,
        person_id=person.pk if person else None,
        target_kind=target_kind,
        target_id=target_id,
        reason=group_name or reason,
        until=until,
    )


def remove_names(text: str, person: User) -> str:
    """Return a text without the names and addresses of a person.

    Each is replaced by `REMOVED_NAME`, upper or lower case, and only as a whole: "anna" stays in "annalena".
    """
    addresses = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    names = {person.name, person.hidden_name, person.username, person.email, *addresses} - {""}
    for name in sorted(names, key=len, reverse=True):  # the longest first: an address may contain the user name
        # Like `\b`, but also right for names that begin or end with another character than a letter.
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", REMOVED_NAME, text, flags=re.IGNORECASE)
    return text
