"""Ending mail from the mail itself: without signing in, and exactly the kinds that were in it (RFC 8058).

The link holds a signed note of person and kinds. It does not expire: a mail may be read after
years. What it does not tell is whether the person still has an account.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from community.models import Frequency, Kind
from community.notifications.email_choices import get_email_choices, save_email_choices

SALT = "community.unsubscribing"


class InvalidLink(Exception):
    """The link was not made here, or not as it stands."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Mail to one person about some kinds of events."""

    user_id: int
    kinds: tuple[Kind, ...]

    @property
    def is_stopped(self) -> bool:
        """Whether no mail of these kinds is sent."""
        choices = get_email_choices(self.user_id)
        return all(choices[kind] == Frequency.NEVER for kind in self.kinds)


def build_unsubscribe_url(user: User, kinds: Iterable[str]) -> str:
    """Return the absolute address, in the present language, at which mail of these kinds is stopped."""
    token = signing.dumps([user.pk, sorted(kinds)], salt=SALT)
    return settings.BASE_URL + reverse("community:unsubscribe", args=[token])


def read_link(token: str) -> Subscription:
    """Return what a link is about; raises NoSuchLink."""
    try:
        user_id, kinds = signing.loads(token, salt=SALT)
    except (signing.BadSignature, UnicodeError) as error:
        raise InvalidLink from error
    return Subscription(user_id, tuple(kind for kind in Kind if kind in kinds))


def stop(subscription: Subscription) -> dict[Kind, Frequency]:
    """Send no more mail of these kinds; return how often it came before, of those kinds that came at all."""
    return save_email_choices(subscription.user_id, dict.fromkeys(subscription.kinds, Frequency.NEVER))


def take_back(subscription: Subscription, before: Mapping[str, str]) -> None:
    """Send mail of these kinds again, as often as `before` says, else weekly."""
    wishes = {}
    for kind in subscription.kinds:
        known = before.get(kind) in Frequency.values and before[kind] != Frequency.NEVER
        wishes[kind] = Frequency(before[kind]) if known else Frequency.WEEKLY
    save_email_choices(subscription.user_id, wishes)
