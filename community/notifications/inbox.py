"""Somebody's own notices: to be listed, counted and read."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from community import rules
from community.models import Kind, Notification, Suggestion, Sweep
from community.models.discussion import discussion_address
from community.models.notifications import OF_COMMENTS, OF_WRITINGS
from skills.models import Skill

PAGE_SIZE = 25
MOST_COUNTED = 100
"""One more than the pages spell out: they show it as "99+"."""


def hidden() -> Q:
    """Return which notices are about something that moderators hid or hold, unless its reader wrote it.

    A notice of several events stays, without what its reader may not read (`notice_words.is_readable`): the
    others may be there. A new skill has one suggestion alone.
    """
    comment = rules.unreadable("event__comment", F("user"))
    suggestion = rules.unreadable("event__suggestion", F("user"))  # of a comment, too: its event names it
    is_alone = Q(count=1) | Q(skill__status=Skill.Status.SUGGESTED)
    of_comment = Q(kind__in=OF_COMMENTS, count=1) & comment
    of_suggestion = Q(kind__in=OF_WRITINGS) & suggestion & is_alone
    return of_comment | of_suggestion


def shown_to(user: User) -> QuerySet[Notification]:
    """Return a person's notices without those of what was hidden since."""
    return user.notifications.filter(~hidden())


def notices_of(user: User, kind: str = "", *, only_unread: bool = False) -> QuerySet[Notification]:
    """Return somebody's notices with all that a list says of them, unread ones first, of these the latest first."""
    notices = shown_to(user).filter(**({"kind": kind} if kind else {}))
    if only_unread:
        notices = notices.filter(read_at__isnull=True)
    ordered = notices.annotate(is_read=Q(read_at__isnull=False)).order_by("is_read", "-updated_at", "-pk")
    return with_all_that_is_said(ordered)


def with_all_that_is_said(notices: QuerySet[Notification]) -> QuerySet[Notification]:
    """Load with notices, in the same query, what lists and mail say of them."""
    loaded = notices.select_related("event__revision", "event__actor", "skill__framework", "skill__group__domain")
    loaded = loaded.select_related("event__suggestion", "event__comment__suggestion", "event__decision__decline_reason")
    # What a revision says of itself is the reason of the suggestion that it came from, or its author's own words.
    sources = Suggestion.objects.filter(decisions__revision=OuterRef("event__revision"))
    hidden_sources = sources.filter(Q(hidden_at__isnull=False) | Q(held_at__isnull=False))
    sweeps = Sweep.objects.filter(person=OuterRef("event__revision__author")).exclude(state=Sweep.State.UNDONE)
    loaded = loaded.annotate(is_source_hidden=Exists(hidden_sources) | Exists(sweeps))
    return loaded.defer("event__revision__content", "event__revision__changes")


def kinds_of(user: User) -> list[Kind]:
    """Return the kinds of which a person has notices; what may be hidden is read up to the first that is shown."""
    present = set(user.notifications.order_by().values_list("kind", flat=True).distinct())
    shown = shown_to(user)
    return [kind for kind in Kind if kind in present and (kind not in OF_WRITINGS or shown.filter(kind=kind).exists())]


def count_unread(user: User) -> int:
    """Return how many notices a person has not read, at most `MOST_COUNTED`: every page asks for it."""
    return shown_to(user).filter(read_at__isnull=True)[:MOST_COUNTED].count()


def mark_read(user: User, pk: int, seen_event: int | None = None) -> None:
    """Mark one notice read; not if it has come to stand for a later event than the one that was seen."""
    notice = user.notifications.filter(pk=pk, read_at__isnull=True)
    if seen_event is not None:
        notice = notice.filter(event=seen_event)
    notice.update(read_at=timezone.now())


def mark_all_read(user: User, seen_event: int | None = None) -> int:
    """Mark all notices read, but those of events later than the latest that was seen; returns how many."""
    unread = user.notifications.filter(read_at__isnull=True)
    if seen_event is not None:
        unread = unread.filter(event__lte=seen_event)
    return unread.update(read_at=timezone.now())


def _address_of_comment(notice: Notification) -> str:
    event = notice.event
    assert notice.skill is not None  # the event's check constraint says so
    suggestion, comment = event.suggestion, event.comment
    if comment is not None and rules.may_read(notice.user_id, comment):
        return reverse("community:comment", args=[comment.pk])
    is_there = suggestion is not None and rules.may_read(notice.user_id, suggestion)
    return discussion_address(notice.skill, suggestion.pk if suggestion and is_there else None)


def address_of(notice: Notification) -> str:
    """Return where one sees what a notice is about: the change or the suggestion, of several suggestions their list."""
    if notice.kind == Kind.MODERATION:
        return _address_of_moderation(notice)
    revision, suggestion = notice.event.revision, notice.event.suggestion_id
    assert notice.skill is not None  # the event's check constraint says so
    if revision is not None:
        return reverse("skills:revision", args=[notice.skill.slug, revision.number])
    if notice.kind in OF_COMMENTS:
        return _address_of_comment(notice)
    if suggestion is None:
        return notice.skill.get_absolute_url()
    if notice.count > 1:
        return reverse("community:skill_suggestions", args=[notice.skill.slug])
    name = "review_suggestion" if notice.kind == Kind.REVIEW_WAITING else "suggestion"
    return reverse(f"community:{name}", args=[suggestion])


def _address_of_moderation(notice: Notification) -> str:
    """Return where the thing stands, its skill where it is hidden, the notices for what is about a person."""
    comment, suggestion = notice.event.comment, notice.event.suggestion
    if comment is not None and rules.may_read(notice.user_id, comment):
        return reverse("community:comment", args=[comment.pk])
    if suggestion is not None and rules.may_read(notice.user_id, suggestion):
        return reverse("community:suggestion", args=[suggestion.pk])
    return notice.skill.get_absolute_url() if notice.skill else reverse("community:notifications")
