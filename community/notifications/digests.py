"""Digests: one mail to each user, about all their notices whose mail is due.

Of two workers only one builds the digest of a user: the user's row is locked, the notices are assigned to the mail by
one UPDATE, and only notices that this UPDATE assigned are written into the mail. A notice that is created or changed
meanwhile waits for the next digest.

The mail is written again at the moment it is sent (`rewrite_digest`): notices that were hidden, held, deleted, read or
decided since then are left out, however long the mail server delayed it. It goes to the address that the user has
confirmed by then, and contains the kinds of events that the user wants mail about by then.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlsplit

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
from community.notifications.texts import get_skill_name
from skills.text.direction import isolate
from skills.web.times import find_own_time_zone

DELIVERY_KIND = "notice"  # value of `Delivery.kind`; the setting MAIL_REWRITERS uses it
PEOPLE_BATCH_SIZE = 100
MAX_SHOWN_NOTICES = 30
MAX_NAMES_IN_SUBJECT = 3

# Once one reviewer has decided on a suggestion, no other reviewer needs mail about it.
DECIDED_REVIEWS = Q(kind=Kind.REVIEW_WAITING, count=1, event__suggestion__state__in=set(State) - {State.OPEN})
# The text of a deleted comment must not be mailed. A comment may be deleted with its row or without.
DELETED_COMMENTS = Q(kind__in=COMMENT_KINDS, count=1) & (
    Q(event__comment__isnull=True) | Q(event__comment__deleted_at__isnull=False)
)


@dataclass
class Digest:
    """The content of one mail to one user.

    `shown` are the latest notices, at most `MAX_SHOWN_NOTICES`; `count` is the number of all. `kinds` and `tally` (how
    many decisions there were of each `EventAction`) are about all notices, shown or not.
    """

    shown: list[Notification] = field(default_factory=list)
    count: int = 0
    kinds: set[str] = field(default_factory=set)
    tally: Counter[str] = field(default_factory=Counter)


def queue_due_digests() -> bool:
    """Queue the digests that are due for a batch of users; return whether there may be more.

    1. Lock the rows of up to `PEOPLE_BATCH_SIZE` users who have a notice whose mail is due.
    2. End the wait of notices that must not be mailed: they were read, hidden, deleted or decided meanwhile, their
       kind is not wanted any more, or their user has no active account with a confirmed address.
    3. Assign the other notices to a new mail for each user, and queue these mails.
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
    # If other workers hold all rows of the batch, they do the work. True would make this worker try without end.
    return bool(people) and len(ids) == PEOPLE_BATCH_SIZE


def _lock_people(ids: Sequence[int]) -> list[User]:
    """Lock the rows of these users and return those that no other worker has locked."""
    # Without a key lock (no_key), rows that refer to the user can be inserted meanwhile.
    return list(User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=ids))


def _create_digests(people: Sequence[User], now: datetime) -> None:
    """Assign the due notices of these users to new mails and queue the mails; the users' rows are locked."""
    addresses = _get_mail_addresses(people)
    # The primary key of each user's mail is chosen first, because the notices refer to it before it is saved.
    delivery_ids = {person.pk: uuid.uuid4() for person in people if person.pk in addresses}
    due = Notification.objects.filter(user__in=people, mail_due_at__lte=now)
    due.filter(~Q(user__in=delivery_ids.keys()) | _build_left_out_condition()).update(mail_due_at=None)
    if not delivery_ids:
        return
    delivery_of_user = Case(
        *(When(user=user_id, then=Value(delivery_id)) for user_id, delivery_id in delivery_ids.items()),
        output_field=UUIDField(),
    )
    # From here on the notices belong to these mails, whatever other requests write at this moment.
    due.filter(user__in=delivery_ids.keys()).update(mail_due_at=None, mail=delivery_of_user)
    by_pk = {person.pk: person for person in people}
    queue.queue_messages(
        [
            _build_email(by_pk[user_id], addresses[user_id], delivery_ids[user_id], digest)
            for user_id, digest in _collect_digests(delivery_ids)
        ]
    )


