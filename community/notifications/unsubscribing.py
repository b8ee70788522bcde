"""The link in a mail that stops mail without signing in, for exactly the kinds of events in that mail (RFC 8058).

The link contains user and kinds, signed. It does not expire, because a mail may be read after years. It does not
reveal whether the user still has an account.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from community.models import Frequency, Kind
from community.notifications.email_choices import get_email_choices, save_email_choices

SALT = "community.unsubscribing"  # part of every link that was mailed: must never change


class InvalidLink(Exception):
    """The link was not created by this site, or was changed since."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Mail to one user about some kinds of events. The user may be deleted."""

    user_id: int
    kinds: tuple[Kind, ...]

    @property
    def is_stopped(self) -> bool:
        """Whether the user gets no mail of any of these kinds."""
        # For a deleted user every kind is weekly, so the page looks the same as for a user who did not choose.
        choices = get_email_choices(self.user_id)
        return all(choices[kind] == Frequency.NEVER for kind in self.kinds)


def build_unsubscribe_url(user: User, kinds: Iterable[str]) -> str:
    """Return the absolute URL, in the active language, at which mail of these kinds is stopped.

    `kinds` are values of `Kind`: those of the notices in the mail.
    """
    token = signing.dumps([user.pk, sorted(kinds)], salt=SALT)
    return settings.BASE_URL + reverse("community:unsubscribe", args=[token])


def read_link(token: str) -> Subscription:
    """Return what the token of a link stops.

    Kinds that no longer exist are left out. Raises `InvalidLink` if the signature does not match.
    """
    try:
        user_id, kinds = signing.loads(token, salt=SALT)
    except (signing.BadSignature, UnicodeError) as error:
        raise InvalidLink from error
    return Subscription(user_id, tuple(kind for kind in Kind if kind in kinds))


def stop(subscription: Subscription) -> dict[Kind, Frequency]:
    """Stop all mail of these kinds; return the previous frequency of each kind that was not stopped before.

    Waiting notices of these kinds are not mailed either, see `save_email_choices`. For a deleted user nothing happens.
    """
    return save_email_choices(subscription.user_id, dict.fromkeys(subscription.kinds, Frequency.NEVER))


def take_back(subscription: Subscription, before: Mapping[str, str], seen_at: datetime | None = None) -> None:
    """Send mail of these kinds again, after it was stopped.

    `before` is the previous frequency by kind, as a form sends it; a missing or invalid one becomes weekly. What the
    user has chosen since `seen_at`, when the form was opened, stays.
    """
    choices = {}
    for kind in subscription.kinds:
        is_valid = before.get(kind) in Frequency.values and before[kind] != Frequency.NEVER
        choices[kind] = Frequency(before[kind]) if is_valid else Frequency.WEEKLY
    save_email_choices(subscription.user_id, choices, seen_at=seen_at)
