"""From notices to mail: one message a person, of all their notices whose mail is due.

Of two workers one makes it. The person's row is locked, the notices are taken by one update,
and only what that update took is written into the message; a notice that comes or changes
meanwhile is left for the next one.

The message is written again at the moment it leaves (`rewrite_digest`): what was hidden, held or deleted,
read or decided since then is not in it, however long the mail server had it wait. It goes to the address that
the person has confirmed by then, with the kinds of events that they want mail about by then.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, UUIDField, Value, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from accounts.confirmed_addresses import get_primary_addresses
from accounts.mail import queue
from accounts.models import Delivery, User
from community.models import EmailChoice, Frequency, Kind, Notification, State
from community.models.notifications import COMMENT_KINDS
from community.notifications import inbox, unsubscribing
from community.notifications.mail_times import get_time_zone
from community.notifications.texts import get_skill_name

DELIVERY_KIND = "notice"  # of delivery
PEOPLE_BATCH_SIZE = 100
MAX_SHOWN_NOTICES = 30
MAX_NAMES_IN_SUBJECT = 3

# What one reviewer has decided meanwhile no other needs to read of.
DECIDED_REVIEWS = Q(kind=Kind.REVIEW_WAITING, count=1, event__suggestion__state__in=set(State) - {State.OPEN})
# Nobody finds what a deleted comment said.
DELETED_COMMENTS = Q(kind__in=COMMENT_KINDS, count=1) & (
    Q(event__comment__isnull=True) | Q(event__comment__deleted_at__isnull=False)
)


@dataclass
class Digest:
    """What one person is told in one message: the latest notices in full, of the rest how many they are.

    `tally` counts the decisions of all of them, shown or not.
    """

    shown: list[Notification] = field(default_factory=list)
    count: int = 0
    kinds: set[str] = field(default_factory=set)
    tally: Counter[str] = field(default_factory=Counter)


def build_due_digests() -> bool:
    """Make a message of the notices of each person whose mail is due, a batch of people; return whether more may be.

    A person who cannot be reached (switched off, no confirmed address) gets none. Left out is what was read,
    hidden or deleted meanwhile, or waits no more for a review.
    """
    now = timezone.now()
    due = Notification.objects.filter(mail_due_at__lte=now).order_by("user_id")
    ids = list(due.values_list("user_id", flat=True).distinct()[:PEOPLE_BATCH_SIZE])
    if not ids:
        return False
    with transaction.atomic():
        people = _lock_people(ids)
        if people:
            _create_digests(people, now)
    return bool(people) and len(ids) == PEOPLE_BATCH_SIZE


def _lock_people(ids: Sequence[int]) -> list[User]:
    """Return those of the people whose digest nobody else makes at this moment, and keep others from it."""
    return list(User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=ids))


def _create_digests(people: Sequence[User], now: datetime) -> None:
    addresses = _get_mail_addresses(people)
    letters = {person.pk: uuid.uuid4() for person in people if person.pk in addresses}
    due = Notification.objects.filter(user__in=people, mail_due_at__lte=now)
    due.filter(~Q(user__in=letters.keys()) | _build_left_out_condition()).update(mail_due_at=None)
    if not letters:
        return
    its_letter = Case(*(When(user=pk, then=Value(letter)) for pk, letter in letters.items()), output_field=UUIDField())
    # From here on the notices are these letters', whatever else is written at this moment.
    due.filter(user__in=letters.keys()).update(mail_due_at=None, mail=its_letter)
    by_pk = {person.pk: person for person in people}
    queue.queue_messages(
        [
            _build_letter(by_pk[user_id], addresses[user_id], letters[user_id], digest)
            for user_id, digest in _collect_digests(letters)
        ]
    )


def rewrite_digest(delivery: Delivery) -> bool:
    """Write a digest again that is about to leave, see MAIL_REWRITERS; return whether anything is left to say.

    It goes where the person is reached now, which is nowhere without a confirmed first address.
    """
    person = delivery.user
    address = _get_mail_addresses([person]).get(person.pk) if person is not None else None
    if person is None or address is None:
        return False
    _user_id, digest = next(_collect_digests({person.pk: delivery.pk}), (person.pk, None))
    if digest is None:
        return False
    queue.rewrite(delivery, _build_letter(person, address, delivery.pk, digest))
    return True


def _build_left_out_condition() -> Q:
    """Return which notices no message tells of any more."""
    return (
        Q(read_at__isnull=False)
        | DECIDED_REVIEWS
        | DELETED_COMMENTS
        | _build_unwanted_condition()
        | inbox.build_hidden_condition()
    )


def _build_unwanted_condition() -> Q:
    """Return which notices are of a kind that their reader wants no mail about, as they have chosen by now."""
    choices = EmailChoice.objects.filter(user=OuterRef("user"), kind=OuterRef("kind"))
    return Q(Exists(choices.filter(frequency=Frequency.NEVER)))


def _get_mail_addresses(people: Sequence[User]) -> dict[int, str]:
    """Return where people are reached: the confirmed first address of those whose account is not switched off."""
    return get_primary_addresses(person for person in people if person.is_active)


def _collect_digests(letters: Mapping[int, uuid.UUID]) -> Iterator[tuple[int, Digest]]:
    """Yield each person's digest. Notices are read as they come: of ten thousand only the shown ones are kept."""
    found = Notification.objects.filter(~_build_left_out_condition(), mail__in=letters.values())
    notices = inbox.load_notice_details(found).order_by("user_id", "-updated_at", "-pk")
    for user_id, theirs in groupby(notices.iterator(chunk_size=500), key=attrgetter("user_id")):
        digest = Digest()
        for notice in theirs:
            digest.count += 1
            digest.kinds.add(notice.kind)
            digest.tally.update(notice.tally)
            if len(digest.shown) < MAX_SHOWN_NOTICES:
                digest.shown.append(notice)
        yield user_id, digest


def _build_letter(person: User, address: str, pk: uuid.UUID, digest: Digest) -> queue.OutgoingEmail:
    """Return the message, in the person's language and time zone."""
    with translation.override(person.language), timezone.override(get_time_zone(person.time_zone)):
        stop_address = unsubscribing.build_unsubscribe_url(person, digest.kinds)
        context = {
            "person": person,
            "digest": digest,
            "entries": [(notice, settings.BASE_URL + inbox.get_notice_url(notice)) for notice in digest.shown],
            "more": digest.count - len(digest.shown),
            "site_address": settings.BASE_URL,
            "list_address": settings.BASE_URL + reverse("community:notifications"),
            "settings_address": settings.BASE_URL + reverse("community:email_settings"),
            "stop_address": stop_address,
        }
        letter = queue.OutgoingEmail(
            _format_subject(digest),
            render_to_string("community/notifications/mail/digest.txt", context),
            settings.DEFAULT_FROM_EMAIL,
            [address],
            headers={
                "List-Unsubscribe": f"<{stop_address}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        letter.attach_alternative(render_to_string("community/notifications/mail/digest.html", context), "text/html")
    letter.pk, letter.kind, letter.user_id = pk, DELIVERY_KIND, person.pk
    return letter


def _format_subject(digest: Digest) -> str:
    names = list(dict.fromkeys(get_skill_name(notice) or notice.get_kind_display() for notice in digest.shown))
    listed = ", ".join(names[:MAX_NAMES_IN_SUBJECT]) + (", …" if len(names) > MAX_NAMES_IN_SUBJECT else "")
    words = ngettext("News: %(names)s", "%(count)d news items: %(names)s", digest.count)
    return words % {"count": digest.count, "names": listed}