def rewrite_digest(delivery: Delivery) -> bool:
    """Write a queued digest again just before it is sent; return whether anything is left to send.

    `delivery` is the mail in the queue; the setting MAIL_REWRITERS names this function for its kind.

    1. Look up the current address of the user. Without an active account and a confirmed first address: False.
    2. Collect the notices of this mail that may still be mailed. If none is left: False.
    3. Save subject, text, headers and address of the mail again.
    """
    person = delivery.user
    address = _get_mail_addresses([person]).get(person.pk) if person is not None else None
    if person is None or address is None:
        return False
    _user_id, digest = next(_collect_digests({person.pk: delivery.pk}), (person.pk, None))
    if digest is None:
        return False
    queue.rewrite(delivery, _build_email(person, address, delivery.pk, digest))
    return True


def _build_left_out_condition() -> Q:
    """Return the condition for notices that must not be mailed any more."""
    return (
        Q(read_at__isnull=False)
        | DECIDED_REVIEWS
        | DELETED_COMMENTS
        | _build_unwanted_condition()
        | inbox.build_hidden_condition()
    )


def _build_unwanted_condition() -> Q:
    """Return the condition for notices of a kind that their user currently wants no mail about."""
    choices = EmailChoice.objects.filter(user=OuterRef("user"), kind=OuterRef("kind"))
    return Q(Exists(choices.filter(frequency=Frequency.NEVER)))


def _get_mail_addresses(people: Sequence[User]) -> dict[int, str]:
    """Return the confirmed first address of each user with an active account, by the user's primary key."""
    return get_primary_addresses(person for person in people if person.is_active)


def _collect_digests(delivery_ids: Mapping[int, uuid.UUID]) -> Iterator[tuple[int, Digest]]:
    """Yield the primary key and the digest of each user who has notices in one of these mails.

    Notices are streamed from the database: of ten thousand only the shown ones stay in memory.
    """
    mailable = Notification.objects.filter(~_build_left_out_condition(), mail__in=delivery_ids.values())
    # `groupby` needs the rows of each user one after the other.
    notices = inbox.annotate_notice_details(mailable).order_by("user_id", "-updated_at", "-pk")
    for user_id, user_notices in groupby(notices.iterator(chunk_size=500), key=attrgetter("user_id")):
        digest = Digest()
        for notice in user_notices:
            digest.count += 1
            digest.kinds.add(notice.kind)
            digest.tally.update(notice.tally)
            if len(digest.shown) < MAX_SHOWN_NOTICES:
                digest.shown.append(notice)
        yield user_id, digest


def _build_email(person: User, address: str, delivery_id: uuid.UUID, digest: Digest) -> queue.OutgoingEmail:
    """Return the mail in the user's language and time zone."""
    with translation.override(person.language), timezone.override(find_own_time_zone(person.time_zone)):
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
        email = queue.OutgoingEmail(
            _format_subject(digest),
            render_to_string("community/notifications/mail/digest.txt", context),
            settings.DEFAULT_FROM_EMAIL,
            [address],
            headers={
                "List-Id": _get_list_id(),
                # RFC 8058: mail programs offer a button that stops this mail.
                "List-Unsubscribe": f"<{stop_address}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        email.attach_alternative(render_to_string("community/notifications/mail/digest.html", context), "text/html")
    email.pk, email.kind, email.user_id = delivery_id, DELIVERY_KIND, person.pk
    return email


def _get_list_id() -> str:
    """Return the List-Id of all notices, by which mail programs sort them: the same for everyone (RFC 2919).

    Its domain is that of the site; the colons of an IPv6 address are not allowed there.
    """
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"Stufenplan <notices.{host.replace(':', '-')}>"


def _get_isolated_name(notice: Notification) -> str:
    """Return the name of the skill of a notice, isolated if it is written right to left, or else its kind."""
    name = get_skill_name(notice)
    return isolate(name, notice.skill.framework.language) if name and notice.skill else str(notice.get_kind_display())


def _format_subject(digest: Digest) -> str:
    """Return the subject: the names of the first skills, for example "3 news items: Baking, Ovens"."""
    names = list(dict.fromkeys(_get_isolated_name(notice) for notice in digest.shown))
    joined = ", ".join(names[:MAX_NAMES_IN_SUBJECT]) + (", …" if len(names) > MAX_NAMES_IN_SUBJECT else "")
    text = ngettext("News: %(names)s", "%(count)d news items: %(names)s", digest.count)
    return text % {"count": digest.count, "names": joined}
