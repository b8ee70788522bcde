"""Somebody's own notices: to be listed, counted and read."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from community import rules
from community.models import Kind, Notification, Suggestion, Sweep
from community.models.discussion import get_discussion_url
from community.models.notifications import COMMENT_KINDS, WRITTEN_KINDS
from skills.models import Skill

PAGE_SIZE = 25
MAX_COUNTED = 100
"""One more than the pages spell out: they show it as "99+"."""


def build_hidden_condition() -> Q:
    """Return which notices are about something that moderators hid or hold, unless its reader wrote it.

    A notice of several events stays, without what its reader may not read (`notice_words.is_readable`): the
    others may be there. A new skill has one suggestion alone.
    """
    comment = rules.build_unreadable_condition("event__comment", F("user"))
    suggestion = rules.build_unreadable_condition(
        "event__suggestion", F("user")
    )  # of a comment, too: its event names it
    is_alone = Q(count=1) | Q(skill__status=Skill.Status.SUGGESTED)
    of_comment = Q(kind__in=COMMENT_KINDS, count=1) & comment
    of_suggestion = Q(kind__in=WRITTEN_KINDS) & suggestion & is_alone
    return of_comment | of_suggestion


def list_visible_notices(user: User) -> QuerySet[Notification]:
    """Return a person's notices without those of what was hidden since."""
    return user.notifications.filter(~build_hidden_condition())


def list_notices(user: User, kind: str = "", *, only_unread: bool = False) -> QuerySet[Notification]:
    """Return somebody's notices with all that a list says of them, unread ones first, of these the latest first."""
    notices = list_visible_notices(user).filter(**({"kind": kind} if kind else {}))
    if only_unread:
        notices = notices.filter(read_at__isnull=True)
    ordered = notices.annotate(is_read=Q(read_at__isnull=False)).order_by("is_read", "-updated_at", "-pk")
    return load_notice_details(ordered)


def load_notice_details(notices: QuerySet[Notification]) -> QuerySet[Notification]:
    """Load with notices, in the same query, what lists and mail say of them."""
    loaded = notices.select_related("event__revision", "event__actor", "skill__framework", "skill__group__domain")
    loaded = loaded.select_related("event__suggestion", "event__comment__suggestion", "event__decision__decline_reason")
    # What a revision says of itself is the reason of the suggestion that it came from, or its author's own words.
    sources = Suggestion.objects.filter(decisions__revision=OuterRef("event__revision"))
    hidden_sources = sources.filter(Q(hidden_at__isnull=False) | Q(held_at__isnull=False))
    sweeps = Sweep.objects.filter(person=OuterRef("event__revision__author")).exclude(state=Sweep.State.UNDONE)
    loaded = loaded.annotate(is_source_hidden=Exists(hidden_sources) | Exists(sweeps))
    return loaded.defer("event__revision__content", "event__revision__changes")


def list_notice_kinds(user: User) -> list[Kind]:
    """Return the kinds of which a person has notices; what may be hidden is read up to the first that is shown."""
    present = set(user.notifications.order_by().values_list("kind", flat=True).distinct())
    shown = list_visible_notices(user)
    return [
        kind for kind in Kind if kind in present and (kind not in WRITTEN_KINDS or shown.filter(kind=kind).exists())
    ]


def count_unread(user: User) -> int:
    """Return how many notices a person has not read, at most `MAX_COUNTED`: every page asks for it."""
    return list_visible_notices(user).filter(read_at__isnull=True)[:MAX_COUNTED].count()


def mark_read(user: User, pk: int, seen_event_id: int | None = None) -> None:
    """Mark one notice read; not if it has come to stand for a later event than the one that was seen."""
    notice = user.notifications.filter(pk=pk, read_at__isnull=True)
    if seen_event_id is not None:
        notice = notice.filter(event=seen_event_id)
    notice.update(read_at=timezone.now())


def mark_all_read(user: User, seen_event_id: int | None = None) -> int:
    """Mark all notices read, but those of events later than the latest that was seen; returns how many."""
    unread = user.notifications.filter(read_at__isnull=True)
    if seen_event_id is not None:
        unread = unread.filter(event__lte=seen_event_id)
    return unread.update(read_at=timezone.now())


def _get_comment_url(notice: Notification) -> str:
    event = notice.event
    assert notice.skill is not None  # the event's check constraint says so
    suggestion, comment = event.suggestion, event.comment
    if comment is not None and rules.may_read(notice.user_id, comment):
        return reverse("community:comment", args=[comment.pk])
    is_there = suggestion is not None and rules.may_read(notice.user_id, suggestion)
    return get_discussion_url(notice.skill, suggestion.pk if suggestion and is_there else None)


def get_notice_url(notice: Notification) -> str:
    """Return where one sees what a notice is about: the change or the suggestion, of several suggestions their list."""
    if notice.kind == Kind.MODERATION:
        return _get_moderation_url(notice)
    revision, suggestion = notice.event.revision, notice.event.suggestion_id
    assert notice.skill is not None  # the event's check constraint says so
    if revision is not None:
        return reverse("skills:revision", args=[notice.skill.slug, revision.number])
    if notice.kind in COMMENT_KINDS:
        return _get_comment_url(notice)
    if suggestion is None:
        return notice.skill.get_absolute_url()
    if notice.count > 1:
        return reverse("community:skill_suggestions", args=[notice.skill.slug])
    name = "review_suggestion" if notice.kind == Kind.REVIEW_WAITING else "suggestion"
    return reverse(f"community:{name}", args=[suggestion])


def _get_moderation_url(notice: Notification) -> str:
    """Return where the thing stands, its skill where it is hidden, the notices for what is about a person."""
    comment, suggestion = notice.event.comment, notice.event.suggestion
    if comment is not None and rules.may_read(notice.user_id, comment):
        return reverse("community:comment", args=[comment.pk])
    if suggestion is not None and rules.may_read(notice.user_id, suggestion):
        return reverse("community:suggestion", args=[suggestion.pk])
    return notice.skill.get_absolute_url() if notice.skill else reverse("community:notifications")
